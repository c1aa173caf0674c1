import type { GraphCaller } from '../../../connectors/kit/microsoft/graph-client.ts'
import { jsonText } from '../../../connectors/kit/microsoft/json-values.ts'
import type { Context } from '../../../core/ports/context.ts'
import { notReplicated } from './not-replicated.ts'
import { poll } from './poll.ts'
import type { Tell } from './told.ts'

/** The directory tells its parts of a new app within a minute, mostly (exchange.md 5.3 step 3). */
const replicationMsMax = 5 * 60_000

/** The enterprise application of an app: its id, found or made. */
export async function ensurePrincipal(graph: GraphCaller, clientId: string, context: Context, tell: Tell): Promise<string> {
  const path = `/servicePrincipals(appId='${encodeURIComponent(clientId)}')`
  const find = async (): Promise<string | undefined> => {
    const answer = await graph.call({ method: 'GET', path, query: { $select: 'id' }, expects: [404] })
    return answer.status === 404 ? undefined : jsonText(answer.json, 'id')
  }
  const there = await find()
  if (there !== undefined) {
    tell({ type: 'kept', what: 'the app is known to the tenant as an enterprise application' })
    return there
  }
  let hasMade = false
  const made = await poll(
    async () => {
      // 400 and 404 while the app is not known everywhere; 409 when a lost answer has made it before.
      const answer = hasMade
        ? undefined
        : await graph.call({ method: 'POST', path: '/servicePrincipals', body: { appId: clientId }, expects: [400, 404, 409], permission: 'Application.ReadWrite.All' })
      if (answer?.status === 201) return jsonText(answer.json, 'id')
      hasMade ||= answer?.status === 409
      return hasMade ? find() : undefined
    },
    replicationMsMax,
    context,
    () => tell({ type: 'waiting', what: 'the tenant spreads the news of the app' }),
  )
  if (made === undefined) throw notReplicated()
  tell({ type: 'done', what: 'the app was made known to the tenant as an enterprise application' })
  return made
}
