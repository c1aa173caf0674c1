import { setTimeout as delay } from 'node:timers/promises'

/** Time as a tenant lives through it; a test's clock may run faster or stand still. */
export interface SandboxClock {
  /** ms since 1970. */
  nowMs(): number
  /** Resolves once so much of this clock's time has passed; rejects with the signal's reason. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>
}

/** A clock that can be put forward; whoever sleeps past the new time wakes at once. */
export interface MovableClock extends SandboxClock {
  advance(durationMs: number): void
}

/** What a timer of Node's can wait for. */
const timerMsMax = 2 ** 31 - 1

/** The machine's time, from the moment of the call on running `timeFactor` times as fast. */
export function createClock(timeFactor = 1): MovableClock {
  let startMs = Date.now()
  const startTicksMs = performance.now()
  let moved = new AbortController()
  const nowMs = () => startMs + (performance.now() - startTicksMs) * timeFactor
  return {
    nowMs,
    async sleep(durationMs, signal) {
      const untilMs = nowMs() + durationMs
      for (let leftMs = durationMs; leftMs > 0; leftMs = untilMs - nowMs()) {
        const waitMs = Math.min(leftMs / timeFactor, timerMsMax)
        const until = signal === undefined ? moved.signal : AbortSignal.any([signal, moved.signal])
        await delay(waitMs, undefined, { signal: until }).catch(() => signal?.throwIfAborted())
      }
    },
    advance(durationMs) {
      startMs += durationMs
      moved.abort()
      moved = new AbortController()
    },
  }
}
