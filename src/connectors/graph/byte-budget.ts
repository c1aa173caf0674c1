/** Where bytes are taken before they are held in memory. */
export interface Room {
  /** Resolves when there is room; what it gives frees the room again, and may be called twice. Rejects with the signal's reason. */
  take(bytes: number, signal: AbortSignal): Promise<() => void>
}

/** Bytes in memory that several streams share; who wants more waits in line. */
export class ByteBudget implements Room {
  readonly #bytesMax: () => number
  #used = 0
  readonly #waiting: { readonly bytes: number; readonly go: () => void }[] = []

  /** `bytesMax` may change meanwhile; it counts for what is taken then. */
  constructor(bytesMax: () => number) {
    this.#bytesMax = bytesMax
  }

  /** Resolves when there is room, for more than all of it when nothing else is held; what it gives frees the room again. */
  async take(wanted: number, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    // Estimates are no whole numbers, and what is added and taken away of such does not come back to zero.
    const bytes = Math.ceil(wanted)
    if (this.#waiting.length > 0 || !this.#fits(bytes)) {
      const turn = Promise.withResolvers<void>()
      const one = { bytes, go: turn.resolve }
      const abort = (): void => {
        const at = this.#waiting.indexOf(one)
        // Let in a moment ago: it is given the room, and gives it back.
        if (at === -1) return
        this.#waiting.splice(at, 1)
        turn.reject(signal.reason)
        this.#admit()
      }
      this.#waiting.push(one)
      signal.addEventListener('abort', abort, { once: true })
      await turn.promise.finally(() => signal.removeEventListener('abort', abort))
    } else this.#used += bytes
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      this.#used -= bytes
      this.#admit()
    }
  }

  #admit(): void {
    for (let [next] = this.#waiting; next !== undefined && this.#fits(next.bytes); [next] = this.#waiting) {
      this.#waiting.shift()
      this.#used += next.bytes
      next.go()
    }
  }

  #fits(bytes: number): boolean {
    return this.#used === 0 || this.#used + bytes <= this.#bytesMax()
  }
}
