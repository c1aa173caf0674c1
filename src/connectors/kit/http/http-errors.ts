import { type FailureKind, MigrationError } from '../../../core/errors.ts'
import { readConnectionFault, socketCodeOf } from '../connection-faults.ts'
import type { HttpFailure, HttpPlace } from './http-failure.ts'

type Reading = readonly [kind: FailureKind, code: string, message: string, hint: string]

const reach = 'Check the host, and that no firewall or proxy is in the way.'
const again = 'It is tried again.'

/**
 * The error a failed exchange stands for. What can only be a wrong setting is `config`; so is what usually is one, as long
 * as nothing has ever answered at the place. All else is `transient`, but an answer that is too large: `item`. Neither
 * path nor query is repeated, which may hold a token.
 */
export function httpError(failure: HttpFailure, place: HttpPlace): MigrationError {
  const [kind, code, message, hint] = read(failure, place)
  return new MigrationError(kind, code, { message, hint, cause: 'cause' in failure ? failure.cause : undefined })
}

function read(failure: HttpFailure, place: HttpPlace): Reading {
  const where = `${place.host}:${place.port}`
  const atFirst: FailureKind = place.wasReached ? 'transient' : 'config'
  switch (failure.type) {
    case 'socket':
      return failure.wasSent ? readLost(failure.cause, where) : readUnreached(failure.cause, where, atFirst)
    case 'connect-timeout':
      return [atFirst, 'http.connect.timeout', `There is no connection to ${where} within ${seconds(failure.timeoutMs)}.`, reach]
    case 'silence':
      return ['transient', 'http.connection.silent', `${where} has not answered for ${seconds(failure.timeoutMs)}.`, again]
    case 'cut-short':
      return ['transient', 'http.answer.cut-short', `An answer of ${where} ended before it was whole.`, again]
    case 'too-large':
      return [
        'item',
        'http.answer.too-large',
        `An answer of ${where} is larger than the ${failure.bytesMax} bytes that are taken.`,
        'What it holds cannot be carried over in this way.',
      ]
    case 'not-http':
      return [atFirst, 'http.connect.not-http', `What answers at ${where} does not speak HTTP.`, reach]
    case 'closed':
      return ['transient', 'http.connection.closed', `The connection to ${where} was closed by this program.`, 'Run it again.']
  }
}

function readLost(cause: Error, where: string): Reading {
  const reason = socketCodeOf(cause) || 'no reason given'
  return ['transient', 'http.connection.lost', `The connection to ${where} was lost before the answer (${reason}).`, again]
}

function readUnreached(cause: Error, where: string, atFirst: FailureKind): Reading {
  const fault = readConnectionFault(cause)
  switch (fault?.type) {
    case 'certificate':
      return [
        'config',
        `http.tls.certificate-${fault.name}`,
        `The certificate of ${where} ${fault.fault}.`,
        'If a proxy of your own stands in between, name the authority that signed it (--ca FILE).',
      ]
    case 'unreached':
      return [atFirst, `http.connect.${fault.name}`, `${fault.problem} ${where}.`, reach]
    case 'not-tls':
      return ['config', 'http.tls.not-tls', `What answers at ${where} does not speak TLS.`, 'Use http:// for it, or its port for HTTPS.']
    case 'no-agreement':
      return [
        'config',
        'http.tls.no-agreement',
        `${where} and this program have no version of TLS in common.`,
        'It is too old to be safe: have it support TLS 1.2 or later.',
      ]
  }
  const reason = socketCodeOf(cause) || 'no reason given'
  return ['transient', 'http.connect.failed', `The connection to ${where} failed (${reason}).`, again]
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} seconds`
}
