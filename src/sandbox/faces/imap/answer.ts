import { Buffer } from 'node:buffer'

/** What a command is answered with, before it is sent. Text has one character a byte. */
export class Answer {
  #pieces: (string | Buffer)[] = []
  #text = ''
  #sizeBytes = 0
  #firstLiteral: { readonly startByte: number; readonly sizeBytes: number } | undefined

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  get hasLiteral(): boolean {
    return this.#firstLiteral !== undefined
  }

  text(text: string): this {
    this.#text += text
    this.#sizeBytes += text.length
    return this
  }

  /** An untagged response. */
  untagged(text: string): this {
    return this.text(`* ${text}\r\n`)
  }

  literal(bytes: Buffer): this {
    this.text(`{${bytes.length}}\r\n`)
    this.#firstLiteral ??= { startByte: this.#sizeBytes, sizeBytes: bytes.length }
    if (bytes.length < copiedBytesMax) return this.text(bytes.toString('latin1'))
    this.#pieces.push(this.#text, bytes)
    this.#text = ''
    this.#sizeBytes += bytes.length
    return this
  }

  /** Everything up to now as bytes; the answer is empty afterwards, and remembers whether a literal was in it. */
  take(): readonly Buffer[] {
    const pieces = [...this.#pieces, this.#text].filter((piece) => piece.length > 0)
    this.#pieces = []
    this.#text = ''
    this.#sizeBytes = 0
    return pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece))
  }

  /** What is left when the connection breaks within the first literal, after this share of it. */
  takeUntilWithinLiteral(keptShare: number): Buffer {
    const { startByte, sizeBytes } = this.#firstLiteral ?? { startByte: this.#sizeBytes, sizeBytes: 0 }
    return Buffer.concat(this.take()).subarray(0, startByte + Math.floor(sizeBytes * keptShare))
  }
}

/** Below this a copy costs less than a piece of its own. */
const copiedBytesMax = 16 * 1024
