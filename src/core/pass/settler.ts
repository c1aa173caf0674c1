import type { Settlement } from '../model/entry.ts'
import type { Ledger } from '../ports/ledger.ts'
import type { Clock } from '../ports/context.ts'

const settlementsMax = 1_000
const ageMsMax = 1_000

/**
 * Groups settlements into few transactions. What is lost with the process before a flush is found again at the target by
 * `recognise`, so grouping costs no correctness.
 */
export class Settler {
  readonly #ledger: Ledger
  readonly #clock: Clock
  readonly #pass: number
  #held: Settlement[] = []
  #flushedAtMs: number
  #flushing: Promise<void> = Promise.resolve()

  constructor(ledger: Ledger, clock: Clock, pass: number) {
    this.#ledger = ledger
    this.#clock = clock
    this.#pass = pass
    this.#flushedAtMs = clock.now()
  }

  /** A promise only when a flush is due; await it for back-pressure. */
  push(settlement: Settlement): Promise<void> | undefined {
    this.#held.push(settlement)
    const isDue = this.#held.length >= settlementsMax || this.#clock.now() - this.#flushedAtMs >= ageMsMax
    return isDue ? this.flush() : undefined
  }

  /** Resolves once everything pushed so far is durable. */
  flush(): Promise<void> {
    const settlements = this.#held
    this.#held = []
    this.#flushedAtMs = this.#clock.now()
    if (settlements.length > 0) {
      this.#flushing = this.#flushing.then(() => this.#ledger.settle(this.#pass, settlements))
    }
    return this.#flushing
  }
}
