import { parseJwt } from '../../../../formats/json-web-token.ts'

/** What an access token says of its bearer; not verified, which only the service that takes it can do. */
export interface TokenClaims {
  readonly tenantId: string | undefined
  readonly appId: string | undefined
  /** Of the service principal, or of the user who signed in. */
  readonly objectId: string | undefined
  readonly userName: string | undefined
  /** Application permissions that are granted (exchange.md 5.2). */
  readonly roles: readonly string[]
  /** Delegated permissions. */
  readonly scopes: readonly string[]
  /** Template ids of the directory roles of the user or app. */
  readonly directoryRoleIds: readonly string[]
}

/** Reads the claims of an access token; all are empty for one that cannot be read, as those of personal accounts. */
export function readTokenClaims(token: string): TokenClaims {
  const claims = parseJwt(token)?.claims ?? {}
  const text = (name: string): string | undefined => (typeof claims[name] === 'string' ? claims[name] : undefined)
  return {
    tenantId: text('tid'),
    appId: text('appid') ?? text('azp'),
    objectId: text('oid'),
    userName: text('upn') ?? text('preferred_username') ?? text('unique_name'),
    roles: texts(claims['roles']),
    scopes: (text('scp') ?? '').split(' ').filter((scope) => scope !== ''),
    directoryRoleIds: texts(claims['wids']),
  }
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}
