/** A small repeatable source of randomness (mulberry32): the same seed gives the same values on every machine. */
export class SeededRandom {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
  }

  /** At least 0, below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  /** A whole number, at least `from`, below `to`. */
  integer(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from))
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.next() < probability
  }

  /** One of them; throws when there is none. */
  pick<T>(values: readonly T[]): T {
    if (values.length === 0) throw new RangeError('nothing to pick from')
    return values[this.integer(0, values.length)] as T
  }

  /** One of them, each as likely as its weight says. */
  pickWeighted<T>(values: readonly T[], weight: (value: T) => number): T {
    let left = this.next() * values.reduce((sum, value) => sum + weight(value), 0)
    for (const value of values) {
      left -= weight(value)
      if (left < 0) return value
    }
    return this.pick(values.filter((value) => weight(value) > 0))
  }

  /** Log-normal, as sizes of mail are: `mu` and `sigma` are those of the logarithm. */
  logNormal(mu: number, sigma: number): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next())
    return Math.exp(mu + sigma * normal)
  }

  /** So many hexadecimal digits. */
  hex(digits: number): string {
    let text = ''
    while (text.length < digits) text += this.integer(0, 16).toString(16)
    return text
  }

  /** So many bytes. */
  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count)
    for (let i = 0; i < count; i++) bytes[i] = this.integer(0, 256)
    return bytes
  }
}
