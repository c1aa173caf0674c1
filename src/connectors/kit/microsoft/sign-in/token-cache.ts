import type { Clock } from '../../../../core/ports/context.ts'
import type { TokenAnswer } from './token-endpoint.ts'

/** A token is renewed so long before its end, or halfway when it lives shorter than twice that. */
const renewalMs = 5 * 60_000

/** Nobody waits longer for a token; who shares a request cannot end it for the others. */
const requestMsMax = 120_000

interface Slot {
  readonly token: string
  readonly renewAtMs: number
}

/** Tokens by what they are for: each is asked for once however many want it, and again shortly before it ends. */
export class TokenCache<Key> {
  readonly #clock: Pick<Clock, 'now'>
  readonly #request: (key: Key, signal: AbortSignal) => Promise<TokenAnswer>
  readonly #slots = new Map<Key, Slot>()
  readonly #pending = new Map<Key, Promise<string>>()

  constructor(clock: Pick<Clock, 'now'>, request: (key: Key, signal: AbortSignal) => Promise<TokenAnswer>) {
    this.#clock = clock
    this.#request = request
  }

  /** `TokenSource.token`. */
  async token(key: Key, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted()
    const slot = this.#slots.get(key)
    if (slot !== undefined && this.#clock.now() < slot.renewAtMs) return slot.token
    return unlessAborted(this.#pending.get(key) ?? this.#renew(key), signal)
  }

  /** `TokenSource.discard`. */
  discard(key: Key, token: string): void {
    if (this.#slots.get(key)?.token === token) this.#slots.delete(key)
  }

  /** Keeps a token that came in another way. */
  keep(key: Key, { accessToken, expiresAtMs }: TokenAnswer): void {
    const lifetimeMs = expiresAtMs - this.#clock.now()
    this.#slots.set(key, { token: accessToken, renewAtMs: expiresAtMs - Math.min(renewalMs, lifetimeMs / 2) })
  }

  /** Forgets every token. */
  clear(): void {
    this.#slots.clear()
  }

  #renew(key: Key): Promise<string> {
    const pending = this.#ask(key).finally(() => this.#pending.delete(key))
    this.#pending.set(key, pending)
    // Everybody who waits may have given up by then.
    pending.catch(() => undefined)
    return pending
  }

  async #ask(key: Key): Promise<string> {
    const answer = await this.#request(key, AbortSignal.timeout(requestMsMax))
    this.keep(key, answer)
    return answer.accessToken
  }
}

async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>()
  const abort = (): void => aborted.reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([promise, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
