import { cloudFacts } from '../../tenant/cloud.ts'
import { resourcePermissions } from '../../tenant/directory-store.ts'
import type { Tenant } from '../../tenant/tenant.ts'
import { exchangeAppId, graphAppId } from '../../tenant/well-known-apps.ts'
import { refusals } from './sign-in-error.ts'
import type { SignInContext } from './sign-in-context.ts'

/** What a `scope` parameter asks for. */
export interface RequestedScopes {
  /** `openid`, `profile`, `email`, `offline_access`. */
  readonly openId: readonly string[]
  /** The one resource; undefined when only OpenID's scopes were asked for. */
  readonly resource: Resource | undefined
  /** Permissions by value, without `.default`. */
  readonly values: readonly string[]
  /** Whether `.default` was asked for: all that is granted. */
  readonly isDefault: boolean
  /** The scopes of the resource as they were written. */
  readonly written: readonly string[]
}

/** One of Microsoft's two resources. */
export interface Resource {
  readonly appId: string
  /** The `aud` of its tokens, as the client named the resource. */
  readonly audience: string
}

const openIdScopes: ReadonlySet<string> = new Set(['openid', 'profile', 'email', 'offline_access'])

/**
 * Reads a `scope` parameter for a tenant: resources are named by their URL in the tenant's own cloud, by the sandbox's
 * URL or by app id; a scope without one is Graph's. Throws AADSTS70011, 28000, 500011 and 650053.
 */
export function readScopes(context: SignInContext, tenant: Tenant, scope: string, clientId: string): RequestedScopes {
  const parts = scope.split(' ').filter((part) => part !== '')
  if (parts.length === 0) throw refusals.wrongScope(scope)
  const written = parts.filter((part) => !openIdScopes.has(part.toLowerCase()))
  const named = written.map((part) => splitScope(part))
  const resources = named.map(({ resource }) => findResource(context, tenant, resource))
  const [resource] = resources
  if (resource !== undefined && resources.some(({ appId }) => appId !== resource.appId)) throw refusals.severalResources()
  const values = named.map(({ value }) => value).filter((value) => value !== '.default')
  const known = resource === undefined ? [] : resourcePermissions(resource.appId)
  const canonical = values.map((value) => {
    const permission = known.find((one) => one.delegatedId !== undefined && one.value.toLowerCase() === value.toLowerCase())
    if (permission === undefined) throw refusals.unknownScope(clientId, value)
    return permission.value
  })
  return {
    openId: parts.filter((part) => openIdScopes.has(part.toLowerCase())).map((part) => part.toLowerCase()),
    resource,
    values: canonical,
    isDefault: values.length < named.length,
    written,
  }
}

/** Microsoft's resource behind a name. Throws AADSTS500011. */
function findResource(context: SignInContext, tenant: Tenant, name: string): Resource {
  const facts = cloudFacts[tenant.cloud]
  const bare = name.replace(/\/$/, '').toLowerCase()
  const graph = [`https://${facts.graphHost}`, context.endpoints.graph]
  const exchange = [
    ...[facts.outlookHost, ...(tenant.cloud === 'worldwide' ? ['outlook.office.com', 'ps.outlook.com'] : [])].map(
      (host) => `https://${host}`,
    ),
    context.endpoints.outlook,
  ]
  const own = (urls: readonly string[]) => urls.some((url) => url.toLowerCase() === bare)
  if (bare === graphAppId || bare === exchangeAppId) return { appId: bare, audience: bare }
  if (own(graph)) return { appId: graphAppId, audience: `https://${facts.graphHost}` }
  if (!own(exchange)) throw refusals.resourceNotFound(name, tenant)
  const isMicrosofts = bare !== context.endpoints.outlook.toLowerCase()
  return { appId: exchangeAppId, audience: isMicrosofts ? bare : `https://${facts.outlookHost}` }
}

/** `https://graph.microsoft.com//.default` has its slash on purpose: it belongs to the resource. */
function splitScope(scope: string): { readonly resource: string; readonly value: string } {
  const match = /^(.+)\/([^/]+)$/s.exec(scope)
  return match === null
    ? { resource: graphAppId, value: scope }
    : { resource: match[1] as string, value: match[2] as string }
}
