import type { SandboxClock } from '../clock.ts'
import type { Claims } from '../../formats/json-web-token.ts'
import type { SigningKeys } from './signing-keys.ts'

/** What a resource reads from an access token. */
export interface AccessClaims {
  readonly tenantId: string
  readonly appId: string
  /** The service principal's object id for an application, the user's for a delegated token. */
  readonly objectId: string
  readonly kind: 'application' | 'delegated'
  /** Application permissions. */
  readonly roles: readonly string[]
  /** Delegated permissions. */
  readonly scopes: readonly string[]
  /** Directory roles of a delegated token's user, by template id. */
  readonly directoryRoleIds: readonly string[]
  readonly userPrincipalName: string | undefined
  readonly expiresAtMs: number
}

/** Why a token is refused. */
export type TokenRefusal = 'malformed' | 'bad-signature' | 'expired' | 'not-yet-valid' | 'wrong-audience'

/**
 * Reads an access token that the sandbox itself signed. `audiences` are the resource's names: its URL with and without
 * a final slash and its app id. The answer says why a token is not good, in the order in which Microsoft looks.
 */
export function readAccessToken(
  token: string,
  audiences: readonly string[],
  keys: SigningKeys,
  clock: SandboxClock,
): { readonly claims: AccessClaims } | { readonly refusal: TokenRefusal } {
  const jwt = keys.read(token)
  if (typeof jwt === 'string') return { refusal: jwt }
  const { claims } = jwt
  const nowMs = clock.nowMs()
  const expiresAtMs = Number(claims['exp']) * 1000
  if (!(nowMs < expiresAtMs)) return { refusal: 'expired' }
  if (!(Number(claims['nbf']) * 1000 <= nowMs)) return { refusal: 'not-yet-valid' }
  if (!audiences.includes(String(claims['aud']))) return { refusal: 'wrong-audience' }
  return { claims: toAccessClaims(claims, expiresAtMs) }
}

function toAccessClaims(claims: Claims, expiresAtMs: number): AccessClaims {
  const isApplication = claims['idtyp'] === 'app'
  return {
    tenantId: String(claims['tid']),
    appId: String(claims['appid']),
    objectId: String(claims['oid']),
    kind: isApplication ? 'application' : 'delegated',
    roles: isApplication ? texts(claims['roles']) : [],
    scopes: isApplication
      ? []
      : String(claims['scp'] ?? '')
          .split(' ')
          .filter((scope) => scope !== ''),
    directoryRoleIds: texts(claims['wids']),
    userPrincipalName: claims['upn'] === undefined ? undefined : String(claims['upn']),
    expiresAtMs,
  }
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}
