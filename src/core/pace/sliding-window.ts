import assert from 'node:assert'

/** Instants that were passed are cut off once they are so many. */
const passedMax = 1024

/**
 * What was used in the last `windowMs`, for a budget of so many units in any span of that length. Pure but for what it
 * remembers; memory is of the order of the uses in the window.
 */
export class SlidingWindow {
  readonly unitsMax: number
  readonly windowMs: number
  #timesMs: number[] = []
  #units: number[] = []
  #first = 0
  #total = 0

  /** Throws an assertion when a limit is not positive. */
  constructor(unitsMax: number, windowMs: number) {
    assert(unitsMax > 0 && windowMs > 0, 'a window has a length and room for something')
    this.unitsMax = unitsMax
    this.windowMs = windowMs
  }

  /** The units in the window that ends at `nowMs`. */
  unitsAt(nowMs: number): number {
    this.#forgetPast(nowMs)
    return this.#total
  }

  /** Counts a use at an instant not before any other's. */
  take(units: number, nowMs: number): void {
    if (units <= 0) return
    this.#forgetPast(nowMs)
    const last = this.#timesMs.length - 1
    if (last >= this.#first && (this.#timesMs[last] as number) >= nowMs) this.#units[last] = (this.#units[last] as number) + units
    else {
      this.#timesMs.push(nowMs)
      this.#units.push(units)
    }
    this.#total += units
  }

  /**
   * The earliest instant, not before `nowMs`, at which so many units more fit in, if nothing else is used until then. What
   * never fits waits until the window is empty.
   */
  fitsAtMs(units: number, nowMs: number): number {
    this.#forgetPast(nowMs)
    let left = this.#total
    let atMs = nowMs
    for (let entry = this.#first; entry < this.#timesMs.length && left + units > this.unitsMax; entry++) {
      left -= this.#units[entry] as number
      atMs = (this.#timesMs[entry] as number) + this.windowMs
    }
    return atMs
  }

  #forgetPast(nowMs: number): void {
    while (this.#first < this.#timesMs.length && (this.#timesMs[this.#first] as number) + this.windowMs <= nowMs) {
      this.#total -= this.#units[this.#first] as number
      this.#first++
    }
    if (this.#first < passedMax) return
    this.#timesMs = this.#timesMs.slice(this.#first)
    this.#units = this.#units.slice(this.#first)
    this.#first = 0
  }
}
