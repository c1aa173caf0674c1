const lf = 10
/** Longer lines are handed on in pieces; none of them is a header that matters or a boundary (RFC 2046: 70 characters). */
const lineBytesMax = 8 * 1024
const nestingMax = 200
const crlf = Buffer.from('\r\n')
const decodedField = Buffer.from('Content-Transfer-Encoding: decoded\r\n')

/**
 * A message with its base64 parts decoded and binary parts as they are, so that a part is the same whichever of the two it
 * is sent in: Dovecot 2.3.19 stores what comes as `binary` in a literal8 (RFC 3516) as base64. For comparing only: what
 * it gives is no message. Streaming: `push` any chunks, then `end`.
 */
export class DecodedForm {
  readonly #emit: (bytes: Uint8Array) => void
  #line: Buffer = Buffer.alloc(0)
  #isLineStart = true
  #isHeader = true
  #isBase64 = false
  /** The header field under way, unfolded, as a byte string. */
  #field = ''
  #contentType = ''
  readonly #boundaries: string[] = []
  /** The end of the last line of a part, which belongs to the boundary when one follows (RFC 2046 section 5.1.1). */
  #heldLineEnd: Uint8Array = Buffer.alloc(0)
  /** Characters of base64 that are not yet four. */
  #base64 = ''

  constructor(emit: (bytes: Uint8Array) => void) {
    this.#emit = emit
  }

  push(chunk: Uint8Array): void {
    let bytes = Buffer.concat([this.#line, chunk])
    for (let end = bytes.indexOf(lf); end >= 0; end = bytes.indexOf(lf)) {
      this.#takeLine(bytes.subarray(0, end + 1), true)
      bytes = bytes.subarray(end + 1)
    }
    if (bytes.length > lineBytesMax) {
      this.#takeLine(bytes, false)
      bytes = Buffer.alloc(0)
    }
    this.#line = bytes
  }

  end(): void {
    if (this.#line.length > 0) this.#takeLine(this.#line, true)
    this.#flushBase64()
    if (this.#heldLineEnd.length > 0) this.#emit(this.#heldLineEnd)
  }

  #takeLine(line: Buffer, isWhole: boolean): void {
    const boundary = this.#isLineStart ? this.#boundaryAt(line) : -1
    if (boundary >= 0) this.#endPart(line, boundary)
    else if (this.#isHeader) this.#takeHeaderLine(line)
    else this.#takeBodyLine(line)
    this.#isLineStart = isWhole
  }

  /** Which of the open multiparts the line belongs to, the innermost first; -1 for none. */
  #boundaryAt(line: Buffer): number {
    if (line[0] !== 0x2d || line[1] !== 0x2d) return -1
    const text = line.toString('latin1', 2, 1024)
    return this.#boundaries.findLastIndex((boundary) => text.startsWith(boundary))
  }

  #endPart(line: Buffer, at: number): void {
    this.#flushBase64()
    this.#heldLineEnd = Buffer.alloc(0)
    const boundary = this.#boundaries[at] as string
    const isLast = line.toString('latin1', 2 + boundary.length, 4 + boundary.length) === '--'
    this.#boundaries.length = isLast ? at : at + 1
    this.#emit(crlf)
    this.#emit(line)
    this.#beginHeader()
    this.#isHeader = !isLast
  }

  #beginHeader(): void {
    this.#isHeader = true
    this.#isBase64 = false
    this.#field = ''
    this.#contentType = ''
  }

  #takeHeaderLine(line: Buffer): void {
    const text = line.toString('latin1')
    const isFolded = this.#isLineStart ? /^[ \t]+\S/.test(text) : true
    if (!isFolded) this.#endField()
    this.#field += text.slice(0, lineBytesMax - this.#field.length)
    if (/^\r?\n$/.test(text)) {
      this.#emit(line)
      this.#endHeader()
      return
    }
    const encoding = /^content-transfer-encoding:[ \t]*(base64|binary)[ \t]*\r?\n$/i.exec(text)?.[1]?.toLowerCase()
    if (encoding === undefined || !this.#isLineStart) {
      this.#emit(line)
      return
    }
    this.#isBase64 = encoding === 'base64'
    this.#emit(decodedField)
  }

  #endField(): void {
    this.#contentType ||= /^content-type:([^]*)$/i.exec(this.#field)?.[1] ?? ''
    this.#field = ''
  }

  #endHeader(): void {
    const type = this.#contentType
    const [, quoted, plain] = /;\s*boundary\s*=\s*(?:"([^"]+)"|([^\s;"]+))/i.exec(type) ?? []
    const boundary = quoted ?? plain
    const isMultipart = /^\s*multipart\//i.test(type) && boundary !== undefined
    const isMessage = /^\s*message\/(?:rfc822|global)\b/i.test(type) && !this.#isBase64
    if (isMultipart && this.#boundaries.length < nestingMax) this.#boundaries.push(boundary.replace(/\s+$/, ''))
    if (isMessage) {
      this.#beginHeader()
      return
    }
    this.#isHeader = false
    if (isMultipart) this.#isBase64 = false
  }

  #takeBodyLine(line: Buffer): void {
    if (this.#isBase64) {
      this.#base64 += line.toString('latin1').replace(/[^A-Za-z0-9+/]+/g, '')
      const usable = this.#base64.length - (this.#base64.length % 4)
      if (usable > 0) this.#emit(Buffer.from(this.#base64.slice(0, usable), 'base64'))
      this.#base64 = this.#base64.slice(usable)
      return
    }
    const endLength = line.at(-1) !== lf ? 0 : line.at(-2) === 13 ? 2 : 1
    if (this.#heldLineEnd.length > 0) this.#emit(this.#heldLineEnd)
    this.#emit(line.subarray(0, line.length - endLength))
    // A copy: the line lies in a chunk that is only lent.
    this.#heldLineEnd = Buffer.from(line.subarray(line.length - endLength))
  }

  #flushBase64(): void {
    if (this.#base64 !== '') this.#emit(Buffer.from(this.#base64, 'base64'))
    this.#base64 = ''
  }
}
