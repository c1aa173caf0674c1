const entriesMin = 16

/**
 * What was used up in the last `windowMs`, for a budget of so many units in any span of that length. Exact: every use
 * is known by its instant, which is in the window until `windowMs` later, and then is not. Memory is of the order of
 * the uses in the window, and never more than the budget has units: what a full budget hides is forgotten.
 */
export class SlidingWindow {
  readonly windowMs: number
  readonly #unitsMax: number
  #timesMs = new Float64Array(entriesMin)
  #units = new Float64Array(entriesMin)
  #first = 0
  #entries = 0
  #unitsTotal = 0

  /** `unitsMax`: the most that is ever asked for as a limit; a whole number. */
  constructor(unitsMax: number, windowMs: number) {
    this.#unitsMax = unitsMax
    this.windowMs = windowMs
  }

  /** How many uses are kept. */
  get entries(): number {
    return this.#entries
  }

  /** The units in the window that ends now; of those above the most units, only that they are above. */
  unitsAt(nowMs: number): number {
    this.#forgetPast(nowMs)
    return this.#unitsTotal
  }

  /** Counts a use; of whole units, at an instant not before any other's. Nothing is counted for no units. */
  take(units: number, nowMs: number): void {
    if (units <= 0) return
    this.#forgetPast(nowMs)
    const last = this.#slot(this.#entries - 1)
    if (this.#entries > 0 && this.#timesMs[last] === nowMs) this.#units[last]! += units
    else this.#append(units, nowMs)
    this.#unitsTotal += units
    // While the others alone fill the budget, the oldest decides nothing; and it leaves the window before they do.
    while (this.#entries > 1 && this.#unitsTotal - this.#units[this.#first]! >= this.#unitsMax) this.#forgetFirst()
  }

  /**
   * How long until so many units fit in beside what was used, if nothing else is used until then; 0 when they fit now.
   * `unitsMax` is the limit to hold now, up to the one of the window. Units that never fit wait for an empty window.
   */
  waitMs(units: number, unitsMax: number, nowMs: number): number {
    this.#forgetPast(nowMs)
    const limit = Math.min(unitsMax, this.#unitsMax)
    let unitsLeft = this.#unitsTotal
    let waitMs = 0
    for (let entry = 0; entry < this.#entries && unitsLeft + units > limit; entry++) {
      const slot = this.#slot(entry)
      unitsLeft -= this.#units[slot]!
      waitMs = this.#timesMs[slot]! + this.windowMs - nowMs
    }
    return waitMs === 0 && unitsLeft + units > limit ? this.windowMs : waitMs
  }

  #forgetPast(nowMs: number): void {
    while (this.#entries > 0 && this.#timesMs[this.#first]! + this.windowMs <= nowMs) this.#forgetFirst()
    if (this.#entries < this.#timesMs.length / 4 && this.#timesMs.length > entriesMin) this.#resize(this.#timesMs.length / 2)
  }

  #forgetFirst(): void {
    this.#unitsTotal -= this.#units[this.#first]!
    this.#first = this.#slot(1)
    this.#entries--
  }

  #append(units: number, nowMs: number): void {
    if (this.#entries === this.#timesMs.length) this.#resize(this.#timesMs.length * 2)
    const slot = this.#slot(this.#entries)
    this.#timesMs[slot] = nowMs
    this.#units[slot] = units
    this.#entries++
  }

  #resize(length: number): void {
    const timesMs = new Float64Array(length)
    const units = new Float64Array(length)
    for (let entry = 0; entry < this.#entries; entry++) {
      timesMs[entry] = this.#timesMs[this.#slot(entry)]!
      units[entry] = this.#units[this.#slot(entry)]!
    }
    this.#timesMs = timesMs
    this.#units = units
    this.#first = 0
  }

  /** The length is a power of two. */
  #slot(entry: number): number {
    return (this.#first + entry) & (this.#timesMs.length - 1)
  }
}
