import { Buffer } from 'node:buffer'
import { createHash, X509Certificate } from 'node:crypto'
import { digestSecret } from '../../tenant/add-application.ts'
import type { ApplicationRecord, KeyCredential } from '../../tenant/directory-records.ts'
import type { Tenant } from '../../tenant/tenant.ts'
import { hasValidSignature, parseJwt, type ParsedJwt } from '../../../formats/json-web-token.ts'
import type { ExpiringMap } from './expiring-map.ts'
import { type SignInContext, issuerOf } from './sign-in-context.ts'
import { refusals } from './sign-in-error.ts'

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** Entra takes assertions that live up to a day; those of its own libraries live ten minutes. */
const assertionLifetimeMsMax = 24 * 60 * 60 * 1000

/** How far a client's clock may be off. */
const skewMs = 5 * 60 * 1000

/**
 * Checks how a confidential client proves itself, by secret or by certificate. Throws AADSTS7000215, 7000218, 7000222,
 * 700021, 700023, 700024, 700027, 50012 or 50027. `usedIds` keeps the ids of assertions that may not come again. The
 * answer is the `appidacr` claim: how the client was authenticated.
 */
export function authenticateClient(
  context: SignInContext,
  tenant: Tenant,
  pathTenant: string,
  application: ApplicationRecord,
  form: URLSearchParams,
  usedIds: ExpiringMap<true>,
): '1' | '2' {
  const secret = form.get('client_secret')
  const assertion = form.get('client_assertion')
  if (assertion !== null) {
    if (form.get('client_assertion_type') !== assertionType) throw refusals.wrongAssertionType()
    checkAssertion(context, tenant, pathTenant, application, assertion, usedIds)
    return '2'
  }
  if (secret === null) throw refusals.missingSecret()
  checkSecret(tenant, application, secret)
  return '1'
}

function checkSecret(tenant: Tenant, application: ApplicationRecord, secret: string): void {
  const digest = digestSecret(secret)
  const credential = application.passwordCredentials.find(({ secretDigest }) => secretDigest === digest)
  if (credential === undefined) throw refusals.wrongSecret(application.appId)
  if (Date.parse(credential.endDateTime) <= tenant.clock.nowMs()) throw refusals.expiredSecret(application.appId)
}

function checkAssertion(
  context: SignInContext,
  tenant: Tenant,
  pathTenant: string,
  application: ApplicationRecord,
  assertion: string,
  usedIds: ExpiringMap<true>,
): void {
  const jwt = parseJwt(assertion)
  if (jwt === undefined) throw refusals.malformedAssertion()
  const { claims } = jwt
  if (claims['iss'] !== application.appId || claims['sub'] !== application.appId) throw refusals.assertionIssuer()
  checkSignature(tenant, application, jwt)
  const { signIn } = context.endpoints
  const audiences = [tenant.id, pathTenant].flatMap((name) => [
    `${signIn}/${name}/oauth2/v2.0/token`,
    `${signIn}/${name}/oauth2/token`,
    `${signIn}/${name}/v2.0`,
  ])
  if (![...audiences, issuerOf(context, tenant)].includes(String(claims['aud']))) throw refusals.assertionAudience()
  const nowMs = tenant.clock.nowMs()
  const [startMs, endMs] = [Number(claims['nbf'] ?? claims['iat'] ?? 0) * 1000, Number(claims['exp']) * 1000]
  const isTimely = startMs <= nowMs + skewMs && endMs > nowMs - skewMs && endMs - nowMs <= assertionLifetimeMsMax
  if (!isTimely) throw refusals.assertionTime(new Date(nowMs).toISOString())
  if (typeof claims['jti'] !== 'string' || claims['jti'] === '') throw refusals.malformedAssertion()
  const id = `${application.appId} ${claims['jti']}`
  if (usedIds.get(id) !== undefined) throw refusals.assertionReplayed()
  usedIds.set(id, true, endMs + skewMs)
}

function checkSignature(tenant: Tenant, application: ApplicationRecord, jwt: ParsedJwt): void {
  const [name, algorithm] =
    jwt.header['x5t#S256'] === undefined ? (['x5t', 'sha1'] as const) : (['x5t#S256', 'sha256'] as const)
  const given = jwt.header[name]
  if (typeof given !== 'string') throw refusals.malformedAssertion()
  const thumbprint = Buffer.from(given, 'base64url')
  const refuse = (reason: string) =>
    refusals.wrongCertificate(reason, thumbprint.toString('hex').toUpperCase(), application.appId)
  const key = application.keyCredentials.find((credential) => thumbprintOf(credential, algorithm).equals(thumbprint))
  if (key === undefined) throw refuse('The key was not found.')
  const nowMs = tenant.clock.nowMs()
  if (Date.parse(key.endDateTime) <= nowMs) throw refuse('The key used is expired.')
  if (Date.parse(key.startDateTime) > nowMs + skewMs) throw refuse('The key used is not yet valid.')
  const { publicKey } = new X509Certificate(Buffer.from(key.key, 'base64'))
  if (!hasValidSignature(jwt, publicKey)) throw refuse('Key was found, but use of the key to verify the signature failed.')
}

function thumbprintOf(credential: KeyCredential, algorithm: 'sha1' | 'sha256'): Buffer {
  return createHash(algorithm).update(Buffer.from(credential.key, 'base64')).digest()
}
