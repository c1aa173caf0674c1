import { randomUUID } from 'node:crypto'
import type { Tenant } from '../../tenant/tenant.ts'

/** A refusal of Entra's sign-in; rendered as JSON, as a redirect or as a page, as the endpoint does it. */
export class SignInError extends Error {
  /** RFC 6749's or Microsoft's own: `invalid_client`. */
  readonly error: string
  /** The number after `AADSTS`. */
  readonly code: number
  readonly status: number
  /** Microsoft's `suberror`, where it sends one. */
  readonly suberror: string | undefined

  constructor(
    error: string,
    code: number,
    message: string,
    options: { readonly status?: number; readonly suberror?: string } = {},
  ) {
    super(`AADSTS${code}: ${message}`)
    this.name = 'SignInError'
    this.error = error
    this.code = code
    this.status = options.status ?? 400
    this.suberror = options.suberror
  }
}

/** The JSON of a refusal, as Entra's token endpoint writes it. */
export function toSignInErrorBody(refusal: SignInError, correlationId: string, nowMs: number, signInBase: string): object {
  const timestamp = new Date(nowMs)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z')
  const traceId = randomUUID()
  return {
    error: refusal.error,
    error_description: `${refusal.message} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
    error_codes: [refusal.code],
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
    error_uri: `${signInBase}/error?code=${refusal.code}`,
    ...(refusal.suberror === undefined ? {} : { suberror: refusal.suberror }),
  }
}

/** The refusals that exchange.md 5.2 lists and those a client meets beside them, in Microsoft's words. */
export const refusals = {
  tenantNotFound: (name: string, error = 'invalid_request') =>
    new SignInError(
      error,
      90002,
      `Tenant '${name}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. ` +
        'Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.',
    ),
  noTenant: () =>
    new SignInError(
      'invalid_request',
      50059,
      'No tenant-identifying information found in either the request or implied by any provided credentials.',
    ),
  missingParameter: (name: string) =>
    new SignInError('invalid_request', 900144, `The request body must contain the following parameter: '${name}'.`),
  unsupportedGrant: (grant: string) =>
    new SignInError('unsupported_grant_type', 70003, `The app requested an unsupported grant type '${grant}'.`),
  unsupportedResponse: (type: string) =>
    new SignInError(
      'unsupported_response_type',
      70005,
      `The provided value '${type}' for the input parameter 'response_type' is not supported.`,
    ),
  appNotFound: (appId: string, tenant: Tenant) =>
    new SignInError(
      'unauthorized_client',
      700016,
      `Application with identifier '${appId}' was not found in the directory '${tenant.displayName}'. This can happen if the ` +
        'application has not been installed by the administrator of the tenant or consented to by any user in the tenant. ' +
        'You may have sent your authentication request to the wrong tenant.',
    ),
  principalMissing: (appId: string, tenant: Tenant) =>
    new SignInError(
      'unauthorized_client',
      7000229,
      `The client application ${appId} is missing service principal in the tenant ${tenant.id}. See instructions here: ` +
        'https://go.microsoft.com/fwlink/?linkid=2225119',
    ),
  principalDisabled: (appId: string) =>
    new SignInError('unauthorized_client', 7000112, `Application '${appId}' is disabled.`),
  wrongSecret: (appId: string) =>
    new SignInError(
      'invalid_client',
      7000215,
      'Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client ' +
        `secret ID, for a secret added to app '${appId}'.`,
      { status: 401 },
    ),
  expiredSecret: (appId: string) =>
    new SignInError(
      'invalid_client',
      7000222,
      `The provided client secret keys for app '${appId}' are expired. Visit the Azure portal to create new keys for your app: ` +
        'https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.',
      { status: 401 },
    ),
  missingSecret: () =>
    new SignInError(
      'invalid_client',
      7000218,
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
      { status: 401 },
    ),
  clientIsPublic: () =>
    new SignInError(
      'invalid_client',
      700025,
      "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
      {
        status: 401,
      },
    ),
  wrongCertificate: (reason: string, thumbprint: string, appId: string) =>
    new SignInError(
      'invalid_client',
      700027,
      `The certificate with identifier used to sign the client assertion is not registered on application. [Reason - ${reason}, ` +
        `Thumbprint of key used by client: '${thumbprint}', Please visit the Azure Portal, Graph Explorer or directly use MS Graph ` +
        `to see configured keys for app Id '${appId}'.]`,
      { status: 401 },
    ),
  malformedAssertion: () => new SignInError('invalid_request', 50027, 'JWT token is invalid or malformed.'),
  wrongAssertionType: () =>
    new SignInError(
      'invalid_request',
      700026,
      "Client application has no configured keys, or 'client_assertion_type' is not supported.",
    ),
  assertionIssuer: () =>
    new SignInError(
      'invalid_client',
      700021,
      "Client assertion application identifier doesn't match 'client_id' parameter.",
      { status: 401 },
    ),
  assertionAudience: () =>
    new SignInError('invalid_client', 700023, 'Client assertion audience claim does not match Realm issuer.', {
      status: 401,
    }),
  assertionTime: (now: string) =>
    new SignInError('invalid_client', 700024, `Client assertion is not within its valid time range. Current time: ${now}.`, {
      status: 401,
    }),
  assertionReplayed: () =>
    new SignInError(
      'invalid_client',
      50012,
      'Authentication failed. Client assertion contains a jti that was used before.',
      { status: 401 },
    ),
  wrongScope: (scope: string) =>
    new SignInError(
      'invalid_scope',
      70011,
      `The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. ` +
        `The scope ${scope} is not valid.`,
    ),
  scopeNotDefault: (scope: string) =>
    new SignInError(
      'invalid_scope',
      1002012,
      `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed ` +
        'to the resource identifier (application ID URI).',
    ),
  severalResources: () =>
    new SignInError(
      'invalid_scope',
      28000,
      'Provided value for the input parameter scope is not valid because it contains more than one resource.',
    ),
  unknownScope: (appId: string, scope: string) =>
    new SignInError(
      'invalid_client',
      650053,
      `The application '${appId}' asked for scope '${scope}' that doesn't exist on the resource. Contact the app vendor.`,
    ),
  resourceNotFound: (resource: string, tenant: Tenant) =>
    new SignInError(
      'invalid_resource',
      500011,
      `The resource principal named ${resource} was not found in the tenant named ${tenant.displayName}. This can happen if the ` +
        'application has not been installed by the administrator of the tenant or consented to by any user in the tenant. ' +
        'You might have sent your authentication request to the wrong tenant.',
    ),
  consentRequired: (appId: string, name: string, error = 'invalid_grant') =>
    new SignInError(
      error,
      65001,
      `The user or administrator has not consented to use the application with ID '${appId}' named '${name}'. ` +
        'Send an interactive authorization request for this user and resource.',
      { suberror: 'consent_required' },
    ),
  consentDeclined: () => new SignInError('access_denied', 65004, 'User declined to consent to access the app.'),
  adminConsentRequired: (name: string) =>
    new SignInError(
      'access_denied',
      90094,
      `An administrator of the organization must grant '${name}' the permissions it asks for.`,
    ),
  mfaRequired: (error = 'invalid_grant') =>
    new SignInError(
      error,
      50076,
      'Due to a configuration change made by your administrator, or because you moved to a new location, you must use ' +
        'multi-factor authentication to access the resource.',
      { suberror: 'basic_action' },
    ),
  mfaRegistrationRequired: (error = 'invalid_grant') =>
    new SignInError(
      error,
      50079,
      'Due to a configuration change made by your administrator, or because you moved to a new location, you must enroll in ' +
        'multi-factor authentication to access the resource.',
      { suberror: 'basic_action' },
    ),
  blockedByPolicy: (code: 53000 | 53001 | 53002 | 53003, error = 'invalid_grant') =>
    new SignInError(error, code, policyTexts[code], { suberror: 'message_only' }),
  deviceCodeBlocked: () =>
    new SignInError('invalid_grant', 530036, 'Authentication flow is blocked by Conditional Access policies.', {
      suberror: 'message_only',
    }),
  loginRequired: () =>
    new SignInError('login_required', 50058, 'A silent sign-in request was sent but no user is signed in.'),
  userNotFound: (tenant: Tenant) =>
    new SignInError('invalid_grant', 50034, `The user account does not exist in the ${tenant.displayName} directory.`),
  userDisabled: () => new SignInError('invalid_grant', 50057, 'The user account is disabled.'),
  redirectMismatch: (uri: string, appId: string) =>
    new SignInError(
      'invalid_request',
      50011,
      `The redirect URI '${uri}' specified in the request does not match the redirect URIs configured for the application '${appId}'. ` +
        'Make sure the redirect URI sent in the request matches one added to your application in the Azure portal.',
    ),
  codeExpired: () =>
    new SignInError(
      'invalid_grant',
      70008,
      'The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request ' +
        'for this user and resource.',
    ),
  codeMalformed: () => new SignInError('invalid_grant', 9002313, 'Invalid request. Request is malformed or invalid.'),
  codeRedeemed: () =>
    new SignInError(
      'invalid_grant',
      54005,
      'OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.',
    ),
  codeOfAnotherApp: (appId: string) =>
    new SignInError(
      'invalid_grant',
      700005,
      `The provided authorization code is intended to be used with another application, not '${appId}'.`,
    ),
  verifierMissing: () =>
    new SignInError(
      'invalid_grant',
      50148,
      'The code_verifier does not match the code_challenge supplied in the authorization request for PKCE.',
    ),
  verifierMismatch: () =>
    new SignInError(
      'invalid_grant',
      501481,
      'The Code_Verifier does not match the code_challenge supplied in the authorization request.',
    ),
  challengeInvalid: () => new SignInError('invalid_request', 501491, 'Invalid size or value of Code_Challenge parameter.'),
  devicePending: () =>
    new SignInError(
      'authorization_pending',
      70016,
      'OAuth 2.0 device flow error. Authorization is pending. Continue polling.',
    ),
  deviceSlowDown: () =>
    new SignInError('slow_down', 70016, 'OAuth 2.0 device flow error. Polling too often; wait longer between polls.'),
  deviceDeclined: () =>
    new SignInError(
      'authorization_declined',
      70017,
      'OAuth 2.0 device flow error. The end user denied the authorization request.',
    ),
  deviceExpired: () =>
    new SignInError(
      'expired_token',
      70020,
      "The provided value for the input parameter 'device_code' is not valid. This device code has expired.",
    ),
  deviceCodeUnknown: () =>
    new SignInError(
      'bad_verification_code',
      70018,
      "The provided value for the input parameter 'device_code' is not valid.",
    ),
} as const

const policyTexts: Readonly<Record<53000 | 53001 | 53002 | 53003, string>> = {
  53000:
    'Device is not in required device state: compliant. Conditional Access policy requires a compliant device, and the device is not compliant.',
  53001:
    'Device is not in required device state: domain joined. Conditional Access policy requires a domain joined device, and the device is not.',
  53002: 'Application used is not an approved application for Conditional Access.',
  53003: 'Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.',
}
