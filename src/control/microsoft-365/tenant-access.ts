import type { GraphBatchCaller, GraphCaller } from '../../connectors/kit/microsoft/graph-client.ts'
import type { Context } from '../../core/ports/context.ts'

/** A tenant as an app that is signed in reaches it. */
export interface TenantAccess {
  /** Calls once: patience is each flow's own. */
  readonly graph: GraphCaller & GraphBatchCaller
  /** Has the next call sign in anew: what was granted meanwhile comes only with a new token (exchange.md 5.2). */
  signInAnew(): Promise<void>
  readonly context: Context
}
