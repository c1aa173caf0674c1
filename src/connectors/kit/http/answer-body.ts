/** Collects an answer's bytes up to a limit; one whose length was announced is copied once. */
export class AnswerBody {
  readonly #bytesMax: number
  readonly #whole: Buffer | undefined
  #chunks: Buffer[] = []
  #sizeBytes = 0

  constructor(announced: string | undefined, bytesMax: number) {
    this.#bytesMax = bytesMax
    const length = announced === undefined ? undefined : Number(announced)
    if (length !== undefined && length > bytesMax) this.#sizeBytes = length
    else if (length !== undefined && Number.isSafeInteger(length) && length >= 0) this.#whole = Buffer.allocUnsafe(length)
  }

  get isTooLarge(): boolean {
    return this.#sizeBytes > this.#bytesMax
  }

  add(chunk: Buffer): void {
    const at = this.#sizeBytes
    this.#sizeBytes += chunk.length
    if (this.isTooLarge) this.#chunks = []
    else if (this.#whole === undefined) this.#chunks.push(chunk)
    else chunk.copy(this.#whole, at)
  }

  /** The bytes that came; call it once. */
  take(): Uint8Array {
    return this.#whole?.subarray(0, this.#sizeBytes) ?? Buffer.concat(this.#chunks)
  }
}
