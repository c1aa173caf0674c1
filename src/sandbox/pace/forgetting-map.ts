/** What may be forgotten once it says nothing more than a new one would. */
export interface Forgettable {
  isIdle(nowMs: number): boolean
}

/**
 * Values by key that come into being when they are asked for and are forgotten when they are idle. Each access looks at
 * two others, in turns: there is no sweep that anybody waits for, and what is kept follows what is in use.
 */
export class ForgettingMap<Value extends Forgettable> {
  readonly #values = new Map<string, Value>()
  readonly #create: () => Value

  constructor(create: () => Value) {
    this.#create = create
  }

  get size(): number {
    return this.#values.size
  }

  /** The value of a key, made anew when there is none. */
  ensure(key: string, nowMs: number): Value {
    this.#forgetSome(nowMs)
    const known = this.#values.get(key)
    if (known !== undefined) return known
    const value = this.#create()
    this.#values.set(key, value)
    return value
  }

  #forgetSome(nowMs: number): void {
    let looks = 2
    for (const [key, value] of this.#values) {
      // Put back behind the others, so that everybody's turn comes.
      this.#values.delete(key)
      if (!value.isIdle(nowMs)) this.#values.set(key, value)
      if (--looks === 0) return
    }
  }
}
