import { Buffer } from 'node:buffer'
import { constants, type KeyObject, sign, verify } from 'node:crypto'

/** A claims set or a header: JSON as the token carries it. */
export type Claims = Readonly<Record<string, unknown>>

/** A JSON Web Token taken apart (RFC 7519), its signature not yet verified. */
export interface ParsedJwt {
  readonly header: Claims
  readonly claims: Claims
  /** What was signed. */
  readonly signingInput: string
  readonly signature: Buffer
}

const pssPadding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }

/** Signs with an RSA key (RFC 7518 sections 3.3 and 3.5); the header says with which algorithm. */
export function signJwt(algorithm: 'RS256' | 'PS256', header: Claims, claims: Claims, privateKey: KeyObject): string {
  const input = `${encode({ ...header, alg: algorithm })}.${encode(claims)}`
  const key = algorithm === 'PS256' ? { key: privateKey, ...pssPadding } : privateKey
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`
}

/** Takes a compact JWT apart; undefined when it is none. */
export function parseJwt(token: string): ParsedJwt | undefined {
  const parts = token.split('.')
  if (parts.length !== 3) return undefined
  const [header, claims] = parts.slice(0, 2).map((part) => decode(part))
  if (header === undefined || claims === undefined) return undefined
  return { header, claims, signingInput: `${parts[0]}.${parts[1]}`, signature: Buffer.from(parts[2] as string, 'base64url') }
}

/** Whether the token was signed by the key's owner, with RS256 or PS256 as its header says; any other algorithm is not. */
export function hasValidSignature(jwt: ParsedJwt, publicKey: KeyObject): boolean {
  if (publicKey.asymmetricKeyType !== 'rsa') return false
  const input = Buffer.from(jwt.signingInput)
  if (jwt.header['alg'] === 'RS256') return verify('sha256', input, publicKey, jwt.signature)
  if (jwt.header['alg'] !== 'PS256') return false
  return verify('sha256', input, { key: publicKey, ...pssPadding }, jwt.signature)
}

function encode(value: Claims): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function decode(part: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Claims) : undefined
  } catch {
    return undefined
  }
}
