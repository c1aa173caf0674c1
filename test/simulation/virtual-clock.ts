import type { Clock } from '../../src/core/ports/context.ts'

interface Sleeper {
  readonly atMs: number
  readonly number: number
  readonly wake: () => void
}

/** Simulated time goes no further than this: whatever waits longer is stuck. */
const spanMsMax = 30 * 86_400_000
/** Turns of the event loop with nobody asleep and nobody running. */
const idleTurnsMax = 25

/**
 * Time that passes only when everybody waits: sleepers wake in order of time, and in the order they fell asleep.
 * Nothing in a simulation does real I/O, so one turn of the event loop lets everything run that can.
 */
export class VirtualClock implements Clock {
  #nowMs: number
  readonly #startMs: number
  #sleepers: Sleeper[] = []
  #sleepersSoFar = 0
  #isTurning = false
  #idleTurns = 0

  constructor(startMs: number) {
    this.#nowMs = startMs
    this.#startMs = startMs
  }

  now(): number {
    return this.#nowMs
  }

  /** How many wait. */
  get sleeping(): number {
    return this.#sleepers.length
  }

  /** Lets everything run that can, without letting time pass for its own sake. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 6; turn++) {
      this.#idleTurns = 0
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  async sleep(delayMs: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    await new Promise<void>((resolve, reject) => {
      const abort = (): void => {
        this.#sleepers = this.#sleepers.filter((one) => one !== sleeper)
        reject(signal.reason)
      }
      const sleeper: Sleeper = {
        atMs: this.#nowMs + Math.max(0, delayMs),
        number: ++this.#sleepersSoFar,
        wake: () => {
          signal.removeEventListener('abort', abort)
          resolve()
        },
      }
      signal.addEventListener('abort', abort, { once: true })
      this.#sleepers.push(sleeper)
      this.#turn()
    })
  }

  /** The work's result. Throws when nothing goes on any more before it is done, or when it takes a month. */
  async run<T>(work: Promise<T>): Promise<T> {
    const { promise: stuck, reject } = Promise.withResolvers<never>()
    let isDone = false
    const watch = (): void => {
      if (isDone) return
      this.#idleTurns = this.#sleepers.length === 0 && !this.#isTurning ? this.#idleTurns + 1 : 0
      if (this.#idleTurns > idleTurnsMax) reject(new Error('stuck: everybody waits for something that nobody will do'))
      else if (this.#nowMs - this.#startMs > spanMsMax)
        reject(new Error('endless: a month of simulated time has passed'))
      else setImmediate(watch)
    }
    setImmediate(watch)
    try {
      return await Promise.race([work, stuck])
    } finally {
      isDone = true
    }
  }

  #turn(): void {
    if (this.#isTurning) return
    this.#isTurning = true
    setImmediate(() => {
      this.#isTurning = false
      const next = this.#sleepers.reduce<Sleeper | undefined>(
        (first, one) => (isBefore(one, first) ? one : first),
        undefined,
      )
      if (!next) return
      this.#sleepers = this.#sleepers.filter((one) => one !== next)
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      next.wake()
      if (this.#sleepers.length > 0) this.#turn()
    })
  }
}

function isBefore(one: Sleeper, other: Sleeper | undefined): boolean {
  if (!other) return true
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.number < other.number)
}
