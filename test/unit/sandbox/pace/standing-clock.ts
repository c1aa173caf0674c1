import type { SandboxClock } from '../../../../src/sandbox/clock.ts'

/** A clock that stands still until it is told how far to go. */
export class StandingClock implements SandboxClock {
  #nowMs = Date.UTC(2026, 0, 15, 9)

  nowMs(): number {
    return this.#nowMs
  }

  advance(durationMs: number): void {
    this.#nowMs += durationMs
  }

  sleep(durationMs: number): Promise<void> {
    this.advance(durationMs)
    return Promise.resolve()
  }
}
