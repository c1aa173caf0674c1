import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../../../src/core/ports/context.ts'

/**
 * The machine's clock, but whoever sleeps long is soon woken, at the right time: waits that servers ask for cost nothing,
 * and everything that compares times still agrees.
 */
export class LeapingClock implements Clock {
  /** Every delay that somebody slept for, in order. */
  readonly delaysMs: number[] = []
  readonly #realDelayMsMax: number
  #leaptMs = 0

  /** Of each wait at most `realDelayMsMax` is really waited. */
  constructor(realDelayMsMax: number) {
    this.#realDelayMsMax = realDelayMsMax
  }

  now(): number {
    return Date.now() + this.#leaptMs
  }

  async sleep(delayMs: number, signal: AbortSignal): Promise<void> {
    this.delaysMs.push(delayMs)
    const untilMs = this.now() + delayMs
    try {
      await sleep(Math.min(delayMs, this.#realDelayMsMax), undefined, { signal })
    } catch (error) {
      signal.throwIfAborted()
      throw error
    }
    this.#leaptMs += Math.max(0, untilMs - this.now())
  }
}
