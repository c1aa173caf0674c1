import { accessOf, getMicrosoftEndpoint } from '../control/microsoft-365/microsoft-endpoint.ts'
import { openEndpoints } from '../control/microsoft-365/open-endpoints.ts'
import { type OpenedTenant, openTenant } from '../control/microsoft-365/open-tenant.ts'
import { realContext } from '../control/real-context.ts'
import type { Environment } from './environment.ts'
import { homeOf } from './home-of.ts'
import type { CommonOptions } from './options.ts'

/** The tenant of a named endpoint of the home; close it. Throws `config` when there is none, or it has no app yet. */
export async function openNamedTenant(name: string, options: CommonOptions, environment: Environment): Promise<OpenedTenant> {
  const access = accessOf(await getMicrosoftEndpoint(openEndpoints(homeOf(options, environment), environment.env), name))
  const { credential } = access.app
  environment.secrets.add(credential.type === 'secret' ? credential.secret : credential.privateKeyPem)
  return openTenant(access, realContext(environment.signal))
}
