import { accessOf, getMicrosoftEndpoint } from '../control/microsoft-365/microsoft-endpoint.ts'
import { type OpenedTenant, openTenant } from '../control/microsoft-365/open-tenant.ts'
import { realContext } from '../control/real-context.ts'
import { endpointsOf } from './endpoints-of.ts'
import type { Environment } from './environment.ts'
import type { CommonOptions } from './options.ts'

/** The tenant of a named endpoint of the home; close it. Throws `config` when there is none, or it has no app yet. */
export async function openNamedTenant(name: string, options: CommonOptions, environment: Environment): Promise<OpenedTenant> {
  const endpoint = await getMicrosoftEndpoint(endpointsOf(options, environment), name)
  return openTenant(accessOf(endpoint), realContext(environment.signal))
}
