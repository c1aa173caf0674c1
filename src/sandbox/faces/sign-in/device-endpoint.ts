import { randomInt } from 'node:crypto'
import { hiddenFields, type PageAnswer } from './authorize-endpoint.ts'
import { nextSignInStep, readAnswers } from './interaction.ts'
import { deviceCodePage, messagePage, stepPage } from './pages.ts'
import { readScopes } from './requested-scopes.ts'
import { findClient, type SignInContext, tenantOfPath } from './sign-in-context.ts'
import { refusals } from './sign-in-error.ts'
import { type DeviceRequest, opaqueToken, type SignInState, type UserSession } from './sign-in-state.ts'

const deviceLifetimeMs = 15 * 60 * 1000
const pollIntervalMs = 5_000

/** A client that polls this much too early is let through: its timer and the network are not exact. */
const pollToleranceMs = 1_000

/** Letters and digits that are not mistaken for each other. */
const userCodeLetters = 'BCDFGHJKLMNPQRSTVWXZ23456789'

/** Begins a device's sign-in (RFC 8628 section 3.1). Throws what is wrong with the client or its scopes. */
export function startDevice(context: SignInContext, state: SignInState, pathName: string, form: URLSearchParams): object {
  const tenant = tenantOfPath(context, pathName)
  const appId = form.get('client_id')
  const scope = form.get('scope')
  if (appId === null) throw refusals.missingParameter('client_id')
  if (scope === null) throw refusals.missingParameter('scope')
  const { application } = findClient(context, appId, tenant)
  if (application.isFallbackPublicClient !== true) throw refusals.missingSecret()
  // Where the path names no tenant, the scopes are looked at once the user is known.
  if (tenant !== undefined) readScopes(context, tenant, scope, appId)
  const deviceCode = opaqueToken('1.D')
  const userCode = Array.from({ length: 9 }, () => userCodeLetters[randomInt(userCodeLetters.length)]).join('')
  const expiresAtMs = context.clock.nowMs() + deviceLifetimeMs
  // Kept on for as long again, so that a poll after its end is told that it has expired.
  const request: DeviceRequest = {
    userCode,
    appId: application.appId,
    scope,
    tenant,
    expiresAtMs,
    intervalMs: pollIntervalMs,
    lastPollMs: undefined,
    outcome: 'pending',
  }
  state.devices.set(deviceCode, request, expiresAtMs + deviceLifetimeMs)
  state.userCodes.set(userCode, deviceCode, expiresAtMs)
  const verificationUri = `${context.endpoints.signIn}/common/oauth2/deviceauth`
  return {
    user_code: userCode,
    device_code: deviceCode,
    verification_uri: verificationUri,
    expires_in: deviceLifetimeMs / 1000,
    interval: pollIntervalMs / 1000,
    message: `To sign in, use a web browser to open the page ${verificationUri} and enter the code ${userCode} to authenticate.`,
  }
}

/** The page where the code is entered and the sign-in is approved or declined. */
export function answerDevicePage(
  context: SignInContext,
  state: SignInState,
  url: string,
  form: URLSearchParams,
): PageAnswer {
  const userCode = form.get('user_code')?.trim().toUpperCase() ?? ''
  const deviceCode = state.userCodes.get(userCode)
  const request = deviceCode === undefined ? undefined : state.devices.get(deviceCode)
  if (request === undefined || request.outcome !== 'pending') {
    const problem = userCode === '' ? undefined : 'That code did not work. Check the code and try again.'
    return { type: 'page', page: deviceCodePage(url, userCode, problem) }
  }
  const answers = readAnswers(form)
  if (answers.consent === 'decline' || form.get('sandbox_device') === 'decline') {
    request.outcome = 'declined'
    return done('You declined', 'You can close this window; the app is told.')
  }
  const client = findClient(context, request.appId, request.tenant)
  const step = nextSignInStep(context, request.tenant, client, request.scope, answers)
  if (step.type !== 'done') {
    const tenants = request.tenant === undefined ? context.tenants.all : [request.tenant]
    return { type: 'page', page: stepPage(step, client.application.displayName, tenants, url, hiddenFields(form)) }
  }
  if (step.tenant.settings.blocksDeviceCode) {
    request.outcome = 'blocked'
    throw refusals.deviceCodeBlocked()
  }
  request.outcome = {
    tenant: step.tenant,
    userId: step.user.id,
    appId: request.appId,
    hasMfa: answers.hasMfa,
    scope: request.scope,
    nonce: undefined,
  }
  return done('You have signed in', `You may now close this window and go on in ${client.application.displayName}.`)
}

/**
 * A poll for the tokens (RFC 8628 section 3.4). Throws `authorization_pending`, `slow_down`, `authorization_declined`,
 * `expired_token`, `bad_verification_code`, or AADSTS530036 where Conditional Access blocks device codes.
 */
export function pollDevice(context: SignInContext, state: SignInState, appId: string, deviceCode: string): UserSession {
  const request = state.devices.get(deviceCode)
  if (request === undefined || request.appId !== appId.toLowerCase()) throw refusals.deviceCodeUnknown()
  const nowMs = context.clock.nowMs()
  if (nowMs >= request.expiresAtMs) throw refusals.deviceExpired()
  if (request.outcome === 'declined') throw refusals.deviceDeclined()
  if (request.outcome === 'blocked') throw refusals.deviceCodeBlocked()
  if (request.outcome !== 'pending') {
    state.devices.delete(deviceCode)
    state.userCodes.delete(request.userCode)
    return request.outcome
  }
  const isEarly = request.lastPollMs !== undefined && nowMs - request.lastPollMs < request.intervalMs - pollToleranceMs
  request.lastPollMs = nowMs
  if (!isEarly) throw refusals.devicePending()
  // RFC 8628 section 3.5: the interval grows by five seconds.
  request.intervalMs += 5_000
  throw refusals.deviceSlowDown()
}

function done(title: string, text: string): PageAnswer {
  return { type: 'page', page: messagePage(title, text) }
}
