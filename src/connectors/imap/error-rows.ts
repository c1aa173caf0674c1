import { type FailureKind, sessionsLimitedCode } from '../../core/errors.ts'
import type { Status } from './protocol/response.ts'

/** A row of the translation table: which answers it is for, and what they mean. */
export interface AnswerRow {
  /** All that are given must hold. */
  readonly when: {
    readonly command?: readonly string[]
    readonly status?: Status
    readonly code?: readonly string[]
    readonly text?: RegExp
  }
  readonly kind: FailureKind
  readonly error: string
  /** A sentence without its full stop. */
  readonly says: string
  readonly hint: string
  readonly retryAfterMs?: (text: string) => number | undefined
}

const login = ['LOGIN']
const opening = ['SELECT', 'EXAMINE', 'STATUS']
const storing = ['APPEND', 'COPY', 'MOVE']
const minuteMs = 60_000

const waits = 'Nothing to do: the transfer goes on by itself, more slowly.'
const fullTarget = 'Make room or raise the quota of the target mailbox, then run again: it goes on where it stopped.'

/**
 * What servers say and what it means, first match first. Texts are those of the servers named; RFC 5530 codes are without
 * a name. Every row has a test.
 */
export const answerRows: readonly AnswerRow[] = [
  // --- asked to slow down, whatever the command ---------------------------------------------------------------------
  {
    // Exchange Online: "NO [THROTTLED] Request is throttled. Suggested Backoff Time: 299961 milliseconds"
    when: { text: /suggested backoff time: *\d+ *milliseconds/i },
    kind: 'throttled',
    error: 'imap.throttled',
    says: 'The server asks to slow down',
    hint: waits,
    retryAfterMs: (text) => Number(/backoff time: *(\d{1,9})/i.exec(text)?.[1]),
  },
  {
    // Gmail: "NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)"; not about room for mail.
    when: { text: /exceeded (?:command or )?bandwidth limits|bandwidth (?:limit|quota) (?:was )?exceeded/i },
    kind: 'throttled',
    error: 'imap.throttled',
    says: 'The server allows no more traffic of this account for now',
    hint: 'Gmail lifts such a block by itself, after a day at the latest. The transfer goes on then.',
    retryAfterMs: () => 10 * minuteMs,
  },
  {
    // Dovecot: "[UNAVAILABLE] Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)",
    // Gmail: "[ALERT] Too many simultaneous connections. (Failure)"; others in like words. Courier says nothing at all,
    // see `Sessions`.
    when: {
      text: /maximum number of (?:\w+ )?(?:connections|sessions)|too many (?:\w+ )*(?:connections|sessions|logins)|(?:connection|session)s? (?:limit|count|quota)(?: \w+)* (?:exceeded|reached)/i,
    },
    kind: 'throttled',
    error: sessionsLimitedCode,
    says: 'The server lets no further connection of this account in',
    hint: 'Close other mail programs of the account, or use fewer sessions (?sessions=N).',
  },
  {
    // Exchange: "BAD User is authenticated but not connected."; seen with too many sessions, with a mailbox that is being
    // moved, and (exchange.md section 4.5) with a good token that has no right to the mailbox. It ends the session.
    when: { text: /user is authenticated but not connected/i },
    kind: 'transient',
    error: 'imap.not-connected',
    says: 'The server has logged us in and does not give us the mailbox',
    hint: 'It is tried again. If it stays so, check that the login may open the mailbox, that it has a licence and that IMAP is on; otherwise use fewer sessions (?sessions=N).',
  },
  {
    // Yahoo: "NO [LIMIT] UID FETCH Rate limit hit."
    when: { text: /request is throttled|throttl|rate[ -]?limit|too many (?:\w+ )*(?:commands|requests)|slow down/i },
    kind: 'throttled',
    error: 'imap.throttled',
    says: 'The server asks to slow down',
    hint: waits,
  },
  {
    when: { code: ['THROTTLED'] },
    kind: 'throttled',
    error: 'imap.throttled',
    says: 'The server asks to slow down',
    hint: waits,
  },

  // --- logging in ---------------------------------------------------------------------------------------------------
  {
    when: { command: login, code: ['INUSE'] },
    kind: 'transient',
    error: 'imap.in-use',
    says: 'The mailbox is in use by something that locks it',
    hint: 'It is tried again. Close other programs that work on the mailbox.',
  },
  {
    when: { command: login, code: ['UNAVAILABLE', 'SERVERBUG'] },
    kind: 'transient',
    error: 'imap.auth.unavailable',
    says: 'The server cannot check logins at the moment',
    hint: 'It is tried again. If it stays so, ask who runs the server.',
  },
  {
    when: { command: login, code: ['PRIVACYREQUIRED'] },
    kind: 'config',
    error: 'imap.auth.privacy-required',
    says: 'The server does not take a login over an unprotected connection',
    hint: 'Use imaps://, or imap:// without ?tls=off.',
  },
  {
    when: { command: login, code: ['CONTACTADMIN'] },
    kind: 'config',
    error: 'imap.contact-admin',
    says: 'The server refuses the login and asks to contact its administrator',
    hint: 'Ask who runs the server.',
  },
  {
    // Gmail: "NO [ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833"
    when: { command: login, text: /application-specific password|app password/i },
    kind: 'auth',
    error: 'imap.auth.app-password-required',
    says: 'The account needs a password made for applications',
    hint: 'Make an app password in the account settings and use it here, or log in with an access token.',
  },
  {
    // Gmail: "NO [WEBALERT https://...] Web login required."
    when: { command: login, text: /web login required|log in (?:via|with) your web browser/i },
    kind: 'auth',
    error: 'imap.auth.web-login-required',
    says: 'The provider wants this account to log in with a browser first',
    hint: 'Log in once with a browser and confirm what it asks, then run again.',
  },
  {
    // Exchange Online: "NO Basic authentication is disabled." / "BasicAuthBlocked"
    when: { command: login, text: /basic ?auth(?:entication)?(?: is)? ?(?:disabled|blocked)|imap (?:access )?is disabled|not enabled for imap/i },
    kind: 'config',
    error: 'imap.auth.disabled',
    says: 'The server does not allow this account to log in this way',
    hint: 'Have IMAP enabled for the account; where passwords are switched off, log in with an access token (?auth=xoauth2).',
  },
  {
    // Dovecot: "NO [PRIVACYREQUIRED] Plaintext authentication disallowed on non-secure (SSL/TLS) connections."
    when: { command: login, text: /plaintext auth\w* (?:is )?(?:disallowed|disabled|not allowed)/i },
    kind: 'config',
    error: 'imap.auth.privacy-required',
    says: 'The server does not take a password over an unprotected connection',
    hint: 'Use imaps://, or imap:// without ?tls=off.',
  },
  {
    when: { command: login, code: ['EXPIRED'] },
    kind: 'auth',
    error: 'imap.auth.expired',
    says: 'The password or the access token has expired',
    hint: 'Set a new password, or get a new token.',
  },
  {
    when: { command: login, code: ['AUTHORIZATIONFAILED'] },
    kind: 'auth',
    error: 'imap.auth.not-authorized',
    says: 'The login is right but may not open this mailbox',
    hint: 'Give the master user the right to this mailbox, and check the name of the mailbox.',
  },
  {
    // RFC 7628: {"status":"invalid_token"}; Google: {"status":"400",...}; Dovecot: {"status":"invalid_token"}
    when: { command: login, text: /invalid_token|"status" *: *"?(?:400|401)|token (?:is |has )?expired/i },
    kind: 'auth',
    error: 'imap.auth.token-rejected',
    says: 'The server did not accept the access token',
    hint: 'It has expired, or was made for another service or account: get a new one.',
  },
  {
    when: { command: login, status: 'NO', text: /temporar|try again|internal (?:server )?error|timed? ?out/i, code: [''] },
    kind: 'transient',
    error: 'imap.auth.unavailable',
    says: 'The server cannot check logins at the moment',
    hint: 'It is tried again. If it stays so, ask who runs the server.',
  },
  {
    when: { command: login, status: 'NO' },
    kind: 'auth',
    error: 'imap.auth.failed',
    says: 'The server refused user name and password',
    hint: 'Check both with a mail program; some servers want the whole address as user name.',
  },
  {
    when: { command: login, status: 'BAD' },
    kind: 'config',
    error: 'imap.auth.not-understood',
    says: 'The server did not understand the login',
    hint: 'Choose another way to log in (?auth=plain or ?auth=login), or remove unusual characters from the password.',
  },

  // --- codes of RFC 5530 and their like, whatever the command -------------------------------------------------------
  {
    when: { code: ['INUSE'] },
    kind: 'transient',
    error: 'imap.in-use',
    says: 'The mailbox is in use by something that locks it',
    hint: 'It is tried again. Close other programs that work on the mailbox.',
  },
  {
    when: { code: ['UNAVAILABLE'] },
    kind: 'transient',
    error: 'imap.unavailable',
    says: 'A part of the server is not available',
    hint: 'It is tried again. If it stays so, ask who runs the server.',
  },
  {
    when: { code: ['SERVERBUG'] },
    kind: 'transient',
    error: 'imap.server-bug',
    says: 'The server reports a fault of its own',
    hint: 'It is tried again. If it stays so, ask who runs the server to look at its log.',
  },
  {
    when: { code: ['EXPUNGEISSUED'] },
    kind: 'transient',
    error: 'imap.expunge-issued',
    says: 'Messages were deleted while they were asked for',
    hint: 'It is tried again with what is left.',
  },
  {
    when: { code: ['TOOBIG', 'APPENDLIMIT'] },
    kind: 'item',
    error: 'imap.append.too-large',
    says: 'The message is larger than the target accepts',
    hint: 'Raise the target\'s limit for messages, or leave the message out.',
  },
  {
    // Dovecot with quota_max_mail_size: "NO [LIMIT] Requested allocation size is too large"; RFC 9051: too many of anything.
    when: { command: storing, code: ['LIMIT'] },
    kind: 'item',
    error: 'imap.append.too-large',
    says: 'The message passes a limit of the target',
    hint: 'Raise the target\'s limit for messages, or leave the message out.',
  },
  {
    when: { code: ['LIMIT'] },
    kind: 'throttled',
    error: 'imap.limit',
    says: 'A limit of the server is reached',
    hint: waits,
  },
  {
    when: { code: ['OVERQUOTA'] },
    kind: 'config',
    error: 'imap.append.over-quota',
    says: 'The target mailbox is full',
    hint: fullTarget,
  },
  {
    when: { code: ['NONEXISTENT', 'TRYCREATE'] },
    kind: 'item',
    error: 'imap.folder.nonexistent',
    says: 'The folder does not exist, or no longer',
    hint: 'If it was deleted during the migration, run again; otherwise exclude it.',
  },
  {
    when: { code: ['ALREADYEXISTS'] },
    kind: 'item',
    error: 'imap.folder.exists',
    says: 'The folder exists already',
    hint: 'Nothing to do.',
  },
  {
    when: { command: ['CREATE', 'RENAME'], code: ['CANNOT'] },
    kind: 'item',
    error: 'imap.folder.impossible',
    says: 'The target cannot have a folder of this name',
    hint: 'Map the folder to another name.',
  },
  {
    when: { code: ['CANNOT'] },
    kind: 'item',
    error: 'imap.cannot',
    says: 'The server can never do this',
    hint: 'Leave the message or folder out, or treat it by hand.',
  },
  {
    when: { code: ['NOPERM'] },
    kind: 'config',
    error: 'imap.no-permission',
    says: 'The account has no right to do this',
    hint: 'Give it the right to the folder, or exclude the folder.',
  },
  {
    when: { code: ['AUTHORIZATIONFAILED'] },
    kind: 'auth',
    error: 'imap.auth.not-authorized',
    says: 'The login may not open this mailbox',
    hint: 'Give the master user the right to this mailbox.',
  },
  {
    when: { code: ['AUTHENTICATIONFAILED', 'EXPIRED'] },
    kind: 'auth',
    error: 'imap.auth.expired',
    says: 'The login no longer holds',
    hint: 'Set a new password, or get a new token.',
  },
  {
    when: { code: ['PRIVACYREQUIRED'] },
    kind: 'config',
    error: 'imap.auth.privacy-required',
    says: 'The server does not do this over an unprotected connection',
    hint: 'Use imaps://, or imap:// without ?tls=off.',
  },
  {
    when: { code: ['CONTACTADMIN'] },
    kind: 'config',
    error: 'imap.contact-admin',
    says: 'The server asks to contact its administrator',
    hint: 'Ask who runs the server.',
  },
  {
    when: { command: ['FETCH', ...storing], code: ['CORRUPTION', 'UNKNOWN-CTE', 'BADCOMPOSITION'] },
    kind: 'item',
    error: 'imap.corruption',
    says: 'The server finds the message damaged',
    hint: 'Repair the mailbox at the server, then use retry.',
  },
  {
    when: { code: ['CORRUPTION'] },
    kind: 'config',
    error: 'imap.folder.corruption',
    says: 'The server finds the mailbox damaged',
    hint: 'Repair the mailbox at the server, then run again.',
  },

  // --- without a code -----------------------------------------------------------------------------------------------
  {
    when: { text: /over ?quota|quota (?:\w+ )?exceeded|exceed\w* (?:\w+ )*quota|mailbox (?:is )?full|(?:not enough|no) (?:\w+ )*space/i },
    kind: 'config',
    error: 'imap.append.over-quota',
    says: 'The target mailbox is full',
    hint: fullTarget,
  },
  {
    when: { command: storing, text: /too (?:large|big)|exceeds? (?:\w+ )*(?:size|limit|maximum)|size limit/i },
    kind: 'item',
    error: 'imap.append.too-large',
    says: 'The message is larger than the target accepts',
    hint: 'Raise the target\'s limit for messages, or leave the message out.',
  },
  {
    when: { text: /temporar|try again|internal (?:server )?error|server (?:is )?(?:busy|error|unavailable)|timed? ?out|shutting down/i },
    kind: 'transient',
    error: 'imap.unavailable',
    says: 'The server cannot do it at the moment',
    hint: 'It is tried again. If it stays so, ask who runs the server.',
  },
  {
    // Without RFC 5530: Exchange "NO Harlequin doesn't exist.", Courier "Unable to open this mailbox.", Cyrus, Gmail.
    when: { command: opening, status: 'NO', text: /does ?n[o']t exist|nonexistent|non-existent|not found|unknown mailbox|no such (?:mailbox|folder)|unable to open this mailbox/i },
    kind: 'item',
    error: 'imap.folder.nonexistent',
    says: 'The folder does not exist, or no longer',
    hint: 'If it was deleted during the migration, run again; otherwise exclude it.',
  },
  {
    when: { command: ['CREATE'], status: 'NO', text: /exists/i },
    kind: 'item',
    error: 'imap.folder.exists',
    says: 'The folder exists already',
    hint: 'Nothing to do.',
  },
  {
    when: { command: ['CREATE'] },
    kind: 'item',
    error: 'imap.folder.refused',
    says: 'The target refuses to make the folder',
    hint: 'Map the folder to another name.',
  },
  {
    when: { command: ['APPEND'] },
    kind: 'item',
    error: 'imap.append.refused',
    says: 'The target refuses the message',
    hint: 'Look at the message with a mail program; it can be moved by hand or left out.',
  },
  {
    when: { command: ['FETCH'], status: 'NO' },
    kind: 'item',
    error: 'imap.fetch.refused',
    says: 'The source cannot give the message',
    hint: 'Open it at the source with a mail program; if that fails too it is damaged there.',
  },
  {
    when: { command: ['BYE'] },
    kind: 'transient',
    error: 'imap.bye',
    says: 'The server ended the connection',
    hint: 'A new one is made.',
  },
]

/** What was asked and what the server said. */
export interface SeenAnswer {
  readonly command: string
  readonly status: Status
  /** Upper-case name of the response code, or empty. */
  readonly code: string
  readonly text: string
}

/** The first row that fits. */
export function findAnswerRow({ command, status, code, text }: SeenAnswer): AnswerRow | undefined {
  return answerRows.find(
    ({ when }) =>
      (when.command === undefined || when.command.includes(command)) &&
      (when.status === undefined || when.status === status) &&
      (when.code === undefined || when.code.includes(code)) &&
      (when.text === undefined || when.text.test(text)),
  )
}
