import type { SandboxClock } from '../../../src/sandbox/clock.ts'

/** A clock that stands still until a test moves it; sleepers wake when it passes their time. */
export interface StandingClock extends SandboxClock {
  advance(durationMs: number): void
}

/** Stands at 2026-11-21T09:00:00Z, or where it is told. */
export function createStandingClock(startMs = Date.UTC(2026, 10, 21, 9)): StandingClock {
  let nowMs = startMs
  let sleepers: { readonly atMs: number; readonly wake: () => void }[] = []
  return {
    nowMs: () => nowMs,
    sleep: (durationMs, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason as Error)
        signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
        sleepers.push({ atMs: nowMs + durationMs, wake: resolve })
      }),
    advance: (durationMs) => {
      nowMs += durationMs
      const due = sleepers.filter(({ atMs }) => atMs <= nowMs)
      sleepers = sleepers.filter(({ atMs }) => atMs > nowMs)
      for (const { wake } of due) wake()
    },
  }
}
