import { describe, expect, it } from 'vitest'
import { MigrationError } from '../../../src/core/errors.ts'
import { answerRows, findAnswerRow } from '../../../src/connectors/imap/error-rows.ts'
import { answerError, toMigrationError } from '../../../src/connectors/imap/errors.ts'
import type { Failure, Place } from '../../../src/connectors/imap/protocol/failure.ts'
import { parseStatus, type StatusResponse } from '../../../src/connectors/imap/protocol/response.ts'

/** Command, what the server said (captured, or of the RFC), and what it must become. */
const answers: readonly (readonly [command: string, answer: string, kind: string, code: string])[] = [
  ['FETCH', 'NO [THROTTLED] Request is throttled. Suggested Backoff Time: 299961 milliseconds', 'throttled', 'imap.throttled'],
  ['APPEND', 'BAD Request is throttled. Suggested Backoff Time: 5000 milliseconds', 'throttled', 'imap.throttled'],
  ['FETCH', 'NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)', 'throttled', 'imap.throttled'],
  ['LOGIN', 'NO [UNAVAILABLE] Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)', 'throttled', 'sessions-limited'],
  ['LOGIN', 'NO [ALERT] Too many simultaneous connections. (Failure)', 'throttled', 'sessions-limited'],
  ['BYE', 'BYE Too many connections from this IP', 'throttled', 'sessions-limited'],
  ['LOGIN', 'NO Session limit exceeded', 'throttled', 'sessions-limited'],
  ['LOGIN', 'NO [LIMIT] Connection limit exceeded', 'throttled', 'sessions-limited'],
  ['EXAMINE', 'BAD User is authenticated but not connected.', 'transient', 'imap.not-connected'],
  ['BYE', 'BAD User is authenticated but not connected.', 'transient', 'imap.not-connected'],
  ['LOGIN', 'NO [LIMIT] Too many connections for this account', 'throttled', 'sessions-limited'],
  ['LOGIN', 'NO [LIMIT] Too many concurrent requests', 'throttled', 'imap.throttled'],
  ['BYE', 'BYE [ALERT] Maximum connection limit reached', 'throttled', 'sessions-limited'],
  ['FETCH', 'NO [LIMIT] UID FETCH Rate limit hit.', 'throttled', 'imap.throttled'],
  ['FETCH', 'NO [THROTTLED] come back later', 'throttled', 'imap.throttled'],
  ['LOGIN', 'NO [INUSE] Mailbox locked', 'transient', 'imap.in-use'],
  ['LOGIN', 'NO [UNAVAILABLE] Temporary authentication failure.', 'transient', 'imap.auth.unavailable'],
  ['LOGIN', 'NO [SERVERBUG] Internal error', 'transient', 'imap.auth.unavailable'],
  ['LOGIN', 'NO [PRIVACYREQUIRED] Plaintext authentication disallowed on non-secure (SSL/TLS) connections.', 'config', 'imap.auth.privacy-required'],
  ['LOGIN', 'NO Plaintext authentication disallowed on non-secure connections.', 'config', 'imap.auth.privacy-required'],
  ['LOGIN', 'NO [CONTACTADMIN] Account is suspended', 'config', 'imap.contact-admin'],
  ['LOGIN', 'NO [ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)', 'auth', 'imap.auth.app-password-required'],
  ['LOGIN', 'NO [WEBALERT https://accounts.google.com/signin/continue] Web login required.', 'auth', 'imap.auth.web-login-required'],
  ['LOGIN', 'NO Basic authentication is disabled.', 'config', 'imap.auth.disabled'],
  ['LOGIN', 'NO [EXPIRED] Password has expired', 'auth', 'imap.auth.expired'],
  ['LOGIN', 'NO [AUTHENTICATIONFAILED] Authentication failed.', 'auth', 'imap.auth.failed'],
  ['LOGIN', 'NO [AUTHORIZATIONFAILED] No such authorization-ID', 'auth', 'imap.auth.not-authorized'],
  ['LOGIN', 'NO LOGIN failed.', 'auth', 'imap.auth.failed'],
  ['LOGIN', 'NO Temporary authentication failure', 'transient', 'imap.auth.unavailable'],
  ['LOGIN', 'NO [AUTHENTICATIONFAILED] try again', 'auth', 'imap.auth.failed'],
  ['LOGIN', 'BAD Error in IMAP command LOGIN', 'config', 'imap.auth.not-understood'],
  ['EXAMINE', 'NO [INUSE] Mailbox is locked', 'transient', 'imap.in-use'],
  ['STATUS', 'NO [UNAVAILABLE] Backend down', 'transient', 'imap.unavailable'],
  ['LIST', 'NO [SERVERBUG] Internal error occurred. Refer to server log for more information.', 'transient', 'imap.server-bug'],
  ['FETCH', 'NO [EXPUNGEISSUED] Some of the requested messages no longer exist', 'transient', 'imap.expunge-issued'],
  ['APPEND', 'NO [TOOBIG] Message is too big', 'item', 'imap.append.too-large'],
  ['APPEND', 'NO [APPENDLIMIT] Message exceeds', 'item', 'imap.append.too-large'],
  ['APPEND', 'NO [LIMIT] Requested allocation size is too large', 'item', 'imap.append.too-large'],
  ['APPEND', 'NO Message size exceeds fixed maximum message size', 'item', 'imap.append.too-large'],
  ['CREATE', 'NO [LIMIT] Too many folders', 'throttled', 'imap.limit'],
  ['APPEND', 'NO [OVERQUOTA] Quota exceeded (mailbox for user is full)', 'config', 'imap.append.over-quota'],
  ['COPY', 'NO Quota exceeded', 'config', 'imap.append.over-quota'],
  ['APPEND', 'NO [TRYCREATE] Mailbox doesn\'t exist: Gone', 'item', 'imap.folder.nonexistent'],
  ['EXAMINE', 'NO [NONEXISTENT] Unknown Mailbox: Gone (Failure)', 'item', 'imap.folder.nonexistent'],
  ['EXAMINE', 'NO Harlequin doesn\'t exist.', 'item', 'imap.folder.nonexistent'],
  ['EXAMINE', 'NO Unable to open this mailbox.', 'item', 'imap.folder.nonexistent'],
  ['CREATE', 'NO [ALREADYEXISTS] Mailbox already exists', 'item', 'imap.folder.exists'],
  ['CREATE', 'NO Mailbox exists.', 'item', 'imap.folder.exists'],
  ['CREATE', 'NO [CANNOT] Invalid mailbox name', 'item', 'imap.folder.impossible'],
  ['STORE', 'NO [CANNOT] Not here', 'item', 'imap.cannot'],
  ['CREATE', 'NO Invalid mailbox name', 'item', 'imap.folder.refused'],
  ['APPEND', 'NO [NOPERM] Permission denied', 'config', 'imap.no-permission'],
  ['EXAMINE', 'NO [AUTHORIZATIONFAILED] Not yours', 'auth', 'imap.auth.not-authorized'],
  ['EXAMINE', 'NO [EXPIRED] Session expired', 'auth', 'imap.auth.expired'],
  ['EXAMINE', 'NO [PRIVACYREQUIRED] TLS first', 'config', 'imap.auth.privacy-required'],
  ['APPEND', 'NO [CONTACTADMIN] Frozen', 'config', 'imap.contact-admin'],
  ['FETCH', 'NO [CORRUPTION] Broken message', 'item', 'imap.corruption'],
  ['EXAMINE', 'NO [CORRUPTION] Broken index', 'config', 'imap.folder.corruption'],
  ['FETCH', 'NO Server Unavailable. 15', 'transient', 'imap.unavailable'],
  ['APPEND', 'NO APPEND failed.', 'item', 'imap.append.refused'],
  ['APPEND', 'BAD Error in IMAP command APPEND: Invalid flag', 'item', 'imap.append.refused'],
  ['FETCH', 'NO The requested message could not be converted to an RFC-822 compatible format.', 'item', 'imap.fetch.refused'],
  ['BYE', 'BYE Disconnected for inactivity.', 'transient', 'imap.bye'],
  ['STORE', 'BAD what', 'transient', 'imap.unclassified'],
]

const say = (text: string): StatusResponse => parseStatus(text, 0) as StatusResponse

describe('answers', () => {
  it.each(answers)('%s: %s', (command, answer, kind, code) => {
    const error = answerError(say(answer), { command })
    expect(error).toBeInstanceOf(MigrationError)
    expect({ kind: error.kind, code: error.code }).toEqual({ kind, code })
    expect(error.hint).not.toBe('')
  })

  it('has a captured answer for every row', () => {
    const rows = answers.map(([command, answer]) => {
      const { status, code, text } = say(answer)
      return findAnswerRow({ command, status, code: code?.name ?? '', text })
    })
    rows.push(findAnswerRow({ command: 'LOGIN', status: 'NO', code: '', text: '{"status":"invalid_token"}' }))
    expect(answerRows.filter((row) => !rows.includes(row))).toEqual([])
  })

  it('takes the wait that Exchange suggests', () => {
    const error = answerError(say('NO Request is throttled. Suggested Backoff Time: 299961 milliseconds'), { command: 'FETCH' })
    expect(error.retryAfterMs).toBe(299_961)
  })

  it('knows a rejected token by what the OAuth server said', () => {
    const detail = '{"status":"invalid_token","schemes":"bearer","scope":"https://mail.google.com/"}'
    expect(answerError(say('NO Authentication failed.'), { command: 'LOGIN', detail }).code).toBe('imap.auth.token-rejected')
    expect(answerError(say('NO SASL error'), { command: 'LOGIN', detail: '{"status":"401"}' }).code).toBe('imap.auth.token-rejected')
  })

  it('never repeats what a server says to a login', () => {
    const error = answerError(say('BAD unknown: LOGIN alice sesame'), { command: 'LOGIN' })
    expect(`${error.message} ${error.hint} ${error.stack}`).not.toContain('sesame')
  })

  it('shows a hostile text on one line and shortened', () => {
    const { message } = answerError(say(`NO a\x1b[31m\u202eb\0${'x'.repeat(9_000)}`), { command: 'STORE' })
    // oxlint-disable-next-line no-control-regex
    expect(message).not.toMatch(/[\x00-\x1f\u202e]/)
    expect(message.length).toBeLessThan(300)
  })
})

const place: Place = { host: 'mail.example.org', port: 993, security: 'tls' }
const known: Place = { ...place, wasReached: true }
const socketError = (code: string, message = code) => Object.assign(new Error(message), { code })
const connecting = (code: string, message?: string): Failure => ({ type: 'socket', cause: socketError(code, message), isOpen: false })

const failures: readonly (readonly [name: string, failure: Failure, place: Place, kind: string, code: string])[] = [
  ['refused at first', connecting('ECONNREFUSED'), place, 'config', 'imap.connect.refused'],
  ['refused later', connecting('ECONNREFUSED'), known, 'transient', 'imap.connect.refused'],
  ['unknown host', connecting('ENOTFOUND'), place, 'config', 'imap.connect.unknown-host'],
  ['no name service', connecting('EAI_AGAIN'), known, 'transient', 'imap.connect.unknown-host'],
  ['no route', connecting('EHOSTUNREACH'), place, 'config', 'imap.connect.unreachable'],
  ['no network', connecting('ENETUNREACH'), known, 'transient', 'imap.connect.unreachable'],
  ['system timeout', connecting('ETIMEDOUT'), place, 'config', 'imap.connect.timeout'],
  ['our timeout', { type: 'connect-timeout', timeoutMs: 20_000, isConnected: false }, place, 'config', 'imap.connect.timeout'],
  ['our timeout later', { type: 'connect-timeout', timeoutMs: 20_000, isConnected: false }, known, 'transient', 'imap.connect.timeout'],
  ['TLS server on a plain port', { type: 'connect-timeout', timeoutMs: 20_000, isConnected: true }, { ...place, security: 'plain' }, 'config', 'imap.connect.silent'],
  ['self-signed', connecting('DEPTH_ZERO_SELF_SIGNED_CERT'), place, 'config', 'imap.tls.certificate-self-signed'],
  ['own authority', connecting('SELF_SIGNED_CERT_IN_CHAIN'), known, 'config', 'imap.tls.certificate-unknown-authority'],
  ['missing intermediate', connecting('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), place, 'config', 'imap.tls.certificate-unknown-authority'],
  ['expired', connecting('CERT_HAS_EXPIRED'), place, 'config', 'imap.tls.certificate-expired'],
  ['not yet valid', connecting('CERT_NOT_YET_VALID'), place, 'config', 'imap.tls.certificate-not-yet-valid'],
  ['other host', connecting('ERR_TLS_CERT_ALTNAME_INVALID'), place, 'config', 'imap.tls.certificate-wrong-host'],
  ['plain server on a TLS port', connecting('ERR_SSL_WRONG_VERSION_NUMBER', 'wrong version number'), place, 'config', 'imap.tls.not-tls'],
  ['plain server, other OpenSSL', connecting('ERR_SSL_PACKET_LENGTH_TOO_LONG', 'packet length too long'), place, 'config', 'imap.tls.not-tls'],
  ['old TLS', connecting('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'tlsv1 alert protocol version'), place, 'config', 'imap.tls.no-agreement'],
  ['other TLS trouble', connecting('ERR_SSL_BAD_DECRYPT'), known, 'transient', 'imap.connect.failed'],
  ['reset while connecting', connecting('ECONNRESET'), place, 'transient', 'imap.connect.failed'],
  ['reset', { type: 'socket', cause: socketError('ECONNRESET'), isOpen: true }, known, 'transient', 'imap.connection.lost'],
  ['broken deflate', { type: 'socket', cause: socketError('Z_DATA_ERROR'), isOpen: true }, known, 'transient', 'imap.connection.damaged'],
  ['closed', { type: 'closed', isOpen: true }, known, 'transient', 'imap.connection.lost'],
  ['closed before the greeting', { type: 'closed', isOpen: false }, place, 'transient', 'imap.connect.closed'],
  ['silence', { type: 'idle-timeout', timeoutMs: 60_000 }, known, 'transient', 'imap.connection.silent'],
  ['no STARTTLS', { type: 'no-starttls', reason: 'not supported' }, place, 'config', 'imap.tls.no-starttls'],
  ['web server', { type: 'no-greeting', found: 'HTTP/1.1 400 Bad Request' }, place, 'config', 'imap.connect.not-imap'],
  ['BYE', { type: 'bye', answer: say('BYE Too many connections') }, place, 'throttled', 'sessions-limited'],
]

describe('connections', () => {
  it.each(failures)('%s', (_name, failure, at, kind, code) => {
    const error = toMigrationError(failure, at)
    expect({ kind: error.kind, code: error.code }).toEqual({ kind, code })
    expect(error.message).toMatch(/\.$/)
    expect(error.hint).not.toBe('')
  })

  it('names both ways out of a certificate that is not trusted', () => {
    const { hint } = toMigrationError(connecting('DEPTH_ZERO_SELF_SIGNED_CERT'), place)
    expect(hint).toContain('?ca=FILE')
    expect(hint).toContain('?tls=unverified')
  })

  it.each([
    ['+OK POP3 ready', 'POP3'],
    ['220 mx ESMTP', 'mail or file transfer'],
    ['SSH-2.0-OpenSSH', 'SSH'],
    ['\x15\x03\x01', 'TLS'],
    ['hello', 'no IMAP server'],
  ])('says what %j is', (found, words) => {
    expect(toMigrationError({ type: 'no-greeting', found }, place).message).toContain(words)
  })
})
