import { setTimeout as delay } from 'node:timers/promises'

/** Time as a tenant lives through it; a test's clock may run faster or stand still. */
export interface SandboxClock {
  /** ms since 1970. */
  nowMs(): number
  /** Resolves once so much of this clock's time has passed; rejects with the signal's reason. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>
}

/** The machine's time, from the moment of the call on running `timeFactor` times as fast. */
export function createClock(timeFactor = 1): SandboxClock {
  const startMs = Date.now()
  const startTicksMs = performance.now()
  return {
    nowMs: () => startMs + (performance.now() - startTicksMs) * timeFactor,
    sleep: (durationMs, signal) => delay(durationMs / timeFactor, undefined, signal === undefined ? {} : { signal }),
  }
}
