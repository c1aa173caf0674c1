import { Buffer, isUtf8 } from 'node:buffer'
import { decodeCharset } from './charset-text.ts'
import { mimeLimits } from './mime-limits.ts'

/** One field of a header, by its place in the block's text. */
export interface HeaderField {
  /** The name in lower case. */
  readonly key: string
  readonly start: number
  readonly valueStart: number
  /** After the last character of the value, without its line end. */
  readonly end: number
}

/** A header that was taken apart (RFC 5322 section 2.2). Lines that are no field are skipped. */
export class HeaderBlock {
  /** One character for each byte. */
  readonly text: string
  readonly fields: readonly HeaderField[]
  /**
   * Where the text stops looking like a header: at a line that is no field and has none after it. Senders leave out the
   * empty line before a body. The length of the text when all of it is header.
   */
  readonly lookedLikeHeaderUntil: number
  #charset: string | undefined

  constructor(text: string) {
    this.text = text
    const { fields, end } = parseFields(text)
    this.fields = fields
    this.lookedLikeHeaderUntil = end
  }

  /** The first field's value in Unicode, unfolded and trimmed; encoded words stay. Names are in lower case. */
  first(key: string): string | undefined {
    const field = this.fields.find((candidate) => candidate.key === key)
    return field === undefined ? undefined : this.value(field)
  }

  all(key: string): readonly string[] {
    const found: string[] = []
    for (const field of this.fields) if (field.key === key) found.push(this.value(field))
    return found
  }

  value(field: HeaderField): string {
    const text = unfold(this.text.slice(field.valueStart, field.end))
    // Japanese senders write ISO-2022-JP without saying so (RFC 1468).
    if (/\x1b[$(][@-J]/.test(text)) return decodeCharset(Buffer.from(text, 'latin1'), 'iso-2022-jp')
    return eightBit.test(text) ? this.#decode(Buffer.from(text, 'latin1')) : text
  }

  /** 8-bit text that is not UTF-8 is most likely in the charset of the body. */
  #decode(bytes: Buffer): string {
    if (isUtf8(bytes)) return bytes.toString('utf8')
    const cut = withoutCutCharacter(bytes)
    if (cut !== undefined) return cut
    this.#charset ??= this.#bodyCharset()
    return decodeCharset(bytes, this.#charset)
  }

  #bodyCharset(): string {
    const field = this.fields.find((candidate) => candidate.key === 'content-type')
    return field === undefined ? '' : (/charset="?([^\s";]{1,60})/i.exec(this.written(field))?.[1] ?? '')
  }

  /** Whether a field has 8-bit text that is not UTF-8, so that what it says depends on what else the header says. */
  isAmbiguous(field: HeaderField): boolean {
    const text = this.written(field)
    return eightBit.test(text) && !isUtf8(Buffer.from(text, 'latin1'))
  }

  /** The field as it is written, folds and all, without its last line end. */
  written(field: HeaderField): string {
    return this.text.slice(field.start, field.end)
  }
}

function parseFields(text: string): { fields: readonly HeaderField[]; end: number } {
  const fields: HeaderField[] = []
  /** Where lines that are no field began, as long as none follows. */
  let strangeFrom = -1
  let start = 0
  while (start < text.length && fields.length < mimeLimits.headerFieldsMax) {
    const isContinuation = isBlankCode(text.charCodeAt(start))
    let next = lineAfter(text, start)
    while (next < text.length && isBlankCode(text.charCodeAt(next))) next = lineAfter(text, next)
    const colon = isContinuation ? -1 : colonOf(text, start)
    if (colon > 0) {
      if (strangeFrom >= 0 && isFarFrom(text, strangeFrom, start)) return { fields, end: strangeFrom }
      strangeFrom = -1
      let nameEnd = colon
      while (isBlankCode(text.charCodeAt(nameEnd - 1))) nameEnd--
      let end = next
      while (end > colon + 1 && isLineEndCode(text.charCodeAt(end - 1))) end--
      fields.push({
        key: text.slice(start, nameEnd).toLowerCase(),
        start,
        valueStart: colon + 1,
        end,
      })
    } else if (strangeFrom < 0 && !isLineEndCode(text.charCodeAt(start))) strangeFrom = start
    start = next
  }
  return { fields, end: strangeFrom >= 0 ? strangeFrom : text.length }
}

/** Whether more than one line lies between: a single strange line has got into a header, several are a body. */
function isFarFrom(text: string, strangeFrom: number, start: number): boolean {
  return lineAfter(text, strangeFrom) < start
}

function lineAfter(text: string, from: number): number {
  const lineFeed = text.indexOf('\n', from)
  return lineFeed < 0 ? text.length : lineFeed + 1
}

/** The colon behind a field's name that begins at `start`, or -1. Obsolete syntax has white space before it. */
function colonOf(text: string, start: number): number {
  const endMax = Math.min(text.length, start + mimeLimits.fieldNameCharactersMax)
  let at = start
  while (at < endMax) {
    const code = text.charCodeAt(at)
    if (code < 0x21 || code > 0x7e || code === 0x3a) break
    at++
  }
  if (at === start) return -1
  while (isBlankCode(text.charCodeAt(at))) at++
  return text.charCodeAt(at) === 0x3a ? at : -1
}

function isBlankCode(code: number): boolean {
  return code === 0x20 || code === 0x09
}

function isLineEndCode(code: number): boolean {
  return code === 0x0a || code === 0x0d
}

const foldOrBlank = /[\t\r\n\0]/

function unfold(raw: string): string {
  const flat = foldOrBlank.test(raw)
    ? raw
        .replace(/[\r\n]+[\t ]*/g, ' ')
        .replaceAll('\t', ' ')
        .replaceAll('\0', '')
    : raw
  let start = 0
  let end = flat.length
  while (start < end && flat.charCodeAt(start) === 0x20) start++
  while (end > start && flat.charCodeAt(end - 1) === 0x20) end--
  return flat.slice(start, end)
}

const eightBit = /[\x80-\xff]/

/** UTF-8 whose last character was cut by a sender, without it: names were cut to a number of bytes. */
function withoutCutCharacter(bytes: Buffer): string | undefined {
  const text = bytes.toString('utf8')
  const first = text.indexOf('\ufffd')
  return first >= 8 && text.indexOf('\ufffd', first + 1) < 0 && /[^\0-\x7f].*\ufffd/s.test(text)
    ? text.replace('\ufffd', '')
    : undefined
}
