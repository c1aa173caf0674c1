import type { Tenant } from '../../tenant/tenant.ts'
import { type HiddenFields, type Page, formPostPage, stepPage } from './pages.ts'
import { nextSignInStep, readAnswers } from './interaction.ts'
import { redirectTo, requireRedirectUri, type ResponseMode } from './redirect.ts'
import { type Client, findClient, type SignInContext, tenantOfPath } from './sign-in-context.ts'
import { refusals, SignInError } from './sign-in-error.ts'
import { opaqueToken, type SignInState } from './sign-in-state.ts'

/** What an endpoint with pages answers. */
export type PageAnswer =
  | { readonly type: 'page'; readonly page: Page }
  | { readonly type: 'redirect'; readonly location: string }

const codeLifetimeMs = 10 * 60 * 1000

const responseModes: ReadonlySet<string> = new Set(['query', 'fragment', 'form_post'])

/**
 * The authorization endpoint (RFC 6749 section 4.1, PKCE by RFC 7636): a page that lists the users, then consent, then
 * the redirect with the code. With `prompt=none` and a `login_hint` no page is shown. Throws what Entra shows as a page
 * of its own because it cannot redirect: an unknown app, an address that is not registered.
 */
export function authorize(
  context: SignInContext,
  state: SignInState,
  pathName: string,
  url: string,
  form: URLSearchParams,
): PageAnswer {
  const tenant = tenantOfPath(context, pathName)
  const client = findClient(context, required(form, 'client_id'), tenant)
  const redirectUri = required(form, 'redirect_uri')
  requireRedirectUri(client.application, redirectUri)
  const mode = (form.get('response_mode') ?? 'query') as ResponseMode
  const reply = (parameters: HiddenFields): PageAnswer => {
    const given = form.get('state')
    const all = given === null ? parameters : { ...parameters, state: given }
    return mode === 'form_post'
      ? { type: 'page', page: formPostPage(redirectUri, all) }
      : { type: 'redirect', location: redirectTo(redirectUri, mode, all) }
  }
  try {
    if (!responseModes.has(mode)) throw refusals.missingParameter('response_mode')
    return answerAuthorization(context, state, { tenant, client, redirectUri, url, form, reply })
  } catch (error) {
    if (!(error instanceof SignInError)) throw error
    return reply({
      error: error.error,
      error_description: error.message,
      error_uri: `${context.endpoints.signIn}/error?code=${error.code}`,
    })
  }
}

interface AuthorizationRequest {
  readonly tenant: Tenant | undefined
  readonly client: Client
  readonly redirectUri: string
  readonly url: string
  readonly form: URLSearchParams
  readonly reply: (parameters: HiddenFields) => PageAnswer
}

function answerAuthorization(context: SignInContext, state: SignInState, request: AuthorizationRequest): PageAnswer {
  const { tenant, client, form, reply } = request
  if (form.get('response_type') !== 'code') throw refusals.unsupportedResponse(form.get('response_type') ?? '')
  const scope = required(form, 'scope')
  const challenge = readChallenge(form)
  const isSilent = form.get('prompt') === 'none'
  const hint = form.get('login_hint') ?? undefined
  if (isSilent && hint === undefined) throw refusals.loginRequired()
  const given = readAnswers(form)
  const answers = isSilent ? { ...given, user: hint, hasMfa: false, consent: undefined } : given
  const step = nextSignInStep(context, tenant, client, scope, answers)
  if (step.type !== 'done') {
    if (isSilent) throw silentRefusal(step.type, client)
    const tenants = tenant === undefined ? context.tenants.all : [tenant]
    return { type: 'page', page: stepPage(step, client.application.displayName, tenants, request.url, hiddenFields(form)) }
  }
  const code = opaqueToken('1.AX')
  const session = {
    tenant: step.tenant,
    userId: step.user.id,
    appId: client.application.appId,
    hasMfa: answers.hasMfa,
    scope,
    nonce: form.get('nonce') ?? undefined,
  }
  const expiresAtMs = context.clock.nowMs() + codeLifetimeMs
  // A redeemed code is remembered, so that a second use is told from a wrong one.
  state.codes.set(code, { session, redirectUri: request.redirectUri, challenge, isRedeemed: false }, expiresAtMs)
  return reply({ code, session_state: opaqueToken('').slice(0, 36) })
}

/** Everything the browser brought along but what a page's own buttons say. */
export function hiddenFields(form: URLSearchParams): HiddenFields {
  return Object.fromEntries([...form].filter(([name]) => name !== 'sandbox_consent'))
}

/** What a sign-in without a page is refused with when a page would be needed. */
export function silentRefusal(
  step: 'choose-user' | 'prove-mfa' | 'register-mfa' | 'consent',
  { application }: Client,
): SignInError {
  switch (step) {
    case 'choose-user':
      return refusals.loginRequired()
    case 'prove-mfa':
      return refusals.mfaRequired('interaction_required')
    case 'register-mfa':
      return refusals.mfaRegistrationRequired('interaction_required')
    case 'consent':
      return refusals.consentRequired(application.appId, application.displayName, 'consent_required')
  }
}

function readChallenge(form: URLSearchParams): { readonly value: string; readonly method: 'S256' | 'plain' } | undefined {
  const value = form.get('code_challenge')
  if (value === null) return undefined
  const method = form.get('code_challenge_method') ?? 'plain'
  if ((method !== 'S256' && method !== 'plain') || !/^[A-Za-z0-9\-._~]{43,128}$/.test(value))
    throw refusals.challengeInvalid()
  return { value, method }
}

function required(form: URLSearchParams, name: string): string {
  const value = form.get(name)
  if (value === null || value === '') throw refusals.missingParameter(name)
  return value
}
