import { MigrationError } from '../../../../core/errors.ts'
import { readJson } from '../read-json.ts'
import { retryAfterMsOf } from '../retry-after.ts'
import type { SignInContext } from './sign-in-context.ts'
import { readSignInError, signInError } from './sign-in-errors.ts'

/** What a sign-in gives. */
export interface TokenAnswer {
  readonly accessToken: string
  readonly expiresAtMs: number
  /** Only for people, and only where it was asked for. */
  readonly refreshToken: string | undefined
}

/** The URL that gives tokens of a tenant. */
export function tokenEndpoint(context: Pick<SignInContext, 'hosts'>, tenant: string): string {
  return `${context.hosts.authority}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`
}

/** Asks for a token. Throws by the table of `sign-in-errors.ts`, and as `HttpClient.send` does. */
export async function requestToken(
  context: SignInContext,
  tenant: string,
  form: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<TokenAnswer> {
  const body = await postForm(context, tokenEndpoint(context, tenant), form, signal)
  const { access_token: accessToken, expires_in: lifetime, refresh_token: refreshToken } = body
  if (typeof accessToken !== 'string' || !(Number(lifetime) > 0)) throw noToken()
  return {
    accessToken,
    expiresAtMs: context.clock.now() + Number(lifetime) * 1000,
    refreshToken: typeof refreshToken === 'string' ? refreshToken : undefined,
  }
}

/** Posts a form to the sign-in and reads the JSON that comes back. Throws as `requestToken` does. */
export async function postForm(
  context: SignInContext,
  url: string,
  form: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await context.http.send({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams(form).toString(),
    signal,
  })
  const body = readJson(answer.body)
  if (answer.status === 200 && body !== undefined) return body
  const retryAfterMs = retryAfterMsOf(answer.headers, context.clock.now())
  throw signInError(readSignInError(answer.status, body), { retryAfterMs, isApp: form['grant_type'] === 'client_credentials' })
}

function noToken(): MigrationError {
  return new MigrationError('transient', 'microsoft.sign-in.no-token', {
    message: 'The sign-in answered without a token.',
    hint: 'It is tried again; if it stays so, look whether a proxy changes its answers.',
  })
}
