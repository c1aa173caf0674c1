import { exchangeCommands } from '../../../connectors/kit/microsoft/exchange-commands.ts'
import type { GraphCaller } from '../../../connectors/kit/microsoft/graph-client.ts'
import type { MicrosoftConnection } from '../../../connectors/kit/microsoft/microsoft-access.ts'
import { withPatience } from '../../../connectors/kit/microsoft/with-patience.ts'
import type { Context } from '../../../core/ports/context.ts'
import type { MicrosoftEndpoint } from '../microsoft-endpoint.ts'
import type { WorkName } from '../work.ts'
import { type Finding, finding, good } from './finding.ts'

/** A tenant as the probes reach it: with patience. */
export interface PatientConnection extends Omit<MicrosoftConnection, 'graph'> {
  readonly graph: GraphCaller
}

/** What can be done in the tenant as a whole; only what the chosen work is about. Changes nothing. */
export async function* probeTenant(
  endpoint: MicrosoftEndpoint,
  connection: PatientConnection,
  context: Context,
  randomBytes: (size: number) => Uint8Array,
): AsyncIterable<Finding> {
  const { graph } = connection
  const has = (...names: readonly WorkName[]): boolean => names.some((name) => endpoint.work.includes(name))
  if (has('discovery', 'provisioning')) {
    const users = { about: 'probe', name: 'users' } as const
    yield await finding(users, async () => {
      await graph.call({ method: 'GET', path: '/users', query: { $top: 1, $select: 'id' }, permission: 'User.Read.All' })
      return good(users, 'the users of the tenant can be listed')
    })
    const licences = { about: 'probe', name: 'licences' } as const
    yield await finding(licences, async () => {
      await graph.call({ method: 'GET', path: '/subscribedSkus', permission: 'Organization.Read.All' })
      return good(licences, 'the licences of the tenant can be listed')
    })
  }
  if (has('exchange')) {
    const exchange = { about: 'probe', name: 'exchange' } as const
    yield await finding(exchange, async () => {
      const admin = exchangeCommands(connection, endpoint.tenantId, context, randomBytes)
      await withPatience(() => admin.run({ name: 'Get-Mailbox', parameters: { ResultSize: 1 } }), context)
      return good(exchange, "Exchange's own commands can be run")
    })
  }
}
