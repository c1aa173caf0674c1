import type { SandboxClock } from '../../clock.ts'
import type { SigningKeys } from '../../tokens/signing-keys.ts'
import { type ImportSession, readImportSession } from './import-session.ts'

/** Verifying a signature costs as much as storing a small item: a token is taken for verified for so long. */
const verifiedMs = 1000
const verifiedMax = 1024

/** The sessions that import URLs are used with: read from their tokens, and ended before their time. */
export class ImportSessions {
  readonly #keys: SigningKeys
  readonly #clock: SandboxClock
  readonly #verified = new Map<string, { readonly session: ImportSession; readonly untilMs: number }>()
  /** Ended sessions, until they would have expired. */
  readonly #ended = new Map<string, number>()

  constructor(keys: SigningKeys, clock: SandboxClock) {
    this.#keys = keys
    this.#clock = clock
  }

  /** The session of a token, or why there is none. */
  read(token: string): ImportSession | 'expired' | 'invalid' {
    const nowMs = this.#clock.nowMs()
    const known = this.#verified.get(token)
    if (known !== undefined && nowMs <= known.untilMs && nowMs < known.session.expiresAtMs)
      return this.#unlessEnded(known.session)
    const session = readImportSession(token, this.#keys, this.#clock)
    if (typeof session === 'string') return session === 'expired' ? session : 'invalid'
    if (this.#verified.size >= verifiedMax) this.#verified.clear()
    this.#verified.set(token, { session, untilMs: nowMs + verifiedMs })
    return this.#unlessEnded(session)
  }

  /** Refuses a session from now on. */
  end({ id, expiresAtMs }: ImportSession): void {
    const nowMs = this.#clock.nowMs()
    for (const [other, otherExpiresAtMs] of this.#ended) if (otherExpiresAtMs <= nowMs) this.#ended.delete(other)
    this.#ended.set(id, expiresAtMs)
  }

  #unlessEnded(session: ImportSession): ImportSession | 'invalid' {
    return this.#ended.has(session.id) ? 'invalid' : session
  }
}
