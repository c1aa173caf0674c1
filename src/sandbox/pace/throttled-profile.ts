import type { SandboxClock } from '../clock.ts'
import { toRetryAfterS } from './admission.ts'
import { throttledLimits } from './budget-limits.ts'
import type { FaultProfile } from './fault-profile.ts'
import type { FaultyRequest } from './faults.ts'
import { ForgettingMap, type Forgettable } from './forgetting-map.ts'
import { imapThrottled } from './imap-budgets.ts'
import { noneProfile } from './none-profile.ts'
import type { Random } from './random.ts'

/** How often and how long a mailbox refuses in the profile `throttled`. */
export interface ThrottledSettings {
  /** How often a request is the first of a spell of refusals, 0 to 1. */
  readonly spellShare: number
  /** A spell over HTTP lasts up to so long, and over IMAP up to five times as long (exchange.md 4.5: minutes). */
  readonly spellMsMax: number
}

/** What holds when nothing is set. */
export const throttledDefaults: ThrottledSettings = { spellShare: 0.02, spellMsMax: 8_000 }

const spellMsMin = 200
/** So long after a spell the first request still is let through for certain. */
const graceMs = 10 * 60_000

/** A span in which a mailbox, or an app's directory, answers by refusals only. */
class Spell implements Forgettable {
  untilMs = Number.NEGATIVE_INFINITY
  isOver = true

  isIdle(nowMs: number): boolean {
    return this.isOver || nowMs >= this.untilMs + graceMs
  }
}

class Spells {
  readonly #spells = new ForgettingMap(() => new Spell())
  readonly #clock: SandboxClock
  readonly #random: Random
  readonly #share: number
  readonly #lengthMsMax: number

  constructor(clock: SandboxClock, random: Random, share: number, lengthMsMax: number) {
    this.#clock = clock
    this.#random = random
    this.#share = share
    this.#lengthMsMax = Math.max(lengthMsMax, spellMsMin)
  }

  /** How long to refuse what comes now; 0 to let it through, as the first that comes after a spell always is. */
  waitMs(key: string): number {
    const nowMs = this.#clock.nowMs()
    const spell = this.#spells.ensure(key, nowMs)
    if (nowMs < spell.untilMs) return spell.untilMs - nowMs
    if (!spell.isOver) {
      spell.isOver = true
      return 0
    }
    if (this.#random.next() >= this.#share) return 0
    const lengthMs = spellMsMin + this.#random.next() * (this.#lengthMsMax - spellMsMin)
    spell.untilMs = nowMs + lengthMs
    spell.isOver = false
    return lengthMs
  }
}

/**
 * A tenant under load: tighter budgets, and spells in which a mailbox refuses everything. What a spell asks for is
 * true: the first request that waited for it is let through. A refused part of a `$batch` is refused alone.
 */
export function createThrottledProfile(clock: SandboxClock, random: Random, settings: ThrottledSettings): FaultProfile {
  const { spellShare, spellMsMax } = settings
  const httpSpells = new Spells(clock, random, spellShare, spellMsMax)
  const imapSpells = new Spells(clock, random, spellShare, spellMsMax * 5)
  return {
    ...noneProfile,
    limits: throttledLimits,
    http: {
      before(request) {
        if (request.surface === 'sign-in') return undefined
        const waitMs = httpSpells.waitMs(`${request.appId}\n${request.mailboxId ?? ''}`)
        if (waitMs === 0) return undefined
        return { type: 'status', status: 429, error: throttledErrorOf(request), retryAfterS: toRetryAfterS(waitMs) }
      },
      after: () => undefined,
    },
    imap: {
      before({ mailboxId }) {
        const waitMs = imapSpells.waitMs(mailboxId)
        if (waitMs === 0) return undefined
        const { status, text } = imapThrottled(waitMs)
        return { type: 'refuse', status, text }
      },
      after: () => undefined,
    },
  }
}

/** exchange.md 4.1. */
function throttledErrorOf({ surface }: FaultyRequest): { readonly code: string; readonly message: string } {
  return surface === 'mailbox'
    ? { code: 'ApplicationThrottled', message: 'Application is over its MailboxConcurrency limit.' }
    : { code: 'TooManyRequests', message: 'Too Many Requests' }
}
