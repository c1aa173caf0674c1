import { describe, expect, it } from 'vitest'
import { httpError } from '../../../src/connectors/kit/http/http-errors.ts'
import type { HttpFailure } from '../../../src/connectors/kit/http/http-failure.ts'

const socket = (code: string, wasSent = false, message = ''): HttpFailure => ({
  type: 'socket',
  wasSent,
  cause: Object.assign(new Error(message), code === '' ? {} : { code }),
})

/** A failure, what it must become when nothing has answered at the place yet, and what when something has. */
const rows: readonly (readonly [name: string, failure: HttpFailure, code: string, atFirst: string, later: string])[] = [
  ['nothing listens', socket('ECONNREFUSED'), 'http.connect.refused', 'config', 'transient'],
  ['no such host', socket('ENOTFOUND'), 'http.connect.unknown-host', 'config', 'transient'],
  ['no name service', socket('EAI_AGAIN'), 'http.connect.unknown-host', 'config', 'transient'],
  ['no way', socket('EHOSTUNREACH'), 'http.connect.unreachable', 'config', 'transient'],
  ['no network', socket('ENETUNREACH'), 'http.connect.unreachable', 'config', 'transient'],
  ['the system gave up', socket('ETIMEDOUT'), 'http.connect.timeout', 'config', 'transient'],
  ['too slow', { type: 'connect-timeout', timeoutMs: 20_000 }, 'http.connect.timeout', 'config', 'transient'],
  ['reset while connecting', socket('ECONNRESET'), 'http.connect.failed', 'transient', 'transient'],
  ['something else', socket(''), 'http.connect.failed', 'transient', 'transient'],
  ['self-signed', socket('DEPTH_ZERO_SELF_SIGNED_CERT'), 'http.tls.certificate-self-signed', 'config', 'config'],
  ['unknown authority', socket('UNABLE_TO_GET_ISSUER_CERT_LOCALLY'), 'http.tls.certificate-unknown-authority', 'config', 'config'],
  ['incomplete chain', socket('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'http.tls.certificate-unknown-authority', 'config', 'config'],
  ['expired', socket('CERT_HAS_EXPIRED'), 'http.tls.certificate-expired', 'config', 'config'],
  ['another host', socket('ERR_TLS_CERT_ALTNAME_INVALID'), 'http.tls.certificate-wrong-host', 'config', 'config'],
  ['no TLS', socket('EPROTO', false, 'SSL routines:ssl3_get_record:wrong version number'), 'http.tls.not-tls', 'config', 'config'],
  ['old TLS', socket('EPROTO', false, 'SSL routines:tls_process:unsupported protocol'), 'http.tls.no-agreement', 'config', 'config'],
  ['reset after sending', socket('ECONNRESET', true), 'http.connection.lost', 'transient', 'transient'],
  ['broken pipe', socket('EPIPE', true), 'http.connection.lost', 'transient', 'transient'],
  ['silence', { type: 'silence', timeoutMs: 100_000 }, 'http.connection.silent', 'transient', 'transient'],
  ['cut short', { type: 'cut-short' }, 'http.answer.cut-short', 'transient', 'transient'],
  ['too large', { type: 'too-large', bytesMax: 1000 }, 'http.answer.too-large', 'item', 'item'],
  ['no HTTP', { type: 'not-http', cause: new Error('Parse Error') }, 'http.connect.not-http', 'config', 'transient'],
  ['closed here', { type: 'closed' }, 'http.connection.closed', 'transient', 'transient'],
]

describe('a failed exchange', () => {
  it.each(rows)('%s', (_, failure, code, atFirst, later) => {
    const place = { host: 'graph.example', port: 443, isSecure: true }
    const [first, second] = [false, true].map((wasReached) => httpError(failure, { ...place, wasReached }))
    expect([first?.code, first?.kind, second?.code, second?.kind]).toEqual([code, atFirst, code, later])
    expect(first?.message).toContain('graph.example:443')
    expect(first?.message).toMatch(/^[^.].*\.$/s)
  })
})
