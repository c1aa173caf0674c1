import type { SandboxClock } from '../../clock.ts'

/** So many entries are kept at most; the oldest go first. */
const entriesMax = 100_000

/** Values that are forgotten when their time has come: codes, tokens, ids that may not come again. */
export class ExpiringMap<T> {
  readonly #clock: SandboxClock
  readonly #entries = new Map<string, { readonly value: T; readonly expiresAtMs: number }>()

  constructor(clock: SandboxClock) {
    this.#clock = clock
  }

  /** The value, unless it was never set or has expired. */
  get(key: string): T | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    if (entry.expiresAtMs > this.#clock.nowMs()) return entry.value
    this.#entries.delete(key)
    return undefined
  }

  set(key: string, value: T, expiresAtMs: number): void {
    this.#entries.delete(key)
    this.#entries.set(key, { value, expiresAtMs })
    if (this.#entries.size <= entriesMax) return
    const nowMs = this.#clock.nowMs()
    for (const [name, entry] of this.#entries) if (entry.expiresAtMs <= nowMs) this.#entries.delete(name)
    for (const name of this.#entries.keys()) {
      if (this.#entries.size <= entriesMax) break
      this.#entries.delete(name)
    }
  }

  delete(key: string): void {
    this.#entries.delete(key)
  }
}
