import { type FailureKind, MigrationError } from '../../core/errors.ts'
import { readConnectionFault, socketCodeOf } from '../kit/connection-faults.ts'
import type { Failure, Place } from './protocol/failure.ts'
import { printable } from './protocol/garbage.ts'

/** How a failed connection reads: kind, code, one sentence, what to do. */
type Reading = readonly [kind: FailureKind, code: string, message: string, hint: string]

/**
 * The error a failed connection stands for. What can only be a wrong setting is `config`; so is what usually is one, as
 * long as no connection to the place has ever worked. All else is `transient`.
 */
export function connectionError(failure: Exclude<Failure, { type: 'bye' }>, place: Place): MigrationError {
  const [kind, code, message, hint] = read(failure, place)
  const cause = failure.type === 'socket' ? failure.cause : undefined
  return new MigrationError(kind, code, { message, hint, cause })
}

function read(failure: Exclude<Failure, { type: 'bye' }>, place: Place): Reading {
  const where = `${place.host}:${place.port}`
  const atFirst: FailureKind = place.wasReached === true ? 'transient' : 'config'
  switch (failure.type) {
    case 'socket':
      return failure.isOpen ? readLost(failure.cause, where) : readUnreached(failure.cause, place, where, atFirst)
    case 'connect-timeout':
      return failure.isConnected && place.security !== 'tls'
        ? [
            atFirst,
            'imap.connect.silent',
            `The server at ${where} accepts the connection and then says nothing.`,
            'If the port expects TLS from the first byte (as 993 does), use imaps://; otherwise check host and port.',
          ]
        : [
            atFirst,
            'imap.connect.timeout',
            `The server at ${where} did not answer within ${seconds(failure.timeoutMs)}.`,
            'Check host and port, and that no firewall is in the way.',
          ]
    case 'idle-timeout':
      return [
        'transient',
        'imap.connection.silent',
        `The server at ${where} has not answered for ${seconds(failure.timeoutMs)}.`,
        'A new connection is made. If it stays so, use fewer sessions (?sessions=N).',
      ]
    case 'closed':
      return failure.isOpen
        ? ['transient', 'imap.connection.lost', `The server at ${where} closed the connection.`, 'A new one is made.']
        : [
            'transient',
            'imap.connect.closed',
            `The server at ${where} closed the connection as soon as it was made.`,
            'It may be blocking this machine, or allow fewer connections at a time (?sessions=N).',
          ]
    case 'no-starttls':
      return [
        'config',
        'imap.tls.no-starttls',
        `The server at ${where} does not protect the connection by STARTTLS: ${printable(failure.reason) || 'it refuses'}.`,
        'Use imaps:// if it has a TLS port. Only if you accept that passwords and mail are readable on the way, add ?tls=off.',
      ]
    case 'no-greeting':
      return ['config', 'imap.connect.not-imap', notImap(failure.found, where), 'Check host and port: IMAP has 993 (imaps://) and 143.']
  }
}

function readLost(cause: Error, where: string): Reading {
  const code = socketCodeOf(cause)
  return code.startsWith('Z_')
    ? [
        'transient',
        'imap.connection.damaged',
        `The compressed connection to ${where} was damaged.`,
        'A new one is made. If it stays so, switch compression off (?compress=off).',
      ]
    : [
        'transient',
        'imap.connection.lost',
        `The connection to ${where} was lost (${code || 'no reason given'}).`,
        'A new one is made.',
      ]
}

const certificateHint =
  'Name the authority that signed it with ?ca=FILE, or, if you know the server to be the right one, accept any certificate with ?tls=unverified.'

function readUnreached(cause: Error, place: Place, where: string, atFirst: FailureKind): Reading {
  const fault = readConnectionFault(cause)
  switch (fault?.type) {
    case 'certificate':
      return ['config', `imap.tls.certificate-${fault.name}`, `The certificate of ${where} ${fault.fault}.`, certificateHint]
    case 'unreached':
      return [atFirst, `imap.connect.${fault.name}`, `${fault.problem} ${where}.`, 'Check host and port, and that no firewall is in the way.']
    case 'not-tls':
      return [
        'config',
        'imap.tls.not-tls',
        `The server at ${where} does not speak TLS from the first byte.`,
        place.security === 'tls' ? 'Use imap:// (STARTTLS) for this port, or imaps:// with the TLS port, mostly 993.' : 'Check host and port.',
      ]
    case 'no-agreement':
      return [
        'config',
        'imap.tls.no-agreement',
        `The server at ${where} and this program have no version of TLS in common.`,
        'The server is too old to be safe: have it support TLS 1.2 or later.',
      ]
  }
  const code = socketCodeOf(cause)
  const isTls = code.startsWith('ERR_SSL') || code === 'EPROTO'
  return [
    isTls ? atFirst : 'transient',
    'imap.connect.failed',
    `The connection to ${where} failed (${code || printable(cause.message)}).`,
    'It is tried again. If it stays so, check host and port, and that no firewall is in the way.',
  ]
}

function notImap(found: string, where: string): string {
  const speaker =
    found.startsWith('\x15\x03') || found.startsWith('\x16\x03')
      ? 'speaks TLS from the first byte (use imaps://)'
      : found.startsWith('HTTP/')
        ? 'is a web server'
        : found.startsWith('+OK')
          ? 'is a POP3 server'
          : /^220[ -]/.test(found)
            ? 'is a mail or file transfer server, but not for IMAP'
            : found.startsWith('SSH-')
              ? 'is an SSH server'
              : 'is no IMAP server'
  return `What answers at ${where} ${speaker}.`
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} seconds`
}
