import { Buffer } from 'node:buffer'
import { createHash, randomBytes } from 'node:crypto'
import { cloudFacts } from '../../tenant/cloud.ts'
import type { ApplicationRecord, ServicePrincipalRecord, UserRecord } from '../../tenant/directory-records.ts'
import { userRoleTemplateId } from '../../tenant/directory-roles.ts'
import { effectiveAppRoles } from '../../tenant/granted-permissions.ts'
import type { Tenant } from '../../tenant/tenant.ts'
import type { Resource } from './requested-scopes.ts'
import { issuerOf, type SignInContext, tokenIssuerOf } from './sign-in-context.ts'

/** An access token is good from a little before it was made, so that clocks may differ. */
const backdateSeconds = 300

/** A signed access token of an application. */
export function issueAppToken(
  context: SignInContext,
  tenant: Tenant,
  application: ApplicationRecord,
  principal: ServicePrincipalRecord,
  resource: Resource,
  authenticatedBy: '1' | '2',
): string {
  const roles = effectiveAppRoles(tenant, principal.id, resource.appId)
  return context.keys.sign({
    ...commonClaims(tenant, application, resource.audience),
    appidacr: authenticatedBy,
    idtyp: 'app',
    oid: principal.id,
    ...(roles.length === 0 ? {} : { roles }),
    sub: principal.id,
    wids: directoryRoleIds(tenant, principal.id),
  })
}

/** A signed access token of a user who uses an app. */
export function issueUserToken(
  context: SignInContext,
  tenant: Tenant,
  application: ApplicationRecord,
  user: UserRecord,
  resource: Resource,
  scopes: readonly string[],
  options: { readonly authenticatedBy: '0' | '1' | '2'; readonly hasMfa: boolean },
): string {
  return context.keys.sign({
    ...commonClaims(tenant, application, resource.audience),
    acct: user.userType === 'Guest' ? 1 : 0,
    amr: options.hasMfa ? ['pwd', 'mfa'] : ['pwd'],
    appidacr: options.authenticatedBy,
    ...(user.surname === null ? {} : { family_name: user.surname }),
    ...(user.givenName === null ? {} : { given_name: user.givenName }),
    idtyp: 'user',
    name: user.displayName,
    oid: user.id,
    scp: scopes.join(' '),
    sub: pairwiseId(user.id, resource.appId),
    unique_name: user.userPrincipalName,
    upn: user.userPrincipalName,
    wids: [...directoryRoleIds(tenant, user.id), userRoleTemplateId],
  })
}

/** A signed id token for the app itself. */
export function issueIdToken(
  context: SignInContext,
  tenant: Tenant,
  application: ApplicationRecord,
  user: UserRecord,
  openIdScopes: readonly string[],
  nonce: string | undefined,
): string {
  const { iat, nbf, exp, uti, rh } = commonClaims(tenant, application, application.appId)
  return context.keys.sign({
    aud: application.appId,
    iss: issuerOf(context, tenant),
    iat,
    nbf,
    exp,
    ...(openIdScopes.includes('email') && user.mail !== null ? { email: user.mail } : {}),
    ...(openIdScopes.includes('profile') ? { name: user.displayName, preferred_username: user.userPrincipalName } : {}),
    ...(nonce === undefined ? {} : { nonce }),
    oid: user.id,
    rh,
    sub: pairwiseId(user.id, application.appId),
    tid: tenant.id,
    uti,
    ver: '2.0',
  })
}

/** Microsoft's `client_info`: who the user is, for the client's cache. */
export function clientInfo(tenant: Tenant, user: UserRecord): string {
  return Buffer.from(JSON.stringify({ uid: user.id, utid: tenant.id })).toString('base64url')
}

function commonClaims(tenant: Tenant, application: ApplicationRecord, audience: string) {
  const facts = cloudFacts[tenant.cloud]
  const nowSeconds = Math.floor(tenant.clock.nowMs() / 1000)
  return {
    aud: audience,
    iss: tokenIssuerOf(tenant),
    iat: nowSeconds - backdateSeconds,
    nbf: nowSeconds - backdateSeconds,
    exp: nowSeconds + Math.floor(tenant.settings.tokenLifetimeMs / 1000),
    app_displayname: application.displayName,
    appid: application.appId,
    idp: tokenIssuerOf(tenant),
    rh: `1.${randomBytes(24).toString('base64url')}.`,
    tenant_region_scope: facts.regionScope,
    tid: tenant.id,
    uti: randomBytes(16).toString('base64url'),
    ver: '1.0',
    xms_tcdt: Math.floor(Date.parse(tenant.createdDateTime) / 1000),
  } as const
}

function directoryRoleIds(tenant: Tenant, principalId: string): readonly string[] {
  return tenant.directory.roleAssignments.listBy('principalId', principalId).map(({ roleDefinitionId }) => roleDefinitionId)
}

/** The subject differs from app to app, as Entra's does. */
function pairwiseId(userId: string, appId: string): string {
  return createHash('sha256').update(`${userId} ${appId}`).digest('base64url')
}
