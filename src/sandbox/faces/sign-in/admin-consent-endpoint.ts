import { grantRequiredAccess, grantScopes } from '../../tenant/grant-consent.ts'
import { resourcePermissions } from '../../tenant/directory-store.ts'
import type { Tenant } from '../../tenant/tenant.ts'
import { hiddenFields, type PageAnswer, silentRefusal } from './authorize-endpoint.ts'
import { ensurePrincipal, isOpenTo, nextSignInStep, readAnswers } from './interaction.ts'
import { adminConsentPage, stepPage } from './pages.ts'
import { redirectTo, requireRedirectUri } from './redirect.ts'
import { readScopes, type RequestedScopes } from './requested-scopes.ts'
import { type Client, findClient, isConsentAdministrator, type SignInContext, tenantOfPath } from './sign-in-context.ts'
import { refusals, SignInError } from './sign-in-error.ts'

/**
 * The admin consent endpoint, exchange.md 5.3. Version 1 grants exactly what the app registration requires; version 2
 * what `scope` names: `.default` is what is required of that resource. With `prompt=none` and a `login_hint` no page is
 * shown, which Microsoft's own does not offer. Throws what cannot be told by redirect.
 */
export function answerAdminConsent(
  context: SignInContext,
  version: 1 | 2,
  pathName: string,
  url: string,
  form: URLSearchParams,
): PageAnswer {
  const pathTenant = tenantOfPath(context, pathName)
  const appId = form.get('client_id')
  if (appId === null) throw refusals.missingParameter('client_id')
  const client = findClient(context, appId, pathTenant)
  const [registered] = [...client.application.webRedirectUris, ...client.application.publicClientRedirectUris]
  const redirectUri = form.get('redirect_uri') ?? registered
  if (redirectUri === undefined) throw refusals.missingParameter('redirect_uri')
  requireRedirectUri(client.application, redirectUri)
  const state = form.get('state')
  const reply = (parameters: Readonly<Record<string, string>>): PageAnswer => ({
    type: 'redirect',
    location: redirectTo(redirectUri, 'query', state === null ? parameters : { ...parameters, state }),
  })
  try {
    return answer(context, version, pathTenant, client, url, form, reply)
  } catch (error) {
    if (!(error instanceof SignInError)) throw error
    return reply({ error: error.error, error_description: error.message })
  }
}

function answer(
  context: SignInContext,
  version: 1 | 2,
  pathTenant: Tenant | undefined,
  client: Client,
  url: string,
  form: URLSearchParams,
  reply: (parameters: Readonly<Record<string, string>>) => PageAnswer,
): PageAnswer {
  const given = readAnswers(form)
  const isSilent = form.get('prompt') === 'none'
  const answers = { ...given, user: isSilent ? (form.get('login_hint') ?? undefined) : given.user, consent: undefined }
  const { displayName, appId } = client.application
  // Who signs in is asked with OpenID's scopes alone: the consent here is not the person's own.
  const step = nextSignInStep(context, pathTenant, client, 'openid', answers)
  if (step.type !== 'done') {
    if (isSilent) throw silentRefusal(step.type, client)
    const tenants = pathTenant === undefined ? context.tenants.all : [pathTenant]
    return { type: 'page', page: stepPage(step, displayName, tenants, url, hiddenFields(form)) }
  }
  const { tenant, user } = step
  if (!isOpenTo(client, tenant)) throw refusals.appNotFound(appId, tenant)
  if (!isConsentAdministrator(tenant, user)) throw refusals.adminConsentRequired(displayName)
  const scope = version === 2 ? form.get('scope') : undefined
  if (scope === null) throw refusals.missingParameter('scope')
  const requested = scope === undefined ? undefined : readScopes(context, tenant, scope, appId)
  if (given.consent === 'decline') throw refusals.consentDeclined()
  if (given.consent === undefined && !isSilent) {
    const page = adminConsentPage(displayName, permissionNames(client, requested), url, hiddenFields(form))
    return { type: 'page', page }
  }
  grant(tenant, client, requested)
  return reply({ admin_consent: 'True', tenant: tenant.id, ...(scope === undefined ? {} : { scope }) })
}

function grant(tenant: Tenant, client: Client, requested: RequestedScopes | undefined): void {
  const principal = ensurePrincipal(tenant, client)
  const resource = requested?.resource
  if (requested === undefined || requested.isDefault) {
    grantRequiredAccess(tenant, principal.id, client.application, resource === undefined ? undefined : [resource.appId])
  }
  const target = resource === undefined ? undefined : tenant.directory.servicePrincipals.findBy('appId', resource.appId)
  if (target === undefined || requested === undefined || requested.values.length === 0) return
  grantScopes(tenant, principal.id, target.id, requested.values, null)
}

function permissionNames({ application }: Client, requested: RequestedScopes | undefined): readonly string[] {
  const required = application.requiredResourceAccess
    .filter(({ resourceAppId }) => requested?.resource === undefined || requested.resource.appId === resourceAppId)
    .flatMap(({ resourceAppId, resourceAccess }) =>
      resourceAccess.map(({ id }) => {
        const known = resourcePermissions(resourceAppId).find((one) => one.applicationId === id || one.delegatedId === id)
        return known?.value ?? id
      }),
    )
  return [...new Set([...(requested === undefined || requested.isDefault ? required : []), ...(requested?.values ?? [])])]
}
