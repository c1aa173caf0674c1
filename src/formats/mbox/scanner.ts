import { Buffer } from 'node:buffer'
import { findHeaderEnd } from '../header-end.ts'
import { headBytesMax } from '../message-description.ts'
import { fromLineBytesMax, parseFromLine, type FromLine } from './from-line.ts'
import { readMboxHeaderFacts, type MboxHeaderFacts } from './status-headers.ts'

/** Bytes that can be read anywhere: a file, or a buffer in tests. */
export interface ByteSource {
  readonly sizeBytes: number
  /** Fewer bytes only at the end. */
  read(position: number, lengthBytes: number): Promise<Uint8Array>
}

/** How an mbox is to be read. */
export interface ScanOptions {
  /** Whether `Content-Length` is believed where it leads to the next message or the end. */
  readonly usesContentLength: boolean
  /** The length of a message that is known from elsewhere; believed on the same condition. */
  knownBytes?(offset: number, fromLine: string): number | undefined
}

/** One message of an mbox, by its place. Offsets count from the beginning of the file. */
export interface MboxMessage {
  /** Of the From_ line. */
  readonly offset: number
  /** Without its line end; bytes, one character each. */
  readonly fromLine: string
  readonly from: FromLine
  /** Of the content: what stands between the From_ line and the empty line before the next one. */
  readonly start: number
  readonly end: number
  readonly header: MboxHeaderFacts
  /** The first bytes of the content. */
  readonly head: Uint8Array
  /** The file ends within it: a length proves it, or the last line is not whole though messages came before. */
  readonly isCut: boolean
}

const windowBytes = 256 * 1024
const restBytesMin = 4 * 1024
const lf = 0x0a
const separatorMark = Buffer.from('\nFrom ', 'latin1')

/** Undefined when the bytes do not begin with a From_ line; 0 messages are an empty file. */
export async function findFirstFromLine(source: ByteSource): Promise<number | undefined> {
  const head = Buffer.from(await source.read(0, Math.min(1024, source.sizeBytes))).toString('latin1')
  const skipped = /^(?:\xef\xbb\xbf)?[\r\n]*/.exec(head)![0].length
  if (skipped === source.sizeBytes) return source.sizeBytes
  const lineEnd = head.indexOf('\n', skipped)
  const line = head.slice(skipped, lineEnd < 0 ? head.length : lineEnd).trimEnd()
  return parseFromLine(line) === undefined ? undefined : skipped
}

/**
 * Finds the messages of an mbox (mboxo, mboxrd, mboxcl, mboxcl2; LF or CRLF) in order, reading 256 KiB at a time;
 * nothing of a body is kept. Text in a body that looks like a From_ line is told from one by its form, the empty line
 * before and the header line after it. Gives nothing when the bytes are no mbox (`findFirstFromLine`).
 */
export async function* scanMbox(source: ByteSource, options: ScanOptions): AsyncGenerator<MboxMessage> {
  const first = await findFirstFromLine(source)
  if (first !== undefined) yield* new MboxScan(source, options, first).messages()
}

class MboxScan {
  readonly #source: ByteSource
  readonly #options: ScanOptions
  readonly #first: number
  #window: Buffer = Buffer.alloc(0)
  #windowStart = 0
  #allowsBare = false
  /** Messages so far whose `Content-Length` led to the next one. */
  #lengthsHeld = 0

  constructor(source: ByteSource, options: ScanOptions, first: number) {
    this.#source = source
    this.#options = options
    this.#first = first
  }

  async *messages(): AsyncGenerator<MboxMessage> {
    for (let offset = this.#first; offset < this.#source.sizeBytes;) {
      const line = await this.#lineAt(offset)
      const from = parseFromLine(line.text)
      if (from === undefined) throw new Error('an mbox separator is not where it was found')
      if (offset === this.#first) this.#allowsBare = from.form === 'bare'
      const { next, ...message } = await this.#messageFrom(offset, line, from)
      yield message
      offset = next
    }
  }

  async #messageFrom(offset: number, line: Line, from: FromLine): Promise<MboxMessage & { readonly next: number }> {
    const start = line.next
    // What follows the first separator is another message's, and looking through it for a header would be in vain.
    const near = Math.min(start + headBytesMax, this.#source.sizeBytes)
    const separator = await this.#findSeparator(start, near)
    const lookedAt = await this.#peek(start, (separator ?? near) - start)
    const bodyOffset = findHeaderEnd(lookedAt)?.bodyStart
    const header = readMboxHeaderFacts(lookedAt.subarray(0, bodyOffset))
    const bodyStart = bodyOffset === undefined ? undefined : start + bodyOffset
    const facts = { offset, fromLine: line.text, start, bodyStart, bodyBytes: header.bodyBytes }
    const place = await this.#findEnd(facts, separator, near)
    const head =
      place.end > start + lookedAt.length && lookedAt.length < headBytesMax
        ? await this.#peek(start, Math.min(headBytesMax, place.end - start))
        : lookedAt.subarray(0, place.end - start)
    return { offset, fromLine: line.text, from, start, header, head, ...place }
  }

  /** `separator`: the first From_ line before `near`, if any. */
  async #findEnd(facts: MessageFacts, separator: number | undefined, near: number): Promise<Place> {
    const { start, bodyStart, bodyBytes } = facts
    const known = this.#options.knownBytes?.(facts.offset, facts.fromLine)
    if (known !== undefined) {
      const next = await this.#boundaryAfter(start + known)
      if (next !== undefined) return { end: start + known, next, isCut: false }
    }
    if (bodyStart !== undefined && bodyBytes !== undefined && this.#options.usesContentLength) {
      const next = await this.#boundaryAfter(bodyStart + bodyBytes)
      if (next !== undefined) {
        this.#lengthsHeld++
        return { end: bodyStart + bodyBytes, next, isCut: false }
      }
    }
    // Back by what may be the beginning of a separator.
    const from = Math.max(start, near - separatorMark.length)
    const end = separator ?? (await this.#findSeparator(from, this.#source.sizeBytes))
    if (end !== undefined) return await this.#placeBefore(end, facts)
    const place = await this.#placeBefore(this.#source.sizeBytes, facts)
    return { ...place, isCut: await this.#isCut(known, facts) }
  }

  /** Of the last message, when nothing said where it ends. */
  async #isCut(known: number | undefined, facts: MessageFacts): Promise<boolean> {
    const { sizeBytes } = this.#source
    const isWholeLine = (await this.#peek(sizeBytes - 1, 1))[0] === lf
    if (known !== undefined && facts.start + known > sizeBytes) return true
    const { bodyStart, bodyBytes } = facts
    const claimsMore =
      this.#options.usesContentLength && bodyBytes !== undefined && (bodyStart ?? sizeBytes) + bodyBytes > sizeBytes
    if (claimsMore && (this.#lengthsHeld > 0 || !isWholeLine)) return true
    return !isWholeLine && facts.offset > this.#first
  }

  /** The content before a separator or the end of the file, less the empty line that belongs to the mbox. */
  async #placeBefore(separator: number, facts: MessageFacts): Promise<Place> {
    const { start, bodyStart } = facts
    const tailStart = Math.max(start, separator - 4)
    const tail = (await this.#peek(tailStart, separator - tailStart)).toString('latin1')
    const end = separator - (/\n(\r?\n)$/.exec(tail)?.[1]?.length ?? 0)
    // The empty line that ends a header is the message's own.
    const isOfHeader = end < (bodyStart ?? separator)
    return { end: isOfHeader ? separator : end, next: separator, isCut: false }
  }

  /** Where the next message begins, if one may end at `end`: at the file's end, or before up to two line ends. */
  async #boundaryAfter(end: number): Promise<number | undefined> {
    const { sizeBytes } = this.#source
    if (end > sizeBytes || end < 1) return undefined
    const view = await this.#peek(end - 1, 5)
    const after = view.subarray(1).toString('latin1')
    const lineEnds = /^(?:\r?\n){0,2}/.exec(after)![0].length
    const next = end + lineEnds
    if (next >= sizeBytes) return sizeBytes
    const isLineStart = lineEnds > 0 || view[0] === lf
    return isLineStart && (await this.#isSeparator(next, true)) ? next : undefined
  }

  /** The first From_ line that begins after `from` and at or before `limit`. */
  async #findSeparator(from: number, limit: number): Promise<number | undefined> {
    if (from === limit) return undefined
    for (let position = from; position < limit;) {
      const view = await this.#rest(position)
      if (view.length < separatorMark.length) return undefined
      const found = view.indexOf(separatorMark)
      if (found < 0) {
        position += view.length - separatorMark.length + 1
        continue
      }
      const candidate = position + found + 1
      if (candidate > limit) return undefined
      if (await this.#isSeparator(candidate, false)) return candidate
      position = candidate
    }
    return undefined
  }

  /** `isExpected`: a length led here, so that nothing but the line itself need speak for it. */
  async #isSeparator(position: number, isExpected: boolean): Promise<boolean> {
    const line = await this.#lineAt(position)
    const from = parseFromLine(line.text)
    if (from === undefined || (from.form === 'bare' && !this.#allowsBare)) return false
    if (isExpected) return true
    const before = (await this.#peek(Math.max(0, position - 3), Math.min(3, position))).toString('latin1')
    const hasEmptyLine = /\n\r?\n$/.test(before)
    if (from.form === 'dated' && hasEmptyLine) return true
    const after = (await this.#peek(line.next, 128)).toString('latin1')
    const hasHeader = /^[!-9;-~]{1,100}[ \t]*:/.test(after)
    // Some exporters write "From - " without an empty line before it; nobody writes that into a text.
    return hasHeader && (from.form === 'dated' || hasEmptyLine || line.text.trimEnd() === 'From -')
  }

  async #lineAt(position: number): Promise<Line> {
    const view = await this.#peek(position, fromLineBytesMax + 2)
    const at = view.indexOf(lf)
    const text = view.toString('latin1', 0, at < 0 ? view.length : at).replace(/\r+$/, '')
    return { text, next: position + (at < 0 ? view.length : at + 1) }
  }

  /** Up to `lengthBytes` at `position`. */
  async #peek(position: number, lengthBytes: number): Promise<Buffer> {
    const wanted = Math.max(0, Math.min(lengthBytes, this.#source.sizeBytes - position))
    const isInside = position >= this.#windowStart && position + wanted <= this.#windowStart + this.#window.length
    if (!isInside) await this.#moveWindow(position, wanted)
    const start = position - this.#windowStart
    return this.#window.subarray(start, start + wanted)
  }

  /** What is at hand from `position` on; at least 4 KiB, where there are as many. */
  async #rest(position: number): Promise<Buffer> {
    await this.#peek(position, restBytesMin)
    return this.#window.subarray(position - this.#windowStart)
  }

  /** Keeps a little of what comes before, which is looked at again for each separator. */
  async #moveWindow(position: number, wantedBytes: number): Promise<void> {
    this.#windowStart = Math.max(0, position - 64)
    const lengthBytes = Math.max(windowBytes, wantedBytes + 64)
    const bytes = await this.#source.read(this.#windowStart, lengthBytes)
    this.#window = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
}

interface Line {
  readonly text: string
  readonly next: number
}

interface MessageFacts {
  readonly offset: number
  readonly fromLine: string
  readonly start: number
  readonly bodyStart: number | undefined
  readonly bodyBytes: number | undefined
}

interface Place {
  readonly end: number
  readonly next: number
  readonly isCut: boolean
}
