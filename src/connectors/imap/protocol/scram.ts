import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto'
import { MigrationError } from '../../../core/errors.ts'
import { garbage } from './garbage.ts'

/** RFC 7677 section 4 demands the lower bound; the upper keeps a hostile server from occupying us. */
const iterationsMin = 4096
const iterationsMax = 1_000_000

/** Who logs in, with what, and as whom. */
export interface ScramIdentity {
  readonly user: string
  readonly password: string
  /** The authorization identity: whose mailbox to open; empty for one's own. */
  readonly actAs?: string | undefined
}

/**
 * The client's half of SCRAM-SHA-256 (RFC 5802, RFC 7677) without channel binding. Messages are plain text, not base64.
 * Throws `imap.protocol.garbage` on messages that make no sense, and `imap.auth.server-unproven` from `verify` when the
 * server does not prove that it knows the password, too.
 */
export class ScramClient {
  readonly #identity: ScramIdentity
  readonly #nonce: string
  #authMessage = ''
  #saltedPassword = Buffer.alloc(0)
  #isVerified = false

  constructor(identity: ScramIdentity, nonce: string = randomBytes(18).toString('base64')) {
    this.#identity = identity
    this.#nonce = nonce
  }

  /** True once the server has proven itself. */
  get isVerified(): boolean {
    return this.#isVerified
  }

  /** client-first-message. */
  first(): string {
    return this.#header + this.#bareFirst
  }

  /** client-final-message, in answer to server-first-message. */
  final(serverFirst: string): string {
    const fields = parseFields(serverFirst)
    const nonce = fields.get('r')
    const salt = fields.get('s')
    const iterations = Number(fields.get('i'))
    if (nonce === undefined || salt === undefined || !nonce.startsWith(this.#nonce) || nonce === this.#nonce) {
      throw garbage('a SCRAM challenge that does not answer ours')
    }
    if (!Number.isInteger(iterations) || iterations < iterationsMin || iterations > iterationsMax) {
      throw garbage('a SCRAM challenge of too few or too many iterations')
    }
    const withoutProof = `c=${Buffer.from(this.#header).toString('base64')},r=${nonce}`
    this.#authMessage = `${this.#bareFirst},${serverFirst},${withoutProof}`
    const password = prepare(this.#identity.password)
    this.#saltedPassword = pbkdf2Sync(password, Buffer.from(salt, 'base64'), iterations, 32, 'sha256')
    const clientKey = hmac(this.#saltedPassword, 'Client Key')
    const signature = hmac(createHash('sha256').update(clientKey).digest(), this.#authMessage)
    const proof = clientKey.map((byte, index) => byte ^ (signature[index] as number))
    return `${withoutProof},p=${Buffer.from(proof).toString('base64')}`
  }

  /** Checks server-final-message; false when it is the server's refusal (`e=`), behind which a NO follows. */
  verify(serverFinal: string): boolean {
    const fields = parseFields(serverFinal)
    if (fields.has('e')) return false
    const given = Buffer.from(fields.get('v') ?? '', 'base64')
    const expected = hmac(hmac(this.#saltedPassword, 'Server Key'), this.#authMessage)
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw serverUnproven()
    this.#isVerified = true
    return true
  }

  get #header(): string {
    const { actAs } = this.#identity
    return actAs === undefined || actAs === '' ? 'n,,' : `n,a=${escapeName(actAs)},`
  }

  get #bareFirst(): string {
    return `n=${escapeName(this.#identity.user)},r=${this.#nonce}`
  }
}

/** The server has not shown that it knows the password: it may be somebody else. */
export function serverUnproven(): MigrationError {
  return new MigrationError('config', 'imap.auth.server-unproven', {
    message: 'The server accepted the login without proving that it knows the password.',
    hint: 'Something between here and the server may pretend to be it; check host and certificate.',
  })
}

function parseFields(message: string): Map<string, string> {
  return new Map(message.split(',').map((field) => [field.slice(0, field.indexOf('=')), field.slice(field.indexOf('=') + 1)]))
}

function escapeName(name: string): string {
  return prepare(name).replaceAll('=', '=3D').replaceAll(',', '=2C')
}

/** The parts of SASLprep (RFC 4013) that change anything for passwords people type. */
function prepare(text: string): string {
  return text
    .replace(/[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g, ' ')
    .replace(/[\u00ad\u200b-\u200c\u2060\ufeff]/g, '')
    .normalize('NFKC')
}

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
