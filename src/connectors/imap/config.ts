import { readFileSync } from 'node:fs'
import { MigrationError } from '../../core/errors.ts'
import type { Credentials, Mechanism } from './protocol/auth.ts'
import type { Security } from './protocol/failure.ts'

const mechanisms: Readonly<Record<string, Mechanism>> = {
  login: 'LOGIN',
  plain: 'PLAIN',
  'scram-sha-256': 'SCRAM-SHA-256',
  xoauth2: 'XOAUTH2',
  oauthbearer: 'OAUTHBEARER',
}

/** An IMAP account to open. */
export interface ImapConfig {
  readonly host: string
  readonly port: number
  readonly security: Security
  readonly verifiesCertificate: boolean
  /** Authorities in PEM to trust besides the system's. */
  readonly certificateAuthorities: readonly string[]
  readonly user: string
  /** Whose mailbox to open when it is not `user`'s own (SASL authorization identity, for master users). */
  readonly authorizationId?: string
  readonly password?: string
  /** Where access tokens come from, in place of a password: each login asks for one, since sessions outlive them. */
  readonly accessToken?: (signal: AbortSignal) => Promise<string>
  /** Undefined: the best that the server announces. */
  readonly mechanism?: Mechanism
  /** Sessions that carry messages at once; one more looks after folders. */
  readonly sessionsMax: number
  /** `auto`: over a far link only, where it is announced. */
  readonly compression: 'auto' | 'on' | 'off'
}

const sessionsDefault = 4
const sessionsLimit = 32
const parameters = ['tls', 'auth', 'authzid', 'sessions', 'compress', 'ca'] as const

/**
 * Reads `imaps://user@host[:port]` or `imap://user@host[:port]` (which upgrades by STARTTLS or refuses, unless `?tls=off`).
 * Parameters: `tls=off|unverified`, `auth=MECHANISM`, `authzid=MAILBOX`, `sessions=N`, `compress=on|off|auto`, `ca=FILE`.
 * Throws `config` when the URL cannot be meant; the message never repeats what may be a password.
 */
export function parseImapUrl(text: string, secret: { readonly password?: string; readonly sessionsMax?: number }): ImapConfig {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'imaps:' && url.protocol !== 'imap:')) {
    throw badUrl('This is not a URL of an IMAP account.')
  }
  if (url.password !== '') {
    throw badUrl('The URL holds a password.', 'Take it out and give it by an environment variable, a file, or at the prompt.')
  }
  if (url.hostname === '') throw badUrl('The URL names no host.')
  const user = decode(url.username)
  if (user === '') throw badUrl('The URL names no user.')
  if (url.pathname !== '' && url.pathname !== '/') throw badUrl('An IMAP URL ends after the host and port: it names a whole mailbox.')
  for (const name of url.searchParams.keys()) {
    if (!(parameters as readonly string[]).includes(name)) {
      throw badUrl(`The URL has an unknown parameter "${name.slice(0, 40)}".`, `Known ones are ${parameters.join(', ')}.`)
    }
  }
  const { security, verifiesCertificate } = parseTls(url)
  const authorizationId = url.searchParams.get('authzid')
  const mechanismName = choice(url, 'auth', Object.keys(mechanisms))
  const mechanism = mechanismName === undefined ? undefined : mechanisms[mechanismName]
  const caFile = url.searchParams.get('ca')
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (url.protocol === 'imaps:' ? 993 : 143) : Number(url.port),
    security,
    verifiesCertificate,
    certificateAuthorities: caFile === null ? [] : [readAuthority(caFile)],
    user,
    ...(authorizationId === null ? {} : { authorizationId }),
    ...(secret.password === undefined ? {} : { password: secret.password }),
    ...(mechanism === undefined ? {} : { mechanism }),
    sessionsMax: parseSessions(url.searchParams.get('sessions') ?? secret.sessionsMax?.toString() ?? null),
    compression: choice(url, 'compress', ['auto', 'on', 'off']) ?? 'auto',
  }
}

/** What the account is logged in with: with an OAuth mechanism the password is an access token. Throws what `accessToken` does. */
export async function toCredentials(config: ImapConfig, signal: AbortSignal): Promise<Credentials> {
  const { user, password = '', authorizationId, mechanism, accessToken } = config
  if (accessToken !== undefined) return { type: 'token', user, token: await accessToken(signal) }
  if (mechanism === 'XOAUTH2' || mechanism === 'OAUTHBEARER') return { type: 'token', user, token: password }
  return { type: 'password', user, password, ...(authorizationId === undefined ? {} : { actAs: authorizationId }) }
}

/** The account's one name in the ledger: without secrets, and without what only says how to reach it. */
export function canonicalImapUrl(config: ImapConfig): string {
  const scheme = config.security === 'tls' ? 'imaps' : 'imap'
  const host = config.host.includes(':') ? `[${config.host}]` : config.host.toLowerCase()
  const authzid = config.authorizationId === undefined ? '' : `?authzid=${encodeURIComponent(config.authorizationId)}`
  return `${scheme}://${encodeURIComponent(config.user)}@${host}:${config.port}${authzid}`
}

function parseTls(url: URL): { security: Security; verifiesCertificate: boolean } {
  const tls = choice(url, 'tls', ['off', 'unverified', 'on'])
  if (url.protocol === 'imaps:') {
    if (tls === 'off') throw badUrl('imaps:// is TLS from the first byte, so ?tls=off contradicts it.', 'Use imap:// to go without TLS.')
    return { security: 'tls', verifiesCertificate: tls !== 'unverified' }
  }
  return { security: tls === 'off' ? 'plain' : 'starttls', verifiesCertificate: tls !== 'unverified' }
}

function choice<Choice extends string>(url: URL, name: string, choices: readonly Choice[]): Choice | undefined {
  const text = url.searchParams.get(name)
  if (text === null) return undefined
  const found = choices.find((one) => one === text.toLowerCase())
  if (found === undefined) throw badUrl(`The URL's parameter "${name}" has a value that is not known.`, `It may be ${choices.join(', ')}.`)
  return found
}

function parseSessions(text: string | null): number {
  if (text === null) return sessionsDefault
  const sessions = /^\d{1,3}$/.test(text) ? Number(text) : 0
  if (sessions < 1 || sessions > sessionsLimit) throw badUrl(`sessions must be a number from 1 to ${sessionsLimit}.`)
  return sessions
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw badUrl('The user in the URL is not encoded well.', 'Write % as %25 and @ as %40.')
  }
}

function readAuthority(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new MigrationError('config', 'imap.ca-file', {
      message: 'The file named by ?ca= cannot be read.',
      hint: 'Name a file with the certificate authority in PEM form.',
      cause,
    })
  }
}

function badUrl(message: string, hint = 'It looks like imaps://user@host or imap://user@host:143.'): MigrationError {
  return new MigrationError('config', 'imap.url', { message, hint })
}
