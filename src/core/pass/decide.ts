import type { MigrationError } from '../errors.ts'

/** What the core does about an operating error. */
export type Verdict =
  /** Wait, then try the call again. */
  | { readonly type: 'retry'; readonly delayMs: number; readonly spendsAttempt: boolean }
  /** The item is failed and the pass goes on. */
  | { readonly type: 'settle' }
  /** The pass stops and asks a person. */
  | { readonly type: 'stop' }

export const attemptsMax = 10
const backoffFirstMs = 250
const backoffMaxMs = 30_000
const throttleDelayMsMax = 15 * 60_000

/** The one decision table (house style, section 5). `attempt` counts from 1; `random` is in [0, 1). */
export function decide(error: MigrationError, attempt: number, random: number): Verdict {
  switch (error.kind) {
    case 'transient':
      return attempt >= attemptsMax
        ? { type: 'stop' }
        : { type: 'retry', delayMs: error.retryAfterMs ?? backoffMs(attempt, random), spendsAttempt: true }
    case 'throttled':
      return {
        type: 'retry',
        delayMs: Math.min(error.retryAfterMs ?? backoffMs(attempt + 2, random), throttleDelayMsMax),
        spendsAttempt: false,
      }
    case 'item':
      return { type: 'settle' }
    case 'auth':
    case 'config':
      return { type: 'stop' }
  }
}

/** Doubling from a quarter of a second to half a minute, with half of it jitter. */
function backoffMs(attempt: number, random: number): number {
  const fullMs = Math.min(backoffFirstMs * 2 ** (attempt - 1), backoffMaxMs)
  return Math.round(fullMs / 2 + (fullMs / 2) * random)
}
