import { randomUUID } from 'node:crypto'
import type { SandboxClock } from '../../clock.ts'
import type { GraphVersion } from '../../http/route.ts'
import type { SigningKeys } from '../../tokens/signing-keys.ts'

/** What the token in an import URL says. */
export interface ImportSession {
  readonly id: string
  readonly tenantId: string
  readonly appId: string
  /** `MBX:<guid>@<tenantId>` of the mailbox that it was made for. */
  readonly mailboxId: string
  readonly version: GraphVersion
  readonly expiresAtMs: number
}

/** Not one of the audiences of access tokens: neither kind of token stands in for the other. */
const audience = 'https://outlook.office365.com/importItem'

/** Signs the token of a session; its life is rounded up to the second. */
export function signImportSession(session: Omit<ImportSession, 'id'>, keys: SigningKeys, clock: SandboxClock): string {
  return keys.sign({
    aud: audience,
    jti: randomUUID(),
    tid: session.tenantId,
    appid: session.appId,
    mbx: session.mailboxId,
    api: session.version,
    nbf: Math.floor(clock.nowMs() / 1000),
    exp: Math.ceil(session.expiresAtMs / 1000),
  })
}

/** Why a URL opens no session: it is no import URL, its token is none or too old, or something about it was changed. */
export type ImportUrlRefusal = 'no-import-url' | 'invalid' | 'expired' | 'changed'

/** The session of an import URL, which may not be changed (exchange.md 2.3, 9), or why it is refused. */
export function readImportUrl(url: string, keys: SigningKeys, clock: SandboxClock): ImportSession | ImportUrlRefusal {
  const { pathname, searchParams } = new URL(url)
  const path = parseImportPath(pathname)
  if (path === undefined) return 'no-import-url'
  const session = readToken(searchParams.get('authtoken') ?? '', keys, clock)
  if (typeof session === 'string') return session
  const isVerbatim = searchParams.size === 1 && path.version === session.version && path.mailboxId === session.mailboxId
  return isVerbatim ? session : 'changed'
}

function readToken(token: string, keys: SigningKeys, clock: SandboxClock): ImportSession | 'invalid' | 'expired' {
  const jwt = keys.read(token)
  if (typeof jwt === 'string' || jwt.claims['aud'] !== audience) return 'invalid'
  const { claims } = jwt
  const expiresAtMs = Number(claims['exp']) * 1000
  if (clock.nowMs() >= expiresAtMs) return 'expired'
  return {
    id: String(claims['jti']),
    tenantId: String(claims['tid']),
    appId: String(claims['appid']),
    mailboxId: String(claims['mbx']),
    version: claims['api'] === 'beta' ? 'beta' : 'v1.0',
    expiresAtMs,
  }
}

/** `https://outlook.office365.com/api/gv1.0/Mailboxes('MBX:...')/importItem?authtoken=...` (exchange.md 2.3). */
export function importUrl(outlook: string, mailboxId: string, version: GraphVersion, token: string): string {
  return `${outlook}/api/g${version}/Mailboxes('${mailboxId}')/importItem?authtoken=${token}`
}

/** The version and mailbox that the path of an import URL names; undefined for any other path. */
function parseImportPath(pathname: string): { readonly version: string; readonly mailboxId: string } | undefined {
  const decoded = pathname.includes('%') ? decodeOrLeave(pathname) : pathname
  const [, version, mailboxId] = /^\/api\/g(v1\.0|beta)\/Mailboxes\('([^']*)'\)\/importItem$/i.exec(decoded) ?? []
  return version === undefined || mailboxId === undefined ? undefined : { version: version.toLowerCase(), mailboxId }
}

function decodeOrLeave(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
