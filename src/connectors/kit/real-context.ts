import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock, Context, LogFields } from '../../core/ports/context.ts'

/** The machine's own clock. */
const realClock: Clock = {
  now: () => Date.now(),
  async sleep(delayMs, signal) {
    try {
      await sleep(delayMs, undefined, { signal })
    } catch (error) {
      // Node rejects with an AbortError of its own; the contract is the signal's reason.
      signal.throwIfAborted()
      throw error
    }
  },
}

/** The real world as a context: the machine's clock and randomness, `signal` to cancel, `log` for events. */
export function realContext(signal: AbortSignal, log: (event: string, fields: LogFields) => void = ignore): Context {
  return { signal, clock: realClock, random: Math.random, log }
}

function ignore(): void {
  // Without a log nobody asked for the events.
}
