import { describe, expect, it } from 'vitest'
import { signInRows } from '../../../src/connectors/kit/microsoft/sign-in/sign-in-error-rows.ts'
import { readSignInError, signInError } from '../../../src/connectors/kit/microsoft/sign-in/sign-in-errors.ts'

/** Status, AADSTS number with its text, whether an app signed in, and what it must become. */
const answers: readonly (readonly [status: number, description: string, isApp: boolean, kind: string, code: string])[] = [
  [400, "AADSTS90002: Tenant 'x' not found.", true, 'config', 'no-tenant'],
  [400, "AADSTS900023: Specified tenant identifier 'x' is neither a valid DNS name, nor a valid external domain.", true, 'config', 'no-tenant'],
  [400, 'AADSTS50059: No tenant-identifying information found.', true, 'config', 'no-tenant'],
  [400, 'AADSTS900382: Confidential Client is not supported in Cross Cloud request.', true, 'config', 'wrong-cloud'],
  [400, 'AADSTS900439: USGClientNotSupportedOnPublicEndpoint.', false, 'config', 'wrong-cloud'],
  [400, "AADSTS700016: Application with identifier 'x' was not found in the directory 'y'.", true, 'config', 'no-app'],
  [400, 'AADSTS7000229: The client application is missing service principal in the tenant.', true, 'config', 'no-principal'],
  [400, 'AADSTS7000112: Application is disabled.', true, 'auth', 'app-disabled'],
  [400, 'AADSTS500011: The resource principal named x was not found in the tenant.', true, 'config', 'no-resource'],
  [401, 'AADSTS7000215: Invalid client secret provided.', true, 'auth', 'wrong-secret'],
  [401, 'AADSTS7000222: The provided client secret keys are expired.', true, 'auth', 'secret-expired'],
  [401, 'AADSTS7000218: The request body must contain: client_assertion or client_secret.', true, 'config', 'no-credential'],
  [401, 'AADSTS700027: The certificate is not registered. Reason - The key used is expired.', true, 'auth', 'certificate-expired'],
  [401, 'AADSTS700027: [Reason - The key used is not yet valid.]', true, 'auth', 'certificate-not-yet-valid'],
  [401, 'AADSTS700027: [Reason - The key was not found.]', true, 'auth', 'certificate-unknown'],
  [401, 'AADSTS700024: Client assertion is not within its valid time range.', true, 'config', 'clock'],
  [401, 'AADSTS700023: Client assertion audience claim does not match.', true, 'auth', 'assertion-refused'],
  [400, 'AADSTS65001: The user or administrator has not consented.', false, 'auth', 'consent-missing'],
  [400, 'AADSTS90094: An administrator must grant.', false, 'auth', 'consent-missing'],
  [400, 'AADSTS65004: User declined to consent.', false, 'auth', 'consent-declined'],
  [400, 'AADSTS650053: The application asked for scope that does not exist.', false, 'config', 'scope-unknown'],
  [400, 'AADSTS53003: Access has been blocked by Conditional Access policies.', true, 'auth', 'app-blocked'],
  [400, 'AADSTS53003: Access has been blocked by Conditional Access policies.', false, 'auth', 'blocked'],
  [400, 'AADSTS530036: Authentication flow is blocked.', false, 'auth', 'device-code-blocked'],
  [400, 'AADSTS53000: Device is not in required device state: compliant.', false, 'auth', 'blocked'],
  [400, 'AADSTS50076: you must use multi-factor authentication.', false, 'auth', 'second-factor'],
  [400, 'AADSTS50079: you must enroll in multi-factor authentication.', false, 'auth', 'second-factor-missing'],
  [400, 'AADSTS50034: The user account does not exist.', false, 'auth', 'no-user'],
  [400, 'AADSTS50057: The user account is disabled.', false, 'auth', 'user-refused'],
  [400, 'AADSTS50105: The signed in user is not assigned to a role.', false, 'auth', 'not-assigned'],
  [400, 'AADSTS50011: The redirect URI does not match.', false, 'config', 'redirect'],
  [400, 'AADSTS70008: The provided authorization code has expired.', false, 'auth', 'again'],
  [400, 'AADSTS54005: code was already redeemed.', false, 'auth', 'again'],
  [400, 'AADSTS70017: The end user denied the authorization request.', false, 'auth', 'declined'],
  [400, 'AADSTS70020: This device code has expired.', false, 'auth', 'device-code-expired'],
  [400, 'AADSTS90025: Request processing has exceeded gateway allowance.', true, 'throttled', 'throttled'],
  [429, '', true, 'throttled', 'throttled'],
  [400, 'AADSTS90033: A transient error has occurred.', true, 'transient', 'unavailable'],
  [503, '', true, 'transient', 'unavailable'],
  [400, 'AADSTS1234567: Something new.', true, 'transient', 'unclassified'],
]

const read = (status: number, description: string) =>
  readSignInError(status, { error: 'invalid_client', error_description: description, correlation_id: 'of no form' })

describe('a refused sign-in', () => {
  it.each(answers)('%i %s (app: %s)', (status, description, isApp, kind, code) => {
    const error = signInError(read(status, description), { isApp, retryAfterMs: undefined })
    expect([error.kind, error.code]).toEqual([kind, `microsoft.sign-in.${code}`])
    const number = /^AADSTS\d+/.exec(description)?.[0] ?? `HTTP ${status}`
    expect(error.message).toContain(`(${number}).`)
  })

  it('by its code where the text has none, by the error where there is neither', () => {
    expect(signInError(readSignInError(400, { error_codes: [700016] }), { isApp: true }).code).toBe('microsoft.sign-in.no-app')
    expect(signInError(readSignInError(400, { error: 'access_denied' }), { isApp: false }).code).toBe('microsoft.sign-in.declined')
    expect(signInError(readSignInError(400, undefined), { isApp: true }).code).toBe('microsoft.sign-in.unclassified')
  })

  it('shows nothing of what names people, tenants or apps, and keeps the wait that was asked for', () => {
    const answer = readSignInError(429, { error: 'x', error_description: 'ada@contoso.example in Contoso' })
    const error = signInError(answer, { isApp: true, retryAfterMs: 2500 })
    expect(`${error.message} ${error.hint} ${String(error.cause)}`).not.toMatch(/ada|contoso/i)
    expect(error.retryAfterMs).toBe(2500)
  })

  it('is tested row by row', () => {
    const used = new Set(
      [
        ...answers.map(([status, description, isApp]) => signInError(read(status, description), { isApp })),
        ...['access_denied', 'slow_down', 'authorization_pending'].map((error) => signInError(readSignInError(400, { error }), { isApp: false })),
      ].map((error) => error.code),
    )
    expect(signInRows.map((row) => row.error).filter((code) => !used.has(code))).toEqual([])
  })
})
