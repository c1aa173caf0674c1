import assert from 'node:assert'
import type { Cost } from '../ports/governor.ts'
import { TokenBucket } from './token-bucket.ts'

/** What one side may be asked for; absent means no limit. */
export interface Limits {
  readonly sessionsMax: number
  readonly requestsPerSecond?: number
  readonly itemsPerSecond?: number
  readonly bytesPerSecond?: number
}

/** A place in the order of admission. */
export interface Admission {
  readonly startsAtMs: number
  /** For a cost that will never start after all. */
  giveBack(): void
}

interface Budget {
  readonly unit: keyof Cost
  /** The limit in words for a person: the option that sets it, and its value. */
  readonly words: string
  readonly bucket: TokenBucket
  /** When the last admission that had to wait for this budget starts. */
  waitedUntilMs: number
}

/** A budget is named as binding for so long after it last made somebody wait. */
const bindingMs = 2_000

/** Decides when costs may go to one side. */
export class SideGate {
  readonly #budgets: readonly Budget[]
  #heldUntilMs = Number.NEGATIVE_INFINITY

  /** `optionNames` are the command line's names of the limits, for `binding`. */
  constructor(limits: Limits, optionNames: Readonly<Record<keyof Cost, string>>) {
    const declared = [
      ['requests', limits.requestsPerSecond],
      ['items', limits.itemsPerSecond],
      ['bytes', limits.bytesPerSecond],
    ] as const
    this.#budgets = declared.flatMap(([unit, perSecond]) => {
      if (perSecond === undefined) return []
      const words = `${optionNames[unit]} ${perSecond.toLocaleString('en-US')}`
      return [{ unit, words, bucket: new TokenBucket(perSecond), waitedUntilMs: Number.NEGATIVE_INFINITY }]
    })
  }

  /** No limit and no request to wait has ever come: the clock need not be read. */
  get isWideOpen(): boolean {
    return this.#budgets.length === 0 && this.#heldUntilMs === Number.NEGATIVE_INFINITY
  }

  get heldUntilMs(): number {
    return this.#heldUntilMs
  }

  hold(untilMs: number): void {
    this.#heldUntilMs = Math.max(this.#heldUntilMs, untilMs)
  }

  /** The next place in the order of admission, behind all given so far. */
  admit(cost: Cost, nowMs: number): Admission {
    let startsAtMs = Math.max(nowMs, this.#heldUntilMs)
    let slowest: Budget | undefined
    for (const budget of this.#budgets) {
      assert(cost[budget.unit] >= 0, 'a cost is not negative')
      const freeAtMs = budget.bucket.startsAtMs(startsAtMs)
      if (freeAtMs > startsAtMs) slowest = budget
      startsAtMs = freeAtMs
    }
    if (slowest !== undefined) slowest.waitedUntilMs = startsAtMs
    const taken = this.#budgets.map(({ bucket, unit }) => ({ bucket, unit, at: bucket.take(cost[unit], startsAtMs) }))
    return {
      startsAtMs,
      giveBack: () => taken.forEach(({ bucket, unit, at }) => bucket.giveBack(cost[unit], at)),
    }
  }

  /** The budget that made somebody wait last, while that is recent. */
  binding(nowMs: number): { readonly words: string; readonly waitedUntilMs: number } | undefined {
    return this.#budgets
      .filter((budget) => nowMs < budget.waitedUntilMs + bindingMs)
      .reduce<Budget | undefined>(
        (last, budget) => (last && last.waitedUntilMs >= budget.waitedUntilMs ? last : budget),
        undefined,
      )
  }
}
