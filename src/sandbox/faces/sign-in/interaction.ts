import { grantScopes, addServicePrincipal } from '../../tenant/grant-consent.ts'
import { grantedScopes } from '../../tenant/granted-permissions.ts'
import type { ServicePrincipalRecord, UserRecord } from '../../tenant/directory-records.ts'
import { resourcePermissions } from '../../tenant/directory-store.ts'
import type { Tenant } from '../../tenant/tenant.ts'
import { readScopes, type RequestedScopes } from './requested-scopes.ts'
import { type Client, findPrincipal, findSignInUser, isConsentAdministrator, type SignInContext } from './sign-in-context.ts'
import { refusals } from './sign-in-error.ts'

/** What a person has answered so far on the sandbox's sign-in pages; all of it comes back with each form. */
export interface PersonAnswers {
  /** Object id or user principal name. */
  readonly user: string | undefined
  readonly hasMfa: boolean
  /** `organization` consents for everybody. */
  readonly consent: 'accept' | 'organization' | 'decline' | undefined
}

/** What has to happen before the sign-in is complete. */
export type SignInStep =
  | { readonly type: 'choose-user' }
  | { readonly type: 'prove-mfa' | 'register-mfa'; readonly user: UserRecord; readonly tenant: Tenant }
  | {
      readonly type: 'consent'
      readonly user: UserRecord
      readonly tenant: Tenant
      readonly scopes: readonly string[]
      readonly isAdministrator: boolean
    }
  | { readonly type: 'done'; readonly user: UserRecord; readonly tenant: Tenant }

/** Reads a person's answers from a form or a query. */
export function readAnswers(form: URLSearchParams): PersonAnswers {
  const consent = form.get('sandbox_consent')
  return {
    user: form.get('sandbox_user') ?? undefined,
    hasMfa: form.get('sandbox_mfa') === 'done',
    consent: consent === 'accept' || consent === 'organization' || consent === 'decline' ? consent : undefined,
  }
}

/**
 * What comes next for a person who signs in to an app. Consent that the answers give is recorded here. Throws what ends
 * the sign-in: AADSTS50034, 50057, 53000 to 53003, 65004, 90094 and what is wrong with the scopes.
 */
export function nextSignInStep(
  context: SignInContext,
  pathTenant: Tenant | undefined,
  client: Client,
  scope: string,
  answers: PersonAnswers,
): SignInStep {
  if (answers.user === undefined) return { type: 'choose-user' }
  const found = findSignInUser(context, pathTenant, answers.user)
  if (found === undefined) throw refusals.userNotFound(pathTenant ?? (context.tenants.all[0] as Tenant))
  const { tenant, user } = found
  if (!user.accountEnabled) throw refusals.userDisabled()
  if (tenant.settings.signInBlock !== undefined) throw refusals.blockedByPolicy(tenant.settings.signInBlock, 'access_denied')
  if (tenant.settings.mfa !== 'off' && !answers.hasMfa) {
    return { type: tenant.settings.mfa === 'required' ? 'prove-mfa' : 'register-mfa', tenant, user }
  }
  if (!isOpenTo(client, tenant)) throw refusals.appNotFound(client.application.appId, tenant)
  const requested = readScopes(context, tenant, scope, client.application.appId)
  const missing = missingScopes(tenant, client, requested, user)
  if (missing.length === 0) return { type: 'done', tenant, user }
  const isAdministrator = isConsentAdministrator(tenant, user)
  if (answers.consent === undefined) return { type: 'consent', tenant, user, scopes: missing, isAdministrator }
  if (answers.consent === 'decline') throw refusals.consentDeclined()
  if (!isAdministrator && (answers.consent === 'organization' || needsAdministrator(requested, missing))) {
    throw refusals.adminConsentRequired(client.application.displayName)
  }
  recordConsent(tenant, client, requested, missing, answers.consent === 'organization' ? null : user.id)
  return { type: 'done', tenant, user }
}

/** Whether the app may be used by a tenant's users at all. */
export function isOpenTo({ application, owner }: Client, tenant: Tenant): boolean {
  return owner === undefined || owner === tenant || application.signInAudience !== 'AzureADMyOrg'
}

/** The app's presence in the tenant, made when there is none: consenting does that. */
export function ensurePrincipal(tenant: Tenant, { application, owner }: Client): ServicePrincipalRecord {
  const existing = tenant.directory.servicePrincipals.findBy('appId', application.appId)
  return existing ?? addServicePrincipal(tenant, application, owner?.id ?? tenant.id)
}

/** The delegated permissions that were asked for and not yet granted; `.default` asks for what the app requires. */
export function missingScopes(
  tenant: Tenant,
  client: Client,
  requested: RequestedScopes,
  user: UserRecord,
): readonly string[] {
  const { resource } = requested
  if (resource === undefined) return []
  const principal =
    findPrincipal(tenant, client.application.appId) ??
    tenant.directory.servicePrincipals.findBy('appId', client.application.appId)
  const granted = principal === undefined ? [] : grantedScopes(tenant, principal.id, resource.appId, user.id)
  const required = requested.isDefault ? requiredScopes(client, resource.appId) : []
  return [...new Set([...requested.values, ...required])].filter((value) => !granted.includes(value))
}

function requiredScopes({ application }: Client, resourceAppId: string): readonly string[] {
  const known = resourcePermissions(resourceAppId)
  return application.requiredResourceAccess
    .filter((access) => access.resourceAppId === resourceAppId)
    .flatMap(({ resourceAccess }) => resourceAccess.filter(({ type }) => type === 'Scope'))
    .flatMap(({ id }) => known.find(({ delegatedId }) => delegatedId === id)?.value ?? [])
}

function needsAdministrator({ resource }: RequestedScopes, scopes: readonly string[]): boolean {
  const known = resource === undefined ? [] : resourcePermissions(resource.appId)
  return known.some(({ value, delegatedNeedsAdmin }) => delegatedNeedsAdmin && scopes.includes(value))
}

function recordConsent(
  tenant: Tenant,
  client: Client,
  { resource }: RequestedScopes,
  scopes: readonly string[],
  userId: string | null,
): void {
  const target = resource === undefined ? undefined : tenant.directory.servicePrincipals.findBy('appId', resource.appId)
  if (target !== undefined) grantScopes(tenant, ensurePrincipal(tenant, client).id, target.id, scopes, userId)
}
