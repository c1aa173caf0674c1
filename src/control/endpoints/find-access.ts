import { randomBytes } from 'node:crypto'
import type { FindAccess } from '../endpoint.ts'
import type { Home } from '../home.ts'

/**
 * Looks endpoints up in a home, when one is wanted. `keepSecret` hears of every secret that was opened, so that it can be kept
 * out of whatever is written. What it gives throws `config` when there is no such endpoint, or it has no app yet.
 */
export function findAccessIn(
  home: Home,
  env: Readonly<Record<string, string | undefined>>,
  keepSecret: (secret: string) => void,
): FindAccess {
  return async (name) => {
    // Loaded only for mailboxes that are reached by an endpoint: every other command starts without it.
    const [{ EndpointStore }, { accessOf, getMicrosoftEndpoint }] = await Promise.all([
      import('./endpoint-store.ts'),
      import('../microsoft-365/microsoft-endpoint.ts'),
    ])
    const access = accessOf(await getMicrosoftEndpoint(new EndpointStore(home, env, randomBytes), name))
    const { credential } = access.app
    keepSecret(credential.type === 'secret' ? credential.secret : credential.privateKeyPem)
    return access
  }
}
