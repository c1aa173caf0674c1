import { createHmac } from 'node:crypto'

/**
 * A signed access token (RFC 7519, HS256) as an identity provider would hand it out, valid for `lifetimeS` seconds from
 * `now`; a negative lifetime gives one that has expired.
 */
export function makeAccessToken(user: string, key: string, lifetimeS = 3600, now = new Date()): string {
  const nowS = Math.floor(now.getTime() / 1000)
  const claims = { sub: user, email: user, iat: nowS - 60, exp: nowS + lifetimeS }
  const signed = [{ alg: 'HS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`
}
