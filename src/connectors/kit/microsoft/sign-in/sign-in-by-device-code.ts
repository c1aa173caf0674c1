import { MigrationError } from '../../../../core/errors.ts'
import type { SignInContext } from './sign-in-context.ts'
import { postForm, requestToken } from './token-endpoint.ts'
import { scopeOf, type UserSignIn, UserTokens } from './user-tokens.ts'

/** What a person does to sign in on another machine. */
export interface DevicePrompt {
  readonly page: string
  readonly userCode: string
}

const grantType = 'urn:ietf:params:oauth:grant-type:device_code'
const intervalMsDefault = 5_000
const lifetimeMsDefault = 15 * 60_000
/** RFC 8628 section 3.5. */
const slowDownMs = 5_000

/**
 * Has a person sign in on any machine by a code (RFC 8628; exchange.md 5.2); many tenants do not allow it any more. Throws
 * by the table of `sign-in-errors.ts`; rejects with the signal's reason.
 */
export async function signInByDeviceCode(
  context: SignInContext,
  signIn: UserSignIn,
  show: (prompt: DevicePrompt) => void,
  signal: AbortSignal,
): Promise<UserTokens> {
  const url = `${context.hosts.authority}/${encodeURIComponent(signIn.tenant)}/oauth2/v2.0/devicecode`
  const begun = await postForm(context, url, { client_id: signIn.clientId, scope: scopeOf(context, signIn) }, signal)
  const { device_code: deviceCode, user_code: userCode, verification_uri: page, interval, expires_in: lifetime } = begun
  if (typeof deviceCode !== 'string' || typeof userCode !== 'string' || typeof page !== 'string') throw noCode()
  show({ page, userCode })
  const form = { client_id: signIn.clientId, grant_type: grantType, device_code: deviceCode }
  const endMs = context.clock.now() + (Number(lifetime) > 0 ? Number(lifetime) * 1000 : lifetimeMsDefault)
  let intervalMs = Number(interval) > 0 ? Number(interval) * 1000 : intervalMsDefault
  for (;;) {
    await context.clock.sleep(intervalMs, signal)
    const asked = await poll(context, signIn, form, signal)
    if (typeof asked !== 'string') return new UserTokens(context, signIn, asked)
    if (context.clock.now() > endMs) throw notEntered()
    if (asked === 'slow-down') intervalMs += slowDownMs
  }
}

/** The sign-in tells by an error of its own that nobody has entered the code yet. */
async function poll(context: SignInContext, signIn: UserSignIn, form: Readonly<Record<string, string>>, signal: AbortSignal) {
  try {
    return await requestToken(context, signIn.tenant, form, signal)
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error
    if (error.code === 'microsoft.sign-in.pending') return 'pending'
    if (error.code === 'microsoft.sign-in.slow-down') return 'slow-down'
    if (error.kind === 'throttled') return 'slow-down'
    if (error.kind === 'transient') return 'pending'
    throw error
  }
}

function notEntered(): MigrationError {
  return new MigrationError('auth', 'microsoft.sign-in.device-code-expired', {
    message: 'The code was not entered in time.',
    hint: 'Start again and enter the new code within 15 minutes.',
  })
}

function noCode(): MigrationError {
  return new MigrationError('transient', 'microsoft.sign-in.no-code', {
    message: 'The sign-in gave no code to enter.',
    hint: 'Try again, or sign in by a browser on this machine.',
  })
}
