import type { SandboxClock } from '../../clock.ts'
import type { SigningKeys } from '../../tokens/signing-keys.ts'
import { type ImportSession, type ImportUrlRefusal, readImportUrl } from './import-session.ts'

/** Verifying a signature costs as much as storing a small item: a URL is taken for verified for so long. */
const verifiedMs = 1000
const verifiedMax = 1024

/** The sessions that import URLs are used with: read from the URLs, and ended before their time. */
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

  /** The session of an import URL, or why there is none. */
  read(url: string): ImportSession | ImportUrlRefusal {
    const nowMs = this.#clock.nowMs()
    const known = this.#verified.get(url)
    if (known !== undefined && nowMs <= known.untilMs && nowMs < known.session.expiresAtMs)
      return this.#unlessEnded(known.session)
    const session = readImportUrl(url, this.#keys, this.#clock)
    if (typeof session === 'string') return session
    if (this.#verified.size >= verifiedMax) this.#verified.clear()
    this.#verified.set(url, { session, untilMs: nowMs + verifiedMs })
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
