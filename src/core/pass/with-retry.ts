import { isSessionsLimited, MigrationError } from '../errors.ts'
import type { Side } from '../ports/governor.ts'
import type { Engine } from './engine.ts'
import { decide } from './decide.ts'

/** How many waits that a server asked for are granted to one call before the pass is given up. */
const throttlesMax = 50

/** Makes one call of a connector, again when that may help. Throws what cannot be helped. */
export async function withRetry<T>(
  engine: Pick<Engine, 'context' | 'governor' | 'observe'>,
  side: Side,
  call: () => Promise<T>,
): Promise<T> {
  let attempt = 1
  for (let throttles = 0; ; ) {
    engine.context.signal.throwIfAborted()
    try {
      const startedAtMs = engine.context.clock.now()
      const result = await call()
      engine.governor.succeeded(side, engine.context.clock.now() - startedAtMs)
      return result
    } catch (error) {
      if (!(error instanceof MigrationError)) throw error
      const verdict = decide(error, attempt, engine.context.random())
      if (verdict.type !== 'retry') throw error
      if (verdict.spendsAttempt) attempt++
      else if (++throttles > throttlesMax) throw error
      await waitFor(engine, side, error, verdict.delayMs)
    }
  }
}

/** Holds a side back after an error, visibly. */
export async function waitFor(
  engine: Pick<Engine, 'context' | 'governor' | 'observe'>,
  side: Side,
  error: MigrationError,
  delayMs: number,
): Promise<void> {
  // One session too many slows nothing else down.
  const isThrottled = error.kind === 'throttled' && !isSessionsLimited(error)
  const waitMs = isThrottled ? engine.governor.throttled(side, delayMs) : delayMs
  engine.observe({ type: 'waiting', side, reason: error.message, delayMs: waitMs })
  await engine.context.clock.sleep(waitMs, engine.context.signal)
}
