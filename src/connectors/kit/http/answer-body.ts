/** Below this, pieces are joined at the end. */
const expectedBytesMin = 256 * 1024

/**
 * Collects an answer's bytes up to a limit. One whose length was announced is copied once, and so is a long one that is no
 * longer than expected: memory that is set aside and not written takes no room.
 */
export class AnswerBody {
  readonly #bytesMax: number
  #whole: Buffer | undefined
  #chunks: Buffer[] = []
  #sizeBytes = 0

  constructor(announced: string | undefined, bytesMax: number, expectedBytes = 0) {
    this.#bytesMax = bytesMax
    const length = announced === undefined ? undefined : Number(announced)
    if (length !== undefined && length > bytesMax) this.#sizeBytes = length
    else if (length !== undefined && Number.isSafeInteger(length) && length >= 0) this.#whole = Buffer.allocUnsafe(length)
    else if (expectedBytes >= expectedBytesMin) this.#whole = Buffer.allocUnsafeSlow(Math.min(Math.ceil(expectedBytes), bytesMax))
  }

  get isTooLarge(): boolean {
    return this.#sizeBytes > this.#bytesMax
  }

  add(chunk: Buffer): void {
    const at = this.#sizeBytes
    this.#sizeBytes += chunk.length
    if (this.isTooLarge) this.#chunks = []
    else if (this.#whole === undefined || this.#sizeBytes > this.#whole.length) this.#chunks.push(chunk)
    else chunk.copy(this.#whole, at)
  }

  /** The bytes that came, which nobody then holds but the caller; call it once. */
  take(): Uint8Array {
    const chunks = this.#chunks
    const whole = this.#whole
    this.#chunks = []
    this.#whole = undefined
    if (whole === undefined) return Buffer.concat(chunks)
    const chunksBytes = chunks.reduce((sum, { length }) => sum + length, 0)
    const begun = whole.subarray(0, this.#sizeBytes - chunksBytes)
    return chunks.length === 0 ? begun : Buffer.concat([begun, ...chunks])
  }
}
