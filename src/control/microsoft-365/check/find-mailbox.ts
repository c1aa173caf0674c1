import type { GraphCaller } from '../../../connectors/kit/microsoft/graph-client.ts'
import { graphPath } from '../../../connectors/kit/microsoft/graph-path.ts'
import { jsonObjects, jsonText } from '../../../connectors/kit/microsoft/json-values.ts'
import { MigrationError } from '../../../core/errors.ts'
import { bad, type Finding, unknown } from './finding.ts'

/** Users that are looked at for one with a mailbox. */
const usersMax = 20

/** The first user who has a mailbox, as far as the cloud tells; or why there is none to look at. */
export async function findMailbox(graph: GraphCaller): Promise<Finding | { readonly address: string }> {
  const name = { about: 'probe', name: 'mailbox' } as const
  try {
    for (const address of await listMailAddresses(graph)) {
      const { status } = await graph.call({ method: 'GET', path: graphPath`/users/${address}/settings/exchange`, expects: [400, 403, 404] })
      if (status !== 404) return { address }
    }
    return unknown(name, `none of the first ${usersMax} users has a mailbox: name one with --mailbox`)
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error
    return bad(name, `no mailbox can be looked for: ${error.message.replace(/\.$/, '')}`, error.hint)
  }
}

/** The names of the first users who have an address for mail. Throws as `GraphCaller.call`. */
export async function listMailAddresses(graph: GraphCaller): Promise<readonly string[]> {
  const { json } = await graph.call({ method: 'GET', path: '/users', query: { $top: usersMax, $select: 'id,userPrincipalName,mail' }, permission: 'User.Read.All' })
  return jsonObjects(json, 'value').flatMap((user) => (typeof user['mail'] === 'string' ? [jsonText(user, 'userPrincipalName')] : []))
}
