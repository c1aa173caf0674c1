import type { GraphCall, GraphCaller } from '../../../connectors/kit/microsoft/graph-client.ts'
import { withPatience } from '../../../connectors/kit/microsoft/with-patience.ts'
import { MigrationError } from '../../../core/errors.ts'
import type { TenantAccess } from '../tenant-access.ts'

/** What was just granted is known everywhere after minutes (exchange.md 5.2; S3-25). */
const consentMsMax = 15 * 60_000
const delayMsFirst = 5_000
const delayMsMax = 60_000

const denials: ReadonlySet<string> = new Set(['graph.permission-missing', 'graph.mailbox.denied'])

/**
 * The tenant's Graph, with patience for throttling and trouble, and for permissions that were granted a moment ago: what is
 * denied is asked for again with a new token, up to a quarter of an hour for each permission, whoever asks. Then the denial
 * is thrown, which names the permission. `waiting` hears of each wait.
 */
export function awaitConsent({ graph, signInAnew, context }: TenantAccess, waiting: (permission: string, delayMs: number) => void): GraphCaller {
  const deniedSinceMs = new Map<string, number>()
  return { call }

  async function call(call: GraphCall) {
    const permission = call.permission ?? ''
    for (let delayMs = delayMsFirst; ; delayMs = Math.min(delayMs * 2, delayMsMax)) {
      try {
        const answer = await withPatience(() => graph.call(call), context)
        deniedSinceMs.delete(permission)
        return answer
      } catch (error) {
        if (!(error instanceof MigrationError) || !denials.has(error.code)) throw error
        const nowMs = context.clock.now()
        const sinceMs = deniedSinceMs.get(permission) ?? nowMs
        deniedSinceMs.set(permission, sinceMs)
        if (nowMs + delayMs - sinceMs > consentMsMax) throw error
        waiting(permission, delayMs)
        await context.clock.sleep(delayMs, context.signal)
        await withPatience(signInAnew, context)
      }
    }
  }
}
