import { signJwt } from '../../../../formats/json-web-token.ts'
import type { AppCertificate } from './app-credential.ts'

/** Microsoft's own libraries take ten minutes, and nothing needs longer. */
const lifetimeSeconds = 600

/**
 * The signed statement with which an app signs in by its certificate (RFC 7523; exchange.md 5.2): PS256, the certificate
 * named by `x5t#S256`. Each is good once, so `id` is new each time.
 */
export function makeClientAssertion(options: {
  readonly certificate: AppCertificate
  readonly clientId: string
  /** The token endpoint. */
  readonly audience: string
  readonly nowMs: number
  readonly id: string
}): string {
  const { certificate, clientId, audience, id } = options
  const nowSeconds = Math.floor(options.nowMs / 1000)
  const header = { typ: 'JWT', 'x5t#S256': certificate.thumbprint }
  const claims = { aud: audience, iss: clientId, sub: clientId, jti: id, nbf: nowSeconds, iat: nowSeconds, exp: nowSeconds + lifetimeSeconds }
  return signJwt('PS256', header, claims, certificate.privateKey)
}
