import { realContext } from '../../../src/connectors/kit/real-context.ts'
import type { Context } from '../../../src/core/ports/context.ts'

/** A context on the machine's clock. */
export function testContext(signal: AbortSignal = new AbortController().signal): Context {
  return realContext(signal)
}
