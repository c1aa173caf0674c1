import { MigrationError } from '../../../core/errors.ts'
import { garbage } from './garbage.ts'

/** How much a server may make us hold. */
export interface WireLimits {
  /** Text of one response without its literals. */
  readonly textBytesMax: number
  /** The same for answers that grow with the folder: SEARCH, ESEARCH, SORT, VANISHED, FLAGS, and their like. */
  readonly listTextBytesMax: number
  /** One literal that nobody takes as a stream. */
  readonly literalBytesMax: number
  /** All such literals of one response. */
  readonly literalsBytesMax: number
}

/** Limits that fit every server known; a FLAGS or SEARCH answer about four million messages is within them. */
export const wireLimitsDefault: WireLimits = {
  textBytesMax: 1024 * 1024,
  listTextBytesMax: 32 * 1024 * 1024,
  literalBytesMax: 256 * 1024,
  literalsBytesMax: 1024 * 1024,
}

/** Takes the bytes of one literal as they arrive. They are only lent: the taker copies what it keeps. */
export interface LiteralTaker {
  takeLiteral(bytes: Uint8Array): void
  endLiteral(): void
}

/** Where responses go. Text is a byte string: one character per byte, so that nothing is lost and nothing is decoded twice. */
export interface ResponseHandler {
  /**
   * Asked once for each literal of an untagged response, with all text up to and including its `{size}`. Without a taker
   * the literal is collected, up to the limits. `endLiteral` is called for an empty literal, too.
   */
  onLiteral(text: string, sizeBytes: number): LiteralTaker | undefined
  /**
   * A whole response without its line end. In `text` each literal stands as `{size}` and a line feed, which cannot occur
   * otherwise; `literals` holds them in order, empty where a taker had them.
   */
  onResponse(text: string, literals: readonly Uint8Array[]): void
}

const lineFeed = 10
const carriageReturn = 13
const closingBrace = 125
const none: readonly Uint8Array[] = []
const empty = new Uint8Array(0)

/** Ends in human-readable text, where a brace at the end means nothing. */
const statusLine = /^(?:\* (?:OK|NO|BAD|BYE|PREAUTH)(?: |$)|(?!\* ))/i
const literalSize = /\{(\d{1,15})\}$/
const listLine = /^\* (?:SEARCH|ESEARCH|SORT|THREAD|VANISHED|FLAGS|OK \[PERMANENTFLAGS) /i

/**
 * Cuts a byte stream into responses (RFC 9051 section 9), whatever way it was split. Bytes pushed are only
 * lent. Holds at most the limits; throws `imap.protocol.garbage` or
 * `imap.protocol.literal-too-large` when they are passed, and is then of no further use.
 */
export class ResponseReader {
  readonly #handler: ResponseHandler
  readonly #limits: WireLimits
  /** The unfinished line. */
  #pieces: Uint8Array[] = []
  #piecesBytes = 0
  /** The lines of the unfinished response, up to its last literal. */
  #text = ''
  #literals: Uint8Array[] = []
  #literalsBytes = 0
  #missingBytes = 0
  #taker: LiteralTaker | undefined
  #collecting: Buffer = Buffer.alloc(0)
  #isStopped = false

  constructor(handler: ResponseHandler, limits: WireLimits = wireLimitsDefault) {
    this.#handler = handler
    this.#limits = limits
  }

  /** True between responses: the stream may end or change its encoding here. */
  get isBetweenResponses(): boolean {
    return this.#text === '' && this.#piecesBytes === 0 && this.#missingBytes === 0
  }

  /** Called from within a handler: the rest of the chunk is not read but returned by `push`. */
  stop(): void {
    this.#isStopped = true
  }

  /** Reads on; returns what is left of the chunk after `stop`. */
  push(chunk: Buffer): Buffer | undefined {
    const end = chunk.length
    let at = 0
    this.#isStopped = false
    while (at < end && !this.#isStopped) {
      if (this.#missingBytes > 0) {
        at = this.#pushLiteral(chunk, at)
        continue
      }
      const lineEnd = chunk.indexOf(lineFeed, at)
      if (lineEnd < 0) {
        this.#keep(chunk.subarray(at))
        return undefined
      }
      const line = this.#piecesBytes === 0 ? textUntil(chunk, at, lineEnd) : this.#joined(chunk.subarray(at, lineEnd))
      at = lineEnd + 1
      this.#pushLine(line)
    }
    return at < end ? chunk.subarray(at) : undefined
  }

  #keep(piece: Uint8Array): void {
    this.#pieces.push(Buffer.from(piece))
    this.#piecesBytes += piece.length
    const seen = this.#text.length + this.#piecesBytes
    if (seen > this.#limits.textBytesMax) this.#refuseTooLong(seen, this.#text || this.#firstText())
  }

  #firstText(): string {
    return Buffer.concat(this.#pieces.slice(0, 2)).toString('latin1', 0, 40)
  }

  #refuseTooLong(bytes: number, start: string): void {
    const bytesMax = listLine.test(start.slice(0, 40)) ? this.#limits.listTextBytesMax : this.#limits.textBytesMax
    if (bytes > bytesMax) throw garbage(`a line of more than ${bytesMax} bytes`)
  }

  #joined(last: Uint8Array): string {
    this.#pieces.push(last)
    const whole = Buffer.concat(this.#pieces)
    this.#pieces = []
    this.#piecesBytes = 0
    return textUntil(whole, 0, whole.length)
  }

  #pushLine(line: string): void {
    const isFirst = this.#text === ''
    const bytes = this.#text.length + line.length
    if (bytes > this.#limits.textBytesMax) this.#refuseTooLong(bytes, isFirst ? line : this.#text)
    if (line.charCodeAt(line.length - 1) === closingBrace && !(isFirst && statusLine.test(line))) {
      const size = literalSize.exec(line)
      if (size !== null) {
        this.#beginLiteral(isFirst ? line : this.#text + line, Number(size[1]))
        return
      }
    }
    if (isFirst) {
      this.#handler.onResponse(line, none)
      return
    }
    const text = this.#text + line
    const literals = this.#literals
    this.#text = ''
    this.#literals = []
    this.#literalsBytes = 0
    this.#handler.onResponse(text, literals)
  }

  #beginLiteral(text: string, sizeBytes: number): void {
    this.#text = `${text}\n`
    this.#taker = this.#handler.onLiteral(text, sizeBytes)
    if (this.#taker === undefined) {
      this.#literalsBytes += sizeBytes
      if (sizeBytes > this.#limits.literalBytesMax || this.#literalsBytes > this.#limits.literalsBytesMax) {
        throw literalTooLarge(sizeBytes)
      }
      this.#collecting = Buffer.allocUnsafe(sizeBytes)
      this.#literals.push(this.#collecting)
    } else {
      this.#literals.push(empty)
      if (sizeBytes === 0) this.#taker.endLiteral()
    }
    this.#missingBytes = sizeBytes
  }

  #pushLiteral(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#missingBytes)
    const taker = this.#taker
    const bytes = at === 0 && end === chunk.length ? chunk : chunk.subarray(at, end)
    if (taker === undefined) this.#collecting.set(bytes, this.#collecting.length - this.#missingBytes)
    else taker.takeLiteral(bytes)
    this.#missingBytes -= end - at
    if (this.#missingBytes === 0 && taker !== undefined) taker.endLiteral()
    return end
  }
}

function textUntil(bytes: Buffer, start: number, end: number): string {
  return bytes.toString('latin1', start, end > start && bytes[end - 1] === carriageReturn ? end - 1 : end)
}

function literalTooLarge(sizeBytes: number): MigrationError {
  return new MigrationError('transient', 'imap.protocol.literal-too-large', {
    message: `The server sent a text of ${sizeBytes} bytes where a short one belongs.`,
    hint: 'A folder name or a header of this size is not usable; look at the folder with a mail program.',
  })
}
