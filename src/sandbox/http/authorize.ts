import type { SandboxClock } from '../clock.ts'
import { cloudFacts } from '../tenant/cloud.ts'
import { directoryRoles } from '../tenant/directory-roles.ts'
import type { Tenant, Tenants } from '../tenant/tenant.ts'
import { exchangeAppId, graphAppId } from '../tenant/well-known-apps.ts'
import { type AccessClaims, readAccessToken, type TokenRefusal } from '../tokens/access-token.ts'
import type { SigningKeys } from '../tokens/signing-keys.ts'
import { GraphError } from './graph-error.ts'

/** Who calls, as the access token says. */
export interface Caller {
  readonly tenant: Tenant
  readonly appId: string
  readonly kind: 'application' | 'delegated'
  /** Application permissions; empty for a delegated caller. */
  readonly roles: readonly string[]
  /** Delegated permissions; empty for an application. */
  readonly scopes: readonly string[]
  /** The signed-in user of a delegated caller. */
  readonly userId: string | undefined
  /** The service principal's object id of an application. */
  readonly servicePrincipalId: string | undefined
  /** Directory roles of the signed-in user, by template id. */
  readonly directoryRoleIds: readonly string[]
}

/** One permission, or several that are needed together. */
export type Permission = string | readonly string[]

/** What a route asks of its caller; any one of the permissions is enough. */
export interface RoutePermissions {
  readonly application: readonly Permission[]
  readonly delegated: readonly Permission[]
  /** Delegated permissions that are enough for the signed-in user's own object only. */
  readonly ownDelegated?: readonly Permission[]
  /** Directory roles of which a delegated caller needs one; a Global Administrator always passes. */
  readonly directoryRoles?: readonly string[]
}

/** Whose words a refusal is said in: the directory's or Exchange's. */
export type Area = 'directory' | 'mailbox'

/** What the check of a bearer token needs. */
export interface Authority {
  readonly tenants: Tenants
  readonly keys: SigningKeys
  readonly clock: SandboxClock
}

const refusals: Readonly<Record<TokenRefusal, string>> = {
  malformed:
    'IDX14100: JWT is not well formed, there are no dots (.). The token needs to be in JWS or JWE Compact Serialization Format.',
  'bad-signature': 'Invalid JWT access token.',
  expired: 'Lifetime validation failed, the token is expired.',
  'not-yet-valid': 'Lifetime validation failed, the token is not yet valid.',
  'wrong-audience': 'Access token validation failure. Invalid audience.',
}

/** Every name under which a token may be made out to a resource, in any cloud. */
function audiencesOf(resource: 'graph' | 'exchange'): readonly string[] {
  const hosts = Object.values(cloudFacts).flatMap((facts) =>
    resource === 'graph' ? [facts.graphHost] : [facts.outlookHost, 'outlook.office.com', 'ps.outlook.com'],
  )
  return [
    resource === 'graph' ? graphAppId : exchangeAppId,
    ...hosts.flatMap((host) => [`https://${host}`, `https://${host}/`]),
  ]
}

const audiences = { graph: audiencesOf('graph'), exchange: audiencesOf('exchange') } as const

/** Reads the bearer token for Graph. Throws 401 `InvalidAuthenticationToken` in Graph's words. */
export function authenticate(authorization: string | null, authority: Authority): Caller {
  const token = /^Bearer +(\S+)\s*$/i.exec(authorization ?? '')?.[1]
  if (token === undefined) throw invalidToken('Access token is empty.')
  const answer = readCaller(token, 'graph', authority)
  if ('refusal' in answer) throw invalidToken(refusals[answer.refusal])
  return answer.caller
}

/** Reads an access token for one of the two resources, for faces that speak another protocol or another envelope. */
export function readCaller(
  token: string,
  resource: 'graph' | 'exchange',
  { tenants, keys, clock }: Authority,
): { readonly caller: Caller } | { readonly refusal: TokenRefusal } {
  const answer = readAccessToken(token, audiences[resource], keys, clock)
  if ('refusal' in answer) return answer
  const tenant = tenants.all.find(({ id }) => id === answer.claims.tenantId)
  return tenant === undefined ? { refusal: 'bad-signature' } : { caller: toCaller(answer.claims, tenant) }
}

/**
 * Throws 403 in the area's words unless the caller has what the route asks for; `ownerId` is whose object it touches, `inMailbox`
 * what Exchange permits the app there besides.
 */
export function requirePermission(
  caller: Caller,
  permissions: RoutePermissions,
  area: Area,
  ownerId: string | undefined,
  inMailbox: readonly string[] = [],
): void {
  const isOwn = ownerId !== undefined && ownerId === caller.userId
  const held = caller.kind === 'application' ? [...caller.roles, ...inMailbox] : caller.scopes
  const enough =
    caller.kind === 'application'
      ? permissions.application
      : [...permissions.delegated, ...(isOwn ? (permissions.ownDelegated ?? []) : [])]
  const isAllowed = enough.some((permission) => [permission].flat().every((value) => held.includes(value)))
  if (!isAllowed || !hasRole(caller, permissions, isOwn)) throw accessDenied(area)
  // Delegated permissions of Exchange reach the signed-in user's own mailbox only (exchange.md 2.2).
  if (area === 'mailbox' && caller.kind === 'delegated' && ownerId !== undefined && !isOwn) throw accessDenied(area)
}

/** 403 in the words of the directory or of Exchange. */
export function accessDenied(area: Area): GraphError {
  return area === 'directory'
    ? new GraphError(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.')
    : new GraphError(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.')
}

function hasRole(caller: Caller, { directoryRoles: needed }: RoutePermissions, isOwn: boolean): boolean {
  if (caller.kind === 'application' || needed === undefined || isOwn) return true
  const enough = [directoryRoles.globalAdministrator.id, ...needed]
  return caller.directoryRoleIds.some((id) => enough.includes(id))
}

function toCaller(claims: AccessClaims, tenant: Tenant): Caller {
  const isApplication = claims.kind === 'application'
  return {
    tenant,
    appId: claims.appId,
    kind: claims.kind,
    roles: claims.roles,
    scopes: claims.scopes,
    userId: isApplication ? undefined : claims.objectId,
    servicePrincipalId: isApplication ? claims.objectId : undefined,
    directoryRoleIds: claims.directoryRoleIds,
  }
}

function invalidToken(message: string): GraphError {
  const challenge = `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="${graphAppId}"`
  return new GraphError(401, 'InvalidAuthenticationToken', message, { 'WWW-Authenticate': challenge })
}
