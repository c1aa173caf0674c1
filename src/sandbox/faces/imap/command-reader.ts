import { Buffer } from 'node:buffer'

/** A command's text, one character a byte, with the literals where they stood. */
export type CommandParts = readonly (string | Buffer)[]

/** What was read. */
export type ReadEvent =
  | { readonly type: 'command'; readonly parts: CommandParts }
  /** A literal is announced: `takeLiteral` or `skipLiteral` has to be called before anything more is read. */
  | { readonly type: 'literal'; readonly parts: CommandParts; readonly sizeBytes: number; readonly isSynchronizing: boolean }
  /** A line longer than may be; it is skipped. `start` is how it begins. */
  | { readonly type: 'too-long'; readonly start: string }

/** Exchange takes commands of 10 KB, literals not counted (jstedfast/MailKit #461; exchange.md 4.5). */
export const lineBytesMax = 10_239

/** How much of a line that is too long is told. */
const startCharacters = 100
const literalMark = /\{(\d{1,10})(\+?)\}$/
const lineFeed = 0x0a
const carriageReturn = 0x0d

interface OpenLiteral {
  /** Undefined when its bytes are thrown away. */
  readonly bytes: Buffer | undefined
  readonly sizeBytes: number
  filledBytes: number
}

/** Takes a client's bytes apart into commands and lines, however they were cut; keeps no more than one command. */
export class CommandReader {
  #data: Buffer = Buffer.alloc(0)
  #at = 0
  #parts: (string | Buffer)[] = []
  #announced: { readonly sizeBytes: number; readonly isSynchronizing: boolean } | undefined
  #literal: OpenLiteral | undefined
  #isSkippingLine = false
  /** The rest of a refused command is read and not given. */
  #isSkippingCommand = false

  /** Bytes that came and were not read yet. */
  get waitingBytes(): number {
    return this.#data.length - this.#at
  }

  push(chunk: Buffer): void {
    this.#data = this.#at === this.#data.length ? chunk : Buffer.concat([this.#data.subarray(this.#at), chunk])
    this.#at = 0
  }

  /** Throws away what came and was not read: what stood before TLS must not count after it (RFC 3501 section 6.2.1). */
  clear(): void {
    this.#data = Buffer.alloc(0)
    this.#at = 0
  }

  /** The next command or what has to be decided before it; undefined when more bytes are needed. */
  next(): ReadEvent | undefined {
    for (;;) {
      if (this.#literal !== undefined && !this.#fill(this.#literal)) return undefined
      const line = this.line()
      if (line === undefined) return this.#unended()
      if (line.length > lineBytesMax) return this.#tooLong(line.slice(0, startCharacters))
      const mark = line.endsWith('}') ? literalMark.exec(line) : null
      if (this.#isSkippingCommand) {
        if (mark?.[2] === '+') this.#literal = { bytes: undefined, sizeBytes: Number(mark[1]), filledBytes: 0 }
        else this.#isSkippingCommand = false
        continue
      }
      if (mark === null) {
        const parts = [...this.#parts, line]
        this.#parts = []
        return { type: 'command', parts }
      }
      this.#parts.push(line.slice(0, mark.index))
      this.#announced = { sizeBytes: Number(mark[1]), isSynchronizing: mark[2] !== '+' }
      return { type: 'literal', parts: this.#parts, ...this.#announced }
    }
  }

  /** The next line without its end, whatever it is; undefined when it has not come yet. */
  line(): string | undefined {
    const end = this.#data.indexOf(lineFeed, this.#at)
    if (end < 0) return undefined
    const from = this.#at
    this.#at = end + 1
    if (this.#isSkippingLine) {
      this.#isSkippingLine = false
      return this.line()
    }
    const last = end > from && this.#data[end - 1] === carriageReturn ? end - 1 : end
    return this.#data.toString('latin1', from, last)
  }

  /** Reads the announced literal into the command. */
  takeLiteral(): void {
    const { sizeBytes } = this.#announced!
    this.#announced = undefined
    this.#literal = { bytes: Buffer.allocUnsafe(sizeBytes), sizeBytes, filledBytes: 0 }
  }

  /** Gives the command up: one that has not been sent is not waited for, one that is under way is thrown away. */
  skipLiteral(): void {
    const { sizeBytes, isSynchronizing } = this.#announced!
    this.#announced = undefined
    this.#parts = []
    if (isSynchronizing) return
    this.#literal = { bytes: undefined, sizeBytes, filledBytes: 0 }
    this.#isSkippingCommand = true
  }

  #fill(literal: OpenLiteral): boolean {
    const from = this.#at
    const taken = Math.min(literal.sizeBytes - literal.filledBytes, this.#data.length - from)
    if (literal.bytes !== undefined) this.#data.copy(literal.bytes, literal.filledBytes, from, from + taken)
    literal.filledBytes += taken
    this.#at += taken
    if (literal.filledBytes < literal.sizeBytes) return false
    if (literal.bytes !== undefined) this.#parts.push(literal.bytes)
    this.#literal = undefined
    return true
  }

  /** What has come of a line without its end: too much of it is thrown away, and the rest of it when it comes. */
  #unended(): ReadEvent | undefined {
    if (this.waitingBytes <= lineBytesMax) return undefined
    const isFirst = !this.#isSkippingLine
    const start = this.#data.toString('latin1', this.#at, this.#at + startCharacters)
    this.#isSkippingLine = true
    this.clear()
    return isFirst ? this.#tooLong(start) : undefined
  }

  #tooLong(lineStart: string): ReadEvent {
    const start = String(this.#parts[0] ?? lineStart)
    this.#parts = []
    return { type: 'too-long', start }
  }
}
