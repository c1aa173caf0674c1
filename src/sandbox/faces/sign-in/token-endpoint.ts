import { createHash } from 'node:crypto'
import type { UserRecord } from '../../tenant/directory-records.ts'
import { grantedScopes } from '../../tenant/granted-permissions.ts'
import type { Tenant } from '../../tenant/tenant.ts'
import { graphAppId } from '../../tenant/well-known-apps.ts'
import { cloudFacts } from '../../tenant/cloud.ts'
import { authenticateClient } from './authenticate-client.ts'
import { pollDevice } from './device-endpoint.ts'
import { isOpenTo, missingScopes } from './interaction.ts'
import { clientInfo, issueAppToken, issueIdToken, issueUserToken } from './issue-tokens.ts'
import { isPublicRedirect } from './redirect.ts'
import { readScopes, type Resource } from './requested-scopes.ts'
import { type Client, findClient, findPrincipal, type SignInContext, tenantOfPath } from './sign-in-context.ts'
import { refusals } from './sign-in-error.ts'
import { type AuthorizationCode, opaqueToken, type SignInState, type UserSession } from './sign-in-state.ts'

const refreshLifetimeMs = 90 * 24 * 60 * 60 * 1000
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

interface TokenRequest {
  readonly context: SignInContext
  readonly state: SignInState
  /** As written in the path. */
  readonly pathName: string
  readonly form: URLSearchParams
}

/**
 * The token endpoint: client credentials, authorization code, refresh token, device code (exchange.md 5.2). The answer is
 * the JSON of success; throws a `SignInError` for every refusal.
 */
export function answerTokenRequest(
  context: SignInContext,
  state: SignInState,
  pathName: string,
  form: URLSearchParams,
): object {
  const request = { context, state, pathName, form }
  const grant = required(form, 'grant_type')
  switch (grant) {
    case 'client_credentials':
      return clientCredentials(request)
    case 'authorization_code':
      return authorizationCode(request)
    case 'refresh_token':
      return refreshToken(request)
    case deviceGrant:
    case 'device_code':
      return deviceCode(request)
    default:
      throw refusals.unsupportedGrant(grant)
  }
}

function clientCredentials({ context, state, pathName, form }: TokenRequest): object {
  const tenant = tenantOfPath(context, pathName)
  if (tenant === undefined) throw refusals.noTenant()
  const appId = required(form, 'client_id')
  const { application, owner } = findClient(context, appId, tenant)
  const principal = findPrincipal(tenant, application.appId)
  if (principal === undefined)
    throw owner === tenant ? refusals.principalMissing(appId, tenant) : refusals.appNotFound(appId, tenant)
  if (!principal.accountEnabled) throw refusals.principalDisabled(appId)
  const authenticatedBy = authenticateClient(context, tenant, pathName, application, form, state.usedAssertions)
  const scope = required(form, 'scope')
  if (!/^\S+\/\.default$/.test(scope)) throw refusals.scopeNotDefault(scope)
  const { resource } = readScopes(context, tenant, scope, appId)
  if (resource === undefined) throw refusals.scopeNotDefault(scope)
  const lifetimeSeconds = Math.floor(tenant.settings.tokenLifetimeMs / 1000)
  return {
    token_type: 'Bearer',
    expires_in: lifetimeSeconds,
    ext_expires_in: lifetimeSeconds,
    access_token: issueAppToken(context, tenant, application, principal, resource, authenticatedBy),
  }
}

function authorizationCode(request: TokenRequest): object {
  const { context, state, form } = request
  const client = findClient(context, required(form, 'client_id'), tenantOfPath(context, request.pathName))
  const redirectUri = required(form, 'redirect_uri')
  const code = state.codes.get(required(form, 'code'))
  if (code === undefined) throw refusals.codeExpired()
  if (code.session.appId !== client.application.appId) throw refusals.codeOfAnotherApp(client.application.appId)
  if (code.redirectUri !== redirectUri) throw refusals.redirectMismatch(redirectUri, client.application.appId)
  const authenticatedBy = authenticateRedeemer(request, client, redirectUri, code.session.tenant)
  requireVerifier(code, form.get('code_verifier'))
  if (code.isRedeemed) throw refusals.codeRedeemed()
  code.isRedeemed = true
  return delegatedAnswer(request, client, code.session, authenticatedBy)
}

function refreshToken(request: TokenRequest): object {
  const { context, state, form } = request
  const client = findClient(context, required(form, 'client_id'), tenantOfPath(context, request.pathName))
  const session = state.refreshTokens.find(required(form, 'refresh_token'))
  if (session === undefined) throw refusals.codeExpired()
  if (session.appId !== client.application.appId) throw refusals.codeOfAnotherApp(client.application.appId)
  const hasCredential = form.has('client_secret') || form.has('client_assertion')
  const isPublic =
    client.application.isFallbackPublicClient === true || client.application.publicClientRedirectUris.length > 0
  const authenticatedBy = isPublic && !hasCredential ? '0' : authenticateConfidential(request, client, session.tenant)
  return delegatedAnswer(
    request,
    client,
    { ...session, scope: form.get('scope') ?? session.scope, nonce: undefined },
    authenticatedBy,
  )
}

function deviceCode(request: TokenRequest): object {
  const { context, state, form } = request
  const client = findClient(context, required(form, 'client_id'), tenantOfPath(context, request.pathName))
  const session = pollDevice(context, state, client.application.appId, required(form, 'device_code'))
  return delegatedAnswer(request, client, session, '0')
}

/** The tokens of a user, after everything that may have changed since the sign-in is looked at again. */
function delegatedAnswer(
  { context, state, form }: TokenRequest,
  client: Client,
  session: UserSession,
  authenticatedBy: '0' | '1' | '2',
): object {
  const { tenant } = session
  const { application } = client
  const user = tenant.directory.users.find(session.userId)
  if (user === undefined) throw refusals.userNotFound(tenant)
  requireGoodStanding(tenant, user, session)
  if (!isOpenTo(client, tenant)) throw refusals.appNotFound(application.appId, tenant)
  const requested = readScopes(context, tenant, session.scope, application.appId)
  const resource: Resource = requested.resource ?? {
    appId: graphAppId,
    audience: `https://${cloudFacts[tenant.cloud].graphHost}`,
  }
  const principal = tenant.directory.servicePrincipals.findBy('appId', application.appId)
  const granted = principal === undefined ? [] : grantedScopes(tenant, principal.id, resource.appId, user.id)
  const isLacking =
    missingScopes(tenant, client, requested, user).length > 0 || (requested.isDefault && granted.length === 0)
  if (isLacking) throw refusals.consentRequired(application.appId, application.displayName)
  const openId = requested.openId.filter((value) => value !== 'offline_access')
  const scopes = [...(resource.appId === graphAppId ? openId : []), ...granted]
  const lifetimeSeconds = Math.floor(tenant.settings.tokenLifetimeMs / 1000)
  return {
    token_type: 'Bearer',
    scope: [...new Set([...requested.written, ...openId, ...granted.map((value) => qualified(resource, value))])].join(' '),
    expires_in: lifetimeSeconds,
    ext_expires_in: lifetimeSeconds,
    access_token: issueUserToken(context, tenant, application, user, resource, scopes, {
      authenticatedBy,
      hasMfa: session.hasMfa,
    }),
    ...(requested.openId.includes('offline_access') ? { refresh_token: keepRefreshToken(context, state, session) } : {}),
    ...(openId.includes('openid')
      ? { id_token: issueIdToken(context, tenant, application, user, openId, session.nonce) }
      : {}),
    ...(form.get('client_info') === '1' ? { client_info: clientInfo(tenant, user) } : {}),
  }
}

function requireGoodStanding(tenant: Tenant, user: UserRecord, session: UserSession): void {
  if (!user.accountEnabled) throw refusals.userDisabled()
  const { mfa, signInBlock } = tenant.settings
  if (signInBlock !== undefined) throw refusals.blockedByPolicy(signInBlock)
  if (mfa === 'required' && !session.hasMfa) throw refusals.mfaRequired()
  if (mfa === 'registration-required' && !session.hasMfa) throw refusals.mfaRegistrationRequired()
}

/** Graph's permissions go by their bare names, those of Exchange by the resource's URL. */
function qualified(resource: Resource, value: string): string {
  return resource.appId === graphAppId ? value : `${resource.audience}/${value}`
}

function keepRefreshToken(context: SignInContext, state: SignInState, session: UserSession): string {
  const token = opaqueToken('1.AR')
  state.refreshTokens.keep(token, session, context.clock.nowMs() + refreshLifetimeMs)
  return token
}

function authenticateRedeemer(request: TokenRequest, client: Client, redirectUri: string, tenant: Tenant): '0' | '1' | '2' {
  if (!isPublicRedirect(client.application, redirectUri)) return authenticateConfidential(request, client, tenant)
  if (request.form.has('client_secret') || request.form.has('client_assertion')) throw refusals.clientIsPublic()
  return '0'
}

function authenticateConfidential(
  { context, state, pathName, form }: TokenRequest,
  client: Client,
  tenant: Tenant,
): '1' | '2' {
  return authenticateClient(context, tenant, pathName, client.application, form, state.usedAssertions)
}

/** RFC 7636 section 4.6. */
function requireVerifier({ challenge }: AuthorizationCode, verifier: string | null): void {
  if (challenge === undefined) return
  if (verifier === null) throw refusals.verifierMissing()
  const value = challenge.method === 'plain' ? verifier : createHash('sha256').update(verifier).digest('base64url')
  if (value !== challenge.value) throw refusals.verifierMismatch()
}

function required(form: URLSearchParams, name: string): string {
  const value = form.get(name)
  if (value === null || value === '') throw refusals.missingParameter(name)
  return value
}
