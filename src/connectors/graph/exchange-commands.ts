import type { Context } from '../../core/ports/context.ts'
import { type ExchangeAdmin, ExchangeAdminClient } from '../kit/microsoft/exchange-admin.ts'
import type { GraphCaller } from '../kit/microsoft/graph-client.ts'
import { graphValues } from '../kit/microsoft/graph-pages.ts'
import type { MicrosoftConnection } from '../kit/microsoft/microsoft-access.ts'
import { jsonObjects, jsonText } from './json-values.ts'

/** Exchange's own commands in a tenant; nothing is asked before the first one. */
export function exchangeCommands(
  connection: MicrosoftConnection,
  tenantId: string,
  { clock, signal }: Pick<Context, 'clock' | 'signal'>,
  randomBytes: (size: number) => Uint8Array,
): ExchangeAdmin {
  let client: ExchangeAdmin | undefined
  return {
    async run(command) {
      client ??= new ExchangeAdminClient({ ...connection, tenantId, domain: (await readInitialDomain(connection.graph)) ?? tenantId, clock, randomBytes, signal })
      return client.run(command)
    },
  }
}

/** Undefined when the organization names none. */
async function readInitialDomain(graph: GraphCaller): Promise<string | undefined> {
  const call = { method: 'GET', path: '/organization', query: { $select: 'verifiedDomains' }, permission: 'Organization.Read.All' } as const
  for await (const organization of graphValues(graph, call)) {
    const initial = jsonObjects(organization, 'verifiedDomains').find(({ isInitial }) => isInitial === true)
    if (initial !== undefined) return jsonText(initial, 'name')
  }
  return undefined
}
