import type { Context } from '../../../core/ports/context.ts'
import { type ExchangeAdmin, ExchangeAdminClient } from './exchange-admin.ts'
import type { GraphCaller } from './graph-client.ts'
import { graphValues } from './graph-pages.ts'
import type { MicrosoftConnection } from './microsoft-access.ts'
import type { JsonObject } from './read-json.ts'

/** A tenant that is reached, with or without patience. */
export type CommandConnection = Pick<MicrosoftConnection, 'http' | 'hosts' | 'tokens'> & { readonly graph: GraphCaller }

/** Exchange's own commands in a tenant; nothing is asked before the first one. */
export function exchangeCommands(
  { http, hosts, tokens, graph }: CommandConnection,
  tenantId: string,
  { clock, signal }: Pick<Context, 'clock' | 'signal'>,
  randomBytes: (size: number) => Uint8Array,
): ExchangeAdmin {
  let client: ExchangeAdmin | undefined
  return {
    async run(command) {
      client ??= new ExchangeAdminClient({ http, hosts, tokens, tenantId, domain: (await readInitialDomain(graph)) ?? tenantId, clock, randomBytes, signal })
      return client.run(command)
    },
  }
}

/** The domain that a tenant was born with, by which Exchange's administration is routed; undefined when it names none. */
export async function readInitialDomain(graph: GraphCaller): Promise<string | undefined> {
  const call = { method: 'GET', path: '/organization', query: { $select: 'id,verifiedDomains' }, permission: 'Organization.Read.All' } as const
  for await (const { verifiedDomains } of graphValues(graph, call)) {
    const domains: readonly JsonObject[] = Array.isArray(verifiedDomains) ? verifiedDomains : []
    const name = domains.find(({ isInitial }) => isInitial === true)?.['name']
    if (typeof name === 'string') return name
  }
  return undefined
}
