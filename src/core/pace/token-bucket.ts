import assert from 'node:assert'

/**
 * A budget of so many units a second, without credit: what was not used is lost, so that no pause is followed by a
 * burst. A cost that starts is paid off before the next one may: in any span of time, what starts in it is at most the
 * budget of the span and one cost more, and with demand that never ends it is the budget of the span to within one
 * cost.
 */
export class TokenBucket {
  readonly #unitsPerMs: number
  /** When everything admitted so far is paid off. */
  #paidOffAtMs = Number.NEGATIVE_INFINITY

  /** Throws an assertion when `unitsPerSecond` is not a positive finite number. */
  constructor(unitsPerSecond: number) {
    assert(unitsPerSecond > 0 && Number.isFinite(unitsPerSecond), 'a budget is a positive number of units a second')
    this.#unitsPerMs = unitsPerSecond / 1000
  }

  /** The earliest instant, not before `nowMs`, at which a further cost may start. */
  startsAtMs(nowMs: number): number {
    return Math.max(nowMs, this.#paidOffAtMs)
  }

  /** Takes a cost that starts at `atMs`. Gives what `giveBack` needs. */
  take(units: number, atMs: number): number {
    this.#paidOffAtMs = this.startsAtMs(atMs) + units / this.#unitsPerMs
    return this.#paidOffAtMs
  }

  /**
   * Undoes a `take` whose cost never started, unless others were admitted behind it: those have their instants already.
   */
  giveBack(units: number, taken: number): void {
    if (this.#paidOffAtMs === taken) this.#paidOffAtMs -= units / this.#unitsPerMs
  }
}
