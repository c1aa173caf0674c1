import { SlidingWindow } from '../../core/pace/sliding-window.ts'
import type { HostPace } from '../kit/microsoft/clouds.ts'
import type { Clock } from '../../core/ports/context.ts'
import type { Binding } from '../../core/ports/governor.ts'

/** What one app may ask of one mailbox. */
export interface MailboxLimits {
  readonly requestsAtOnceMax: number
  readonly requestsMax: number
  readonly requestsWindowMs: number
  /** Bytes of the bodies of PATCH, POST and PUT. */
  readonly uploadBytesMax: number
  readonly uploadWindowMs: number
}

/**
 * A little below what Microsoft publishes: 4 at once, 10,000 in 10 minutes, 150 MB in 5 minutes (exchange.md 4.1). Primary
 * mailbox and archive count apart.
 */
export const publishedLimits: MailboxLimits = {
  requestsAtOnceMax: 4,
  requestsMax: 9_900,
  requestsWindowMs: 10 * 60_000,
  uploadBytesMax: 148_000_000,
  uploadWindowMs: 5 * 60_000,
}

/** The same at hosts whose clock goes faster, or that let in less: their windows pass sooner, and hold less. */
export function limitsAt({ timeFactor, limitPercent }: HostPace): MailboxLimits {
  const { requestsMax, requestsWindowMs, uploadBytesMax, uploadWindowMs } = publishedLimits
  return {
    ...publishedLimits,
    requestsMax: Math.max(1, Math.floor((requestsMax * limitPercent) / 100)),
    requestsWindowMs: requestsWindowMs / timeFactor,
    uploadBytesMax: Math.max(1, Math.floor((uploadBytesMax * limitPercent) / 100)),
    uploadWindowMs: uploadWindowMs / timeFactor,
  }
}

/** After a complaint about requests at once, one more is tried again so much later. */
const crowdedMs = 60_000

/** Why nothing more may be asked now; without an instant it lifts when a request under way ends. */
interface Obstacle {
  readonly words: string
  readonly liftsAtMs?: number
}

/**
 * What one app asks of one mailbox, kept within the limits: requests go one after the other in the order in which they
 * came, as soon as all limits allow. A use counts from its beginning until a window's length after its end, so that it never
 * matters when on its way the server counted it.
 */
export class MailboxPace {
  readonly #limits: MailboxLimits
  readonly #requests: SlidingWindow
  readonly #uploadBytes: SlidingWindow
  #underWay = 0
  #bytesUnderWay = 0
  #allowedAtOnce: number
  #crowdedAtMs = Number.NEGATIVE_INFINITY
  #heldUntilMs = Number.NEGATIVE_INFINITY
  #last: Promise<void> = Promise.resolve()
  #obstacle: Obstacle | undefined
  #wake: () => void = () => {}

  constructor(limits: MailboxLimits = publishedLimits) {
    this.#limits = limits
    this.#requests = new SlidingWindow(limits.requestsMax, limits.requestsWindowMs)
    this.#uploadBytes = new SlidingWindow(limits.uploadBytesMax, limits.uploadWindowMs)
    this.#allowedAtOnce = limits.requestsAtOnceMax
  }

  /** Resolves when a request with so long a body may go; what it gives is to be called once it is answered or lost. */
  async enter(bodyBytes: number, clock: Clock, signal: AbortSignal): Promise<() => void> {
    const before = this.#last
    const turn = Promise.withResolvers<void>()
    this.#last = turn.promise
    try {
      await before
      await this.#untilFree(bodyBytes, clock, signal)
      this.#underWay++
      this.#bytesUnderWay += bodyBytes
    } finally {
      turn.resolve()
    }
    let isUnderWay = true
    return () => {
      if (!isUnderWay) return
      isUnderWay = false
      this.#underWay--
      this.#bytesUnderWay -= bodyBytes
      this.#requests.take(1, clock.now())
      this.#uploadBytes.take(bodyBytes, clock.now())
      this.#wake()
    }
  }

  /** The server asked to wait: nothing goes to this mailbox until then. */
  hold(untilMs: number): void {
    this.#heldUntilMs = Math.max(this.#heldUntilMs, untilMs)
  }

  /** The server complained of too many at once. */
  crowded(nowMs: number): void {
    this.#allowedAtOnce = Math.max(1, Math.min(this.#atOnceMax(nowMs), this.#underWay) - 1)
    this.#crowdedAtMs = nowMs
  }

  /** What makes requests wait now; undefined when nothing does. */
  binding(): Binding | undefined {
    if (this.#obstacle === undefined) return undefined
    const { words, liftsAtMs } = this.#obstacle
    return { limit: words, ...(liftsAtMs === undefined ? {} : { liftsAtMs }) }
  }

  async #untilFree(bodyBytes: number, clock: Clock, signal: AbortSignal): Promise<void> {
    try {
      for (;;) {
        signal.throwIfAborted()
        const nowMs = clock.now()
        this.#obstacle = this.#obstacleTo(bodyBytes, nowMs)
        if (this.#obstacle === undefined) return
        const { liftsAtMs } = this.#obstacle
        if (liftsAtMs === undefined) await this.#someEnd(signal)
        else await clock.sleep(Math.max(1, liftsAtMs - nowMs), signal)
      }
    } finally {
      this.#obstacle = undefined
    }
  }

  #obstacleTo(bodyBytes: number, nowMs: number): Obstacle | undefined {
    if (this.#heldUntilMs > nowMs) return { words: 'Microsoft asked to wait', liftsAtMs: this.#heldUntilMs }
    const atOnceMax = this.#atOnceMax(nowMs)
    if (this.#underWay >= atOnceMax) return { words: `${atOnceMax} requests at once to a mailbox` }
    const { requestsMax, requestsWindowMs, uploadBytesMax, uploadWindowMs } = this.#limits
    const requests = `${requestsMax.toLocaleString('en-US')} requests to a mailbox in ${requestsWindowMs / 60_000} minutes`
    const upload = `${Math.round(uploadBytesMax / 1e6).toLocaleString('en-US')} MB to a mailbox in ${uploadWindowMs / 60_000} minutes`
    return (
      obstacleOf(this.#requests, 1, this.#underWay, requests, nowMs) ??
      (bodyBytes === 0 ? undefined : obstacleOf(this.#uploadBytes, bodyBytes, this.#bytesUnderWay, upload, nowMs))
    )
  }

  #atOnceMax(nowMs: number): number {
    const regained = Math.floor((nowMs - this.#crowdedAtMs) / crowdedMs)
    return Math.min(this.#limits.requestsAtOnceMax, this.#allowedAtOnce + regained)
  }

  #someEnd(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake)
        resolve()
      }
      signal.addEventListener('abort', wake, { once: true })
      this.#wake = wake
    })
  }
}

function obstacleOf(window: SlidingWindow, units: number, underWay: number, words: string, nowMs: number): Obstacle | undefined {
  // What could not be done beside those under way waits for them: nobody knows when they end.
  if (underWay > 0 && underWay + units > window.unitsMax) return { words }
  const liftsAtMs = window.fitsAtMs(units + underWay, nowMs)
  return liftsAtMs > nowMs ? { words, liftsAtMs } : undefined
}

/** The paces of all mailboxes that this process works on: they outlast a single opening. */
export class MailboxPaces {
  readonly #paces = new Map<string, MailboxPace>()

  /** The one of an app and a mailbox. */
  of(appId: string, mailboxId: string, limits?: MailboxLimits): MailboxPace {
    const key = `${appId} ${mailboxId.toLowerCase()}`
    const pace = this.#paces.get(key) ?? new MailboxPace(limits)
    this.#paces.set(key, pace)
    return pace
  }
}
