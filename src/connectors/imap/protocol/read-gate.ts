/** Above this, what consumers have not yet taken stops the reading, until they have taken half. */
const heldBytesMax = 512 * 1024

/** What the gate opens and closes. */
export interface Readable {
  pauseReading(): void
  resumeReading(): void
}

/**
 * Stops a connection whose consumers are slow. Bytes that nobody has taken are counted; the limit holds as long as nobody
 * waits. A consumer who waits while others' bytes lie here is served all the same, or both would wait for ever: a server
 * may answer two commands together.
 */
export class ReadGate {
  readonly #readable: Readable
  #heldBytes = 0
  #waiting = 0
  #isClosed = false

  constructor(readable: Readable) {
    this.#readable = readable
  }

  /** Counts bytes that were read and not taken. */
  hold(bytes: number): void {
    this.#heldBytes += bytes
    if (this.#heldBytes > heldBytesMax) this.#close()
  }

  /** Takes back what `hold` counted. */
  release(bytes: number): void {
    this.#heldBytes -= bytes
    if (this.#isClosed && this.#heldBytes <= heldBytesMax / 2) this.#open()
  }

  /** A consumer waits for bytes to come. */
  beginWait(): void {
    this.#waiting++
    if (this.#isClosed) this.#open()
  }

  endWait(): void {
    this.#waiting--
    if (this.#heldBytes > heldBytesMax) this.#close()
  }

  #close(): void {
    if (this.#isClosed || this.#waiting > 0) return
    this.#isClosed = true
    this.#readable.pauseReading()
  }

  #open(): void {
    this.#isClosed = false
    this.#readable.resumeReading()
  }
}
