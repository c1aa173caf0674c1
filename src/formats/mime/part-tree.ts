import { Buffer } from 'node:buffer'
import { HeaderBlock } from './header-block.ts'
import { mimeLimits } from './mime-limits.ts'
import { parseStructuredField } from './structured-field.ts'
import type { StructuredField } from './structured-field.ts'
import { decodeTransfer } from './transfer-decoding.ts'

/** One part of a message, by its place in the bytes: nothing is decoded or copied yet. */
export interface MimePart {
  readonly header: HeaderBlock
  /** Its media type is never empty: what is missing or malformed is `text/plain` (RFC 2045 section 5.2). */
  readonly contentType: StructuredField
  readonly bodyStart: number
  /** Before the line end that belongs to the delimiter after it. */
  readonly bodyEnd: number
  /** Of a multipart; empty for one that could not be taken apart, whose type is then `text/plain`. */
  readonly children: readonly MimePart[]
}

/** How many parts may still be made; shared by a message and those inside it. */
export interface PartBudget {
  partsLeft: number
}

/**
 * Takes a message apart (RFC 2046) in one pass over its bytes. Never throws and reads any bytes: a `From ` line and a
 * byte order mark in front are skipped, a line that is no field is skipped or begins the body, a multipart without a
 * closing delimiter ends where the outer one goes on, limits are those of `mimeLimits`.
 *
 * A parser of our own, since signed parts are kept byte for byte and that needs the place of each part in the bytes:
 * the libraries at hand flatten the tree, copy every part, are asynchronous, and the fastest of them takes as long for
 * parsing alone as the whole conversion may.
 */
export function parsePartTree(bytes: Buffer, budget: PartBudget): MimePart {
  return new PartParser(bytes, budget).parse()
}

interface Delimiter {
  /** Which open multipart it belongs to; -1 for the end of the message. */
  readonly level: number
  readonly isClose: boolean
  readonly start: number
  /** The first byte of the next line. */
  readonly next: number
}

interface OpenMultipart {
  readonly boundary: string
  readonly shadowed: number | undefined
}

const lineFeed = 0x0a
const carriageReturn = 0x0d
const dash = 0x2d
const newDelimiter = Buffer.from('\n--')
/** Of a line that could be a delimiter; boundaries of more than 70 characters are against RFC 2046 and occur. */
const delimiterCharactersMax = 10_000
const mediaType = /^[^\s/;"<>=]+\/[^\s/;"<>=]+$/

class PartParser {
  readonly #bytes: Buffer
  readonly #budget: PartBudget
  readonly #open: OpenMultipart[] = []
  readonly #levels = new Map<string, number>()
  /** What ended the part that was parsed last. */
  #ended: Delimiter

  constructor(bytes: Buffer, budget: PartBudget) {
    this.#bytes = bytes
    this.#budget = budget
    this.#ended = { level: -1, isClose: true, start: bytes.length, next: bytes.length }
  }

  parse(): MimePart {
    const bytes = this.#bytes
    let start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
    const first = bytes.toString('latin1', start, start + 6)
    if (first.startsWith('From ') || first === '>From ') start = this.#lineAfter(start)
    return this.#part(start, 'text/plain')
  }

  #part(start: number, defaultType: string): MimePart {
    this.#budget.partsLeft--
    const [headerEnd, afterHeader, ended] = this.#header(start)
    const whole = new HeaderBlock(this.#bytes.toString('latin1', start, headerEnd))
    const until = whole.lookedLikeHeaderUntil
    const isWhole = until === whole.text.length
    const header = isWhole ? whole : new HeaderBlock(whole.text.slice(0, until))
    const bodyStart = isWhole ? afterHeader : start + until
    const contentType = contentTypeOf(header, defaultType)
    if (ended !== undefined) {
      this.#ended = ended
      return {
        header,
        contentType: asLeaf(contentType),
        bodyStart,
        bodyEnd: this.#bodyEnd(bodyStart),
        children: [],
      }
    }
    const boundary = contentType.parameters.get('boundary')?.trimEnd() ?? ''
    const canSplit =
      contentType.value.startsWith('multipart/') && boundary !== '' && this.#open.length < mimeLimits.partDepthMax
    const children = canSplit ? this.#children(bodyStart, boundary, contentType.value) : []
    if (children.length === 0) this.#ended = this.#nextDelimiter(bodyStart)
    const type = children.length === 0 ? asLeaf(contentType) : contentType
    return { header, contentType: type, bodyStart, bodyEnd: this.#bodyEnd(bodyStart), children }
  }

  #children(bodyStart: number, boundary: string, type: string): readonly MimePart[] {
    const level = this.#open.length
    this.#open.push({ boundary, shadowed: this.#levels.get(boundary) })
    this.#levels.set(boundary, level)
    const children: MimePart[] = []
    const defaultType = type === 'multipart/digest' ? 'message/rfc822' : 'text/plain'
    let ended = this.#nextDelimiter(bodyStart)
    while (ended.level === level && !ended.isClose) {
      if (this.#budget.partsLeft <= 0) {
        ended = this.#restAsOnePart(ended, children)
        break
      }
      children.push(this.#part(ended.next, defaultType))
      ended = this.#ended
    }
    const { shadowed } = this.#open.pop()!
    if (shadowed === undefined) this.#levels.delete(boundary)
    else this.#levels.set(boundary, shadowed)
    // What comes after the closing delimiter belongs to nothing (RFC 2046 section 5.1.1).
    this.#ended = ended.level === level ? this.#nextDelimiter(ended.next) : ended
    return children
  }

  #restAsOnePart(from: Delimiter, children: MimePart[]): Delimiter {
    let ended = this.#nextDelimiter(from.next)
    if (ended.level !== from.level || ended.isClose) {
      // A single part is no more work than what stands for it, and what was written comes back the same.
      children.push(this.#part(from.next, 'text/plain'))
      return this.#ended
    }
    while (ended.level === from.level && !ended.isClose) ended = this.#nextDelimiter(ended.next)
    this.#ended = ended
    const contentType = {
      value: 'application/octet-stream',
      parameters: new Map<string, string>(),
    }
    children.push({
      header: new HeaderBlock(''),
      contentType,
      bodyStart: from.next,
      bodyEnd: this.#bodyEnd(from.next),
      children: [],
    })
    return ended
  }

  /** Where the header's lines end, where the body begins, and the delimiter if one came before the empty line. */
  #header(start: number): [headerEnd: number, bodyStart: number, ended: Delimiter | undefined] {
    const bytes = this.#bytes
    let at = start
    for (;;) {
      if (bytes[at] === dash && bytes[at + 1] === dash && this.#open.length > 0) {
        const ended = this.#delimiterAt(at)
        if (ended !== undefined) return [at, at, ended]
      }
      const end = bytes.indexOf(lineFeed, at)
      if (end < 0) return [bytes.length, bytes.length, undefined]
      let lineEnd = end
      while (lineEnd > at && bytes[lineEnd - 1] === carriageReturn) lineEnd--
      if (lineEnd === at) return [at, end + 1, undefined]
      if (end + 1 - start > mimeLimits.headerBytesMax) return at > start ? [at, at, undefined] : [start, start, undefined]
      at = end + 1
    }
  }

  #nextDelimiter(from: number): Delimiter {
    const bytes = this.#bytes
    const none = { level: -1, isClose: true, start: bytes.length, next: bytes.length }
    if (this.#open.length === 0) return none
    if (bytes[from] === dash && bytes[from + 1] === dash) {
      const found = this.#delimiterAt(from)
      if (found !== undefined) return found
    }
    for (let at = bytes.indexOf(newDelimiter, from); at >= 0; at = bytes.indexOf(newDelimiter, at + 1)) {
      const found = this.#delimiterAt(at + 1)
      if (found !== undefined) return found
    }
    return none
  }

  /** One look-up, however many multiparts are open. */
  #delimiterAt(start: number): Delimiter | undefined {
    const next = this.#lineAfter(start)
    if (next - start > delimiterCharactersMax) return undefined
    const line = this.#bytes.toString('latin1', start + 2, next).trimEnd()
    const level = this.#levels.get(line)
    if (level !== undefined) return { level, isClose: false, start, next }
    if (!line.endsWith('--')) return undefined
    const closed = this.#levels.get(line.slice(0, -2))
    return closed === undefined ? undefined : { level: closed, isClose: true, start, next }
  }

  #lineAfter(from: number): number {
    const end = this.#bytes.indexOf(lineFeed, from)
    return end < 0 ? this.#bytes.length : end + 1
  }

  #bodyEnd(bodyStart: number): number {
    let end = this.#ended.start
    if (this.#ended.level < 0) return end
    if (end > bodyStart && this.#bytes[end - 1] === lineFeed) end--
    if (end > bodyStart && this.#bytes[end - 1] === carriageReturn) end--
    return end
  }
}

/** The first one that can be read counts; boundaries are 8-bit text as the lines are. */
function contentTypeOf(header: HeaderBlock, defaultType: string): StructuredField {
  for (const value of header.all('content-type')) {
    const parsed = parseStructuredField(value)
    if (mediaType.test(parsed.value)) return parsed
    if (parsed.parameters.size > 0) {
      const isFile = parsed.parameters.has('name') && parsed.value !== 'text'
      return {
        value: isFile ? 'application/octet-stream' : defaultType,
        parameters: parsed.parameters,
      }
    }
  }
  return { value: defaultType, parameters: new Map() }
}

function asLeaf(contentType: StructuredField): StructuredField {
  return contentType.value.startsWith('multipart/') ? { ...contentType, value: 'text/plain' } : contentType
}

/** What a part's body stands for; a view of `bytes` when it is not encoded. */
export function decodedBody(bytes: Buffer, part: MimePart): Buffer {
  const encoding = part.header.first('content-transfer-encoding')
  const body = bytes.subarray(part.bodyStart, part.bodyEnd)
  return encoding === undefined ? body : decodeTransfer(body, parseStructuredField(encoding).value)
}
