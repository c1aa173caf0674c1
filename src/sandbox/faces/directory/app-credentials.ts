import { Buffer } from 'node:buffer'
import { createHash, randomUUID, X509Certificate } from 'node:crypto'
import { badRequest, GraphError } from '../../http/graph-error.ts'
import type { BodyOf } from '../../http/json/kinds.ts'
import type { ApplicationRecord, KeyCredential } from '../../tenant/directory-records.ts'
import { hasValidSignature, parseJwt } from '../../../formats/json-web-token.ts'
import type { keyCredentialType } from './application-type.ts'

/** The audience of a proof of possession, as Microsoft documents it for `addKey`. */
const proofAudience = '00000002-0000-0000-c000-000000000000'

/** A proof may live ten minutes. */
const proofLifetimeMsMax = 10 * 60 * 1000
const skewMs = 5 * 60 * 1000

/**
 * Reads a key credential: an X.509 certificate in base64, DER or PEM's body; dates it does not give are the
 * certificate's. One that is on record already may come back without its key. Throws 400 `KeyCredentialsInvalid...`.
 */
export function readKeyCredential(
  body: BodyOf<typeof keyCredentialType>,
  existing: readonly KeyCredential[],
): KeyCredential {
  const known = existing.find(({ keyId }) => keyId === body.keyId?.toLowerCase())
  const key = body.key ?? known?.key
  if (key === undefined) throw invalid('The value of the key credential is missing.', 'KeyCredentialsInvalidValue')
  if (body.type !== undefined && body.type !== null && body.type !== 'AsymmetricX509Cert') {
    throw invalid(`The key credential type '${body.type}' is not supported.`, 'KeyCredentialsInvalidType')
  }
  if (body.usage !== undefined && body.usage !== null && body.usage !== 'Verify') {
    throw invalid(`The key credential usage '${body.usage}' is not supported.`, 'KeyCredentialsInvalidUsage')
  }
  const certificate = readCertificate(key)
  const start = body.startDateTime ?? known?.startDateTime ?? new Date(certificate.validFrom).toISOString()
  const end = body.endDateTime ?? known?.endDateTime ?? new Date(certificate.validTo).toISOString()
  if (Date.parse(end) <= Date.parse(start))
    throw invalid('Key credential end date is invalid.', 'KeyCredentialsInvalidEndDate')
  if (Date.parse(end) > Date.parse(certificate.validTo)) {
    throw invalid('Key credential end date is invalid.', 'KeyCredentialsInvalidEndDate')
  }
  const thumbprint = createHash('sha1').update(certificate.raw).digest('hex').toUpperCase()
  return {
    keyId: body.keyId?.toLowerCase() ?? randomUUID(),
    type: 'AsymmetricX509Cert',
    usage: 'Verify',
    key: certificate.raw.toString('base64'),
    displayName: body.displayName ?? known?.displayName ?? certificate.subject.replaceAll('\n', ', '),
    customKeyIdentifier: body.customKeyIdentifier ?? known?.customKeyIdentifier ?? thumbprint,
    startDateTime: start,
    endDateTime: end,
  }
}

/**
 * Checks a proof of possession for `addKey` and `removeKey`: a JWT signed with RS256 by a key of the app that is still
 * good, issued by the app's object id. Throws 401 `Authentication_MissingOrMalformed`.
 */
export function requireProof(application: ApplicationRecord, proof: string | null | undefined, nowMs: number): void {
  const refusal = new GraphError(401, 'Authentication_MissingOrMalformed', 'Access Token missing or malformed.')
  const jwt = parseJwt(proof ?? '')
  if (jwt === undefined) throw refusal
  const { aud, iss, exp, nbf } = jwt.claims
  const isTimely =
    Number(nbf) * 1000 <= nowMs + skewMs &&
    Number(exp) * 1000 > nowMs &&
    Number(exp) - Number(nbf) <= proofLifetimeMsMax / 1000
  if (aud !== proofAudience || iss !== application.id || !isTimely) throw refusal
  const isSigned = application.keyCredentials
    .filter(({ endDateTime }) => Date.parse(endDateTime) > nowMs)
    .some(({ key }) => hasValidSignature(jwt, new X509Certificate(Buffer.from(key, 'base64')).publicKey))
  if (!isSigned) throw refusal
}

function readCertificate(key: string): X509Certificate {
  const bytes = Buffer.from(key, 'base64')
  try {
    const text = bytes.toString('latin1')
    const body = /-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/.exec(text)?.[1]
    return new X509Certificate(body === undefined ? bytes : Buffer.from(body, 'base64'))
  } catch {
    throw invalid('Key credential value is not a valid X.509 certificate.', 'KeyCredentialsInvalidValue')
  }
}

function invalid(message: string, code: string): GraphError {
  return badRequest(message, code)
}
