import type { Authority } from '../../http/authorize.ts'
import type { Endpoints } from '../../http/endpoints.ts'
import { cloudFacts } from '../../tenant/cloud.ts'
import type { ApplicationRecord, ServicePrincipalRecord, UserRecord } from '../../tenant/directory-records.ts'
import { findUser, hasDirectoryRole } from '../../tenant/directory-store.ts'
import { directoryRoles } from '../../tenant/directory-roles.ts'
import { emptyApplication } from '../../tenant/add-application.ts'
import { findTenant, type Tenant } from '../../tenant/tenant.ts'
import { commandLineToolsAppId, exchangePowerShellAppId } from '../../tenant/well-known-apps.ts'
import { refusals } from './sign-in-error.ts'

/** What every endpoint of the sign-in face works with. */
export interface SignInContext extends Authority {
  readonly endpoints: Endpoints
  /** Told of what is thrown and is no refusal: a defect of the sandbox, answered with 500. */
  readonly onDefect: (error: unknown) => void
}

/** An app as a tenant's sign-in sees it. */
export interface Client {
  readonly application: ApplicationRecord
  /** Where the app is registered; undefined for Microsoft's own. */
  readonly owner: Tenant | undefined
}

const anyTenant: ReadonlySet<string> = new Set(['common', 'organizations'])

/** Microsoft's own public clients stand in every tenant and are registered in none of the sandbox's. */
const microsoftClients: readonly ApplicationRecord[] = [
  toMicrosoftClient(commandLineToolsAppId, 'Microsoft Graph Command Line Tools'),
  toMicrosoftClient(exchangePowerShellAppId, 'Microsoft Exchange REST API Based Powershell'),
]

function toMicrosoftClient(appId: string, displayName: string): ApplicationRecord {
  return {
    ...emptyApplication(displayName, '2020-01-01T00:00:00Z'),
    appId,
    signInAudience: 'AzureADMultipleOrgs',
    isFallbackPublicClient: true,
    publicClientRedirectUris: ['http://localhost', 'https://login.microsoftonline.com/common/oauth2/nativeclient'],
  }
}

/** The tenant that a path names; undefined for `common` and `organizations`. Throws AADSTS90002. */
export function tenantOfPath(context: SignInContext, name: string, error?: string): Tenant | undefined {
  if (anyTenant.has(name.toLowerCase())) return undefined
  const tenant = findTenant(context.tenants, name)
  if (tenant === undefined) throw refusals.tenantNotFound(name, error)
  return tenant
}

/** The app of a client id, whichever tenant it is registered in; `tenant` is named when there is none. */
export function findClient(context: SignInContext, appId: string, tenant: Tenant | undefined): Client {
  const microsofts = microsoftClients.find((client) => client.appId === appId.toLowerCase())
  if (microsofts !== undefined) return { application: microsofts, owner: undefined }
  for (const owner of context.tenants.all) {
    const application = owner.directory.applications.findBy('appId', appId)
    if (application === undefined) continue
    if (application.signInAudience === 'AzureADMyOrg' && tenant !== undefined && tenant !== owner) break
    return { application, owner }
  }
  throw refusals.appNotFound(appId, tenant ?? (context.tenants.all[0] as Tenant))
}

/** The app's presence in a tenant, once the directory has told everybody of it. */
export function findPrincipal(tenant: Tenant, appId: string): ServicePrincipalRecord | undefined {
  const principal = tenant.directory.servicePrincipals.findBy('appId', appId)
  if (principal === undefined) return undefined
  const isReplicated = Date.parse(principal.createdDateTime) + tenant.settings.replicationDelayMs <= tenant.clock.nowMs()
  return isReplicated ? principal : undefined
}

/** A user by object id or name, in the tenant or, where the path names none, in the one that has the user's domain. */
export function findSignInUser(
  context: SignInContext,
  tenant: Tenant | undefined,
  idOrName: string,
): { readonly tenant: Tenant; readonly user: UserRecord } | undefined {
  for (const one of tenant === undefined ? context.tenants.all : [tenant]) {
    const user = findUser(one.directory, idOrName)
    if (user !== undefined) return { tenant: one, user }
  }
  return undefined
}

/** Whether the user may consent for the whole organisation to any permission. */
export function isConsentAdministrator(tenant: Tenant, user: UserRecord): boolean {
  const { globalAdministrator, privilegedRoleAdministrator } = directoryRoles
  return hasDirectoryRole(tenant.directory, user.id, [globalAdministrator.id, privilegedRoleAdministrator.id])
}

/** Issuer of what the tenant's sign-in says of itself and of its users: `https://login.microsoftonline.com/<id>/v2.0`. */
export function issuerOf(context: SignInContext, tenant: Tenant): string {
  return `${context.endpoints.signIn}/${tenant.id}/v2.0`
}

/** Issuer of the access tokens for Microsoft's resources: `https://sts.windows.net/<id>/`. */
export function tokenIssuerOf(tenant: Tenant): string {
  return `${cloudFacts[tenant.cloud].tokenIssuer}${tenant.id}/`
}
