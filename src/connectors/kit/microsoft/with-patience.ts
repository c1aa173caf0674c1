import { MigrationError } from '../../../core/errors.ts'
import { decide } from '../../../core/pass/decide.ts'
import type { Context } from '../../../core/ports/context.ts'
import type { GraphCaller } from './graph-client.ts'

/** How many waits that were asked for are granted to one call. */
const waitsMax = 50

/**
 * Makes a call, again when that may help, as the core would (`core/pass/decide.ts`): for flows that are no passes. Throws
 * what cannot be helped, and the last error once patience ends.
 */
export async function withPatience<T>(
  call: () => Promise<T>,
  context: Pick<Context, 'clock' | 'signal' | 'random' | 'log'>,
): Promise<T> {
  let attempt = 1
  for (let waits = 0; ; ) {
    context.signal.throwIfAborted()
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof MigrationError)) throw error
      const verdict = decide(error, attempt, context.random())
      if (verdict.type !== 'retry') throw error
      if (verdict.spendsAttempt) attempt++
      else if (++waits > waitsMax) throw error
      context.log('waiting', { code: error.code, delayMs: verdict.delayMs })
      await context.clock.sleep(verdict.delayMs, context.signal)
    }
  }
}

/** The same Graph, each call with patience. A call that may have been carried out is made again: for what may be done twice. */
export function patientGraph(graph: GraphCaller, context: Pick<Context, 'clock' | 'signal' | 'random' | 'log'>): GraphCaller {
  return { call: (call) => withPatience(() => graph.call(call), context) }
}
