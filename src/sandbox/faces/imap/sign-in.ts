import { Buffer } from 'node:buffer'
import { hash } from 'node:crypto'
import { type AccessClaims, readAccessToken } from '../../tokens/access-token.ts'
import { exchangeAudiences } from './exchange-audiences.ts'
import type { ImapAccount, ImapServices } from './imap-account.ts'

/** Who signed in. */
export interface SignedIn {
  readonly account: ImapAccount
  readonly appId: string
  /** Tells the token from later ones of the same app. */
  readonly tokenId: string
  readonly expiresAtMs: number
  /** The token is good; false when the mailbox cannot be reached with it (exchange.md 4.5). */
  readonly isConnected: boolean
}

const response = /^user=([^\x01]*)\x01auth=Bearer ([^\x01]+)\x01\x01$/

/**
 * Reads an XOAUTH2 response (base64) and checks its token: made out to Exchange, of the mailbox's tenant, with the role
 * IMAP.AccessAsApp of an app that Exchange knows, or the scope IMAP.AccessAsUser.All. Undefined when it is refused.
 */
export function signIn(base64: string, services: ImapServices): SignedIn | undefined {
  const [, address = '', token = ''] = response.exec(Buffer.from(base64, 'base64').toString('utf8')) ?? []
  const answer = readAccessToken(token, exchangeAudiences, services.keys, services.clock)
  if (!('claims' in answer)) return undefined
  const { claims } = answer
  const account = services.findAccount(address)
  if (account === undefined || account.tenantId !== claims.tenantId || !mayUseImap(claims)) return undefined
  // exchange.md 5.4: "AUTHENTICATE failed because the app registration object id was used instead of the enterprise app's".
  if (claims.kind === 'application' && !account.knowsApp(claims.appId, claims.objectId)) return undefined
  return {
    account,
    appId: claims.appId,
    tokenId: hash('sha256', token, 'base64url').slice(0, 22),
    expiresAtMs: claims.expiresAtMs,
    isConnected: canReach(account, claims, services.clock.nowMs()),
  }
}

function mayUseImap({ kind, roles, scopes }: AccessClaims): boolean {
  return kind === 'application' ? roles.includes('IMAP.AccessAsApp') : scopes.includes('IMAP.AccessAsUser.All')
}

/** An app needs FullAccess for its service principal, by the enterprise application's object id; a user in others' mailboxes. */
function canReach({ mailbox }: ImapAccount, { kind, objectId }: AccessClaims, nowMs: number): boolean {
  if (mailbox === undefined || mailbox.readyMs > nowMs) return false
  const { isImapEnabled, fullAccess } = mailbox.settings
  const isOwn = kind === 'delegated' && objectId === mailbox.row.userId
  return isImapEnabled && (isOwn || fullAccess.includes(objectId))
}
