import type { ApplicationRecord } from '../../tenant/directory-records.ts'
import { refusals } from './sign-in-error.ts'

/** How an answer reaches the app. */
export type ResponseMode = 'query' | 'fragment' | 'form_post'

/**
 * Throws AADSTS50011 unless the app has registered the address. For `localhost` and 127.0.0.1 over HTTP any port is
 * good (RFC 8252 section 7.3).
 */
export function requireRedirectUri(application: ApplicationRecord, redirectUri: string): void {
  const registered = [...application.publicClientRedirectUris, ...application.webRedirectUris]
  if (!registered.some((uri) => isSameAddress(uri, redirectUri)))
    throw refusals.redirectMismatch(redirectUri, application.appId)
}

/** Whether the address makes its user a public client, which has no secret. */
export function isPublicRedirect(application: ApplicationRecord, redirectUri: string): boolean {
  return application.publicClientRedirectUris.some((uri) => isSameAddress(uri, redirectUri))
}

/** The address with an answer's parameters added to its query or as its fragment. */
export function redirectTo(
  redirectUri: string,
  mode: 'query' | 'fragment',
  parameters: Readonly<Record<string, string>>,
): string {
  const url = new URL(redirectUri)
  if (mode === 'fragment') url.hash = new URLSearchParams(parameters).toString()
  else for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}

function isSameAddress(registered: string, given: string): boolean {
  if (registered === given) return true
  if (!URL.canParse(registered) || !URL.canParse(given)) return false
  const [a, b] = [new URL(registered), new URL(given)]
  const isLoopback = a.protocol === 'http:' && (a.hostname === 'localhost' || a.hostname === '127.0.0.1')
  const isSamePlace =
    a.protocol === b.protocol && a.hostname === b.hostname && a.pathname === b.pathname && a.search === b.search
  return isSamePlace && b.hash === '' && b.username === '' && (isLoopback || a.port === b.port)
}
