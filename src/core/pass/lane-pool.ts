import { isSessionsLimited, MigrationError } from '../errors.ts'
import type { Entry } from '../model/entry.ts'
import type { Side } from '../ports/governor.ts'
import { decide } from './decide.ts'
import { tellFailure } from './tell-failure.ts'
import { Stretch, type StretchEnd } from './stretch.ts'
import type { Transfer } from './transfer.ts'
import { waitFor, withRetry } from './with-retry.ts'
import type { Batch } from './work-queue.ts'

/** A further pair of sessions is opened for each of these many items. */
const itemsPerLane = 50

/** Keeps as many lanes running as the governor grants and the work is worth. */
export class LanePool {
  readonly #transfer: Transfer
  readonly #running = new Map<number, Promise<void>>()
  readonly #itemsExpected: number
  readonly #stop: (error: unknown) => void
  #failure: { error: unknown } | undefined
  #wake: () => void = () => {}

  /** `itemsExpected`: what may come before it is in the queue. `stop` ends the work of everybody else. */
  constructor(transfer: Transfer, itemsExpected: number, stop: (error: unknown) => void) {
    this.#transfer = transfer
    this.#itemsExpected = itemsExpected
    this.#stop = stop
  }

  /** Resolves once all work is done; throws the first error that no lane could decide on. */
  async run(): Promise<void> {
    for (;;) {
      this.adjust()
      if (this.#running.size === 0) {
        const { queue, engine } = this.#transfer
        if (this.#failure !== undefined) throw this.#failure.error
        if (engine.context.signal.aborted || (queue.isClosed && queue.itemsLeft === 0)) return
      }
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  /** To be called when the queue has changed. */
  changed(): void {
    this.adjust()
    this.#wake()
  }

  /** Starts what is missing; lanes that are too many end by themselves. */
  adjust(): void {
    const { engine, queue } = this.#transfer
    if (this.#failure !== undefined || engine.context.signal.aborted) return
    const items = queue.isClosed ? queue.itemsLeft : Math.max(queue.itemsLeft, this.#itemsExpected)
    const wanted = Math.min(engine.governor.lanes(), Math.ceil(items / itemsPerLane))
    for (let lane = 0; lane < wanted; lane++) {
      if (this.#running.has(lane)) continue
      const running = this.#runLane(lane)
        .catch((error: unknown) => {
          this.#failure ??= { error }
          this.#stop(error)
        })
        .finally(() => {
          this.#running.delete(lane)
          queue.release(lane)
          this.#wake()
        })
      this.#running.set(lane, running)
    }
  }

  async #runLane(lane: number): Promise<void> {
    const transfer = this.#transfer
    const { engine } = transfer
    let first: Batch | undefined
    for (let fruitless = 0; ; ) {
      const end = await this.#runStretch(lane, first)
      first = end.next
      transfer.settledItems += end.settledItems
      if (end.failure === undefined) {
        if (first === undefined && !end.wasWanted) return
        continue
      }
      engine.context.signal.throwIfAborted()
      const { error, side } = end.failure
      if (!(error instanceof MigrationError)) throw error
      transfer.lastError = error
      const fate = await this.#takeBack(end, error, side)
      if (fate === 'limited') {
        if (first !== undefined) transfer.queue.giveBack(first.entries)
        return
      }
      if (end.settledItems > 0) fruitless = 0
      else if (error.kind === 'transient') fruitless++
      const verdict = decide(error, Math.max(fruitless, 1), engine.context.random())
      if (verdict.type === 'stop') throw error
      await waitFor(engine, side, error, verdict.type === 'retry' ? verdict.delayMs : 0)
      if (transfer.isRetired(lane)) {
        if (first !== undefined) transfer.queue.giveBack(first.entries)
        return
      }
    }
  }

  /** One stretch within the sessions that both sides allow; `wasWanted` when it had to make room for somebody else. */
  async #runStretch(lane: number, first: Batch | undefined): Promise<StretchEnd & { readonly wasWanted: boolean }> {
    const { engine } = this.#transfer
    const session = await engine.sessions.enter(engine.context.signal, true)
    try {
      const end = await new Stretch(this.#transfer, lane, first, session.wanted).run()
      const { failure } = end
      if (failure !== undefined && isSessionsLimited(failure.error)) {
        engine.governor.sessionsLimited(failure.side, session.refused())
      }
      return { ...end, wasWanted: session.wanted.aborted }
    } finally {
      session.leave()
    }
  }

  /** Sees to it that everything that was under way comes again, is looked for, or is found to be what breaks sessions. */
  async #takeBack(end: StretchEnd, error: MigrationError, side: Side): Promise<'limited' | 'broken'> {
    const transfer = this.#transfer
    const isLimited = isSessionsLimited(error) && this.#running.size > 1
    const guilty = error.kind === 'transient' ? transfer.suspicion.broke(end.suspects) : []
    if (guilty.length > 0) await this.#condemn(guilty, error, side)
    transfer.queue.giveBack(end.unread.filter((entry) => !guilty.includes(entry)))
    if (end.unknown.length > 0) transfer.lostAnswers = true
    for (const entry of end.unknown) if (!guilty.includes(entry)) transfer.lookFor(entry.folder)
    return isLimited ? 'limited' : 'broken'
  }

  /** Blames items only after the side has answered something else: an outage is nobody's fault. */
  async #condemn(entries: readonly Entry[], error: MigrationError, side: Side): Promise<void> {
    const transfer = this.#transfer
    await withRetry(transfer.engine, side, () => transfer.engine[side].discover())
    for (const entry of entries) {
      const hint = `The ${side} breaks the connection at this item every time; look at it there, then use retry.`
      const code = 'item.breaks-connection'
      await tellFailure(transfer.engine, entry, { code, message: error.message, hint })
      await transfer.settler.push({ type: 'failed', key: entry.key, code, hint })
    }
  }
}
