/** What the end of a line announces: `{12}` waits for a continuation when a client sends it, `{12+}` does not. */
export interface AnnouncedLiteral {
  readonly sizeBytes: number
  readonly waits: boolean
}

/** Who receives the pieces of a stream. */
export interface ImapLinesHandlers {
  /**
   * A line without its end, one character per byte. The answer says what follows an announced literal: the literal's
   * bytes, or another line, because the literal was refused.
   */
  onLine(line: string, announced: AnnouncedLiteral | undefined): 'literal' | 'line'
  /** A piece of a literal; an empty literal is one empty last piece. The bytes are only lent. */
  onLiteral(bytes: Buffer, isLast: boolean): void
}

const lineLengthMax = 10 * 1024 * 1024

/** Cuts one direction of an IMAP connection into lines and literals. Literals are never collected. */
export class ImapLines {
  readonly #handlers: ImapLinesHandlers
  #rest: Buffer = Buffer.alloc(0)
  #literalBytesLeft = 0
  /** A literal was announced that waits for a continuation, and none of its bytes came yet. */
  #mayBeRefused = false

  constructor(handlers: ImapLinesHandlers) {
    this.#handlers = handlers
  }

  /** Takes the next bytes of the stream. Throws when a line is longer than any sane one. */
  push(chunk: Buffer): void {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    this.#rest = Buffer.alloc(0)
    while (bytes.length > 0) {
      if (this.#literalBytesLeft > 0) {
        const piece = bytes.subarray(0, this.#literalBytesLeft)
        this.#literalBytesLeft -= piece.length
        this.#mayBeRefused = false
        bytes = bytes.subarray(piece.length)
        this.#handlers.onLiteral(piece, this.#literalBytesLeft === 0)
        continue
      }
      const end = bytes.indexOf('\r\n')
      if (end < 0) {
        if (bytes.length > lineLengthMax) throw new Error('an IMAP line has no end')
        this.#rest = Buffer.from(bytes)
        return
      }
      this.#takeLine(bytes.toString('latin1', 0, end))
      bytes = bytes.subarray(end + 2)
    }
  }

  #takeLine(line: string): void {
    const found = /\{(\d+)(\+?)\}$/.exec(line)
    const announced = found ? { sizeBytes: Number(found[1]), waits: found[2] === '' } : undefined
    const next = this.#handlers.onLine(line, announced)
    if (!announced || next === 'line') return
    if (announced.sizeBytes === 0) this.#handlers.onLiteral(Buffer.alloc(0), true)
    this.#literalBytesLeft = announced.sizeBytes
    this.#mayBeRefused = announced.waits
  }

  /** The other side refused the literal that was announced last, so that a line follows; nothing when it has begun. */
  literalRefused(): void {
    if (this.#mayBeRefused) this.#literalBytesLeft = 0
    this.#mayBeRefused = false
  }
}
