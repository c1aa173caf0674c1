import { Buffer } from 'node:buffer'
import { mimeLimits } from '../../../formats/mime/mime-limits.ts'
import { type MimePart, parsePartTree } from '../../../formats/mime/part-tree.ts'
import { decodeTransfer } from '../../../formats/mime/transfer-decoding.ts'
import { parseStructuredField } from '../../../formats/mime/structured-field.ts'

/** A message, or one within it, taken apart. */
export interface ParsedMessage {
  readonly bytes: Buffer
  readonly root: MimePart
  /** Of the bytes, the empty line after the header included. */
  readonly headerBytes: number
}

/** A part of a BODY section (RFC 3501 section 6.4.5). */
export interface SectionSpec {
  readonly path: readonly number[]
  readonly type: '' | 'HEADER' | 'HEADER.FIELDS' | 'HEADER.FIELDS.NOT' | 'TEXT' | 'MIME'
  /** Header field names in lower case. */
  readonly fields: readonly string[]
}

const messageDepthMax = 32

/** Takes a message apart; reads any bytes. */
export function parseMessage(bytes: Buffer): ParsedMessage {
  const root = parsePartTree(bytes, { partsLeft: mimeLimits.partsMax })
  const end = bytes.indexOf('\r\n\r\n')
  return { bytes, root, headerBytes: end < 0 ? bytes.length : end + 4 }
}

/** The message inside a message/rfc822 part; undefined for other parts. */
export function messageWithin(message: ParsedMessage, part: MimePart): ParsedMessage | undefined {
  if (part.contentType.value !== 'message/rfc822' && part.contentType.value !== 'message/global') return undefined
  const body = message.bytes.subarray(part.bodyStart, part.bodyEnd)
  const encoding = parseStructuredField(part.header.first('content-transfer-encoding') ?? '').value
  return parseMessage(encoding === 'base64' || encoding === 'quoted-printable' ? decodeTransfer(body, encoding) : body)
}

/** The bytes of a section; undefined when there is no such part. */
export function sectionOf(whole: ParsedMessage, { path, type, fields }: SectionSpec): Buffer | undefined {
  if (path.length === 0) return messageSection(whole, type, fields)
  const found = locate(whole, path)
  if (found === undefined) return undefined
  const { message, part } = found
  if (type === '') return message.bytes.subarray(part.bodyStart, part.bodyEnd)
  if (type === 'MIME') return headerOf(part)
  const inner = messageWithin(message, part)
  return inner === undefined ? undefined : messageSection(inner, type, fields)
}

function messageSection(message: ParsedMessage, type: SectionSpec['type'], fields: readonly string[]): Buffer | undefined {
  const { bytes, headerBytes } = message
  switch (type) {
    case '':
      return bytes
    case 'HEADER':
      return bytes.subarray(0, headerBytes)
    case 'TEXT':
      return bytes.subarray(headerBytes)
    case 'MIME':
      return undefined
    default:
      return chosenFields(message, fields, type === 'HEADER.FIELDS')
  }
}

function chosenFields({ root: { header } }: ParsedMessage, names: readonly string[], isWanted: boolean): Buffer {
  const chosen = header.fields.filter(({ key }) => names.includes(key) === isWanted)
  const lines = chosen.map((field) => `${header.written(field).replace(/\r?\n/g, '\r\n')}\r\n`)
  return Buffer.from(`${lines.join('')}\r\n`, 'latin1')
}

function headerOf(part: MimePart): Buffer {
  const text = part.header.text
  const end = text === '' || text.endsWith('\n') ? '' : '\r\n'
  return Buffer.from(`${text}${end}\r\n`, 'latin1')
}

/** RFC 3501 section 6.4.5: what is no multipart has one part, and a message within goes on with its own parts. */
function locate(whole: ParsedMessage, path: readonly number[]): { message: ParsedMessage; part: MimePart } | undefined {
  let message = whole
  let part = whole.root
  let depth = 0
  for (const [at, number] of path.entries()) {
    const inner = at === 0 ? undefined : messageWithin(message, part)
    if (inner !== undefined) {
      if (++depth > messageDepthMax) return undefined
      message = inner
      part = inner.root
    } else if (at > 0 && part.children.length === 0) return undefined
    const next = part.children.length === 0 ? (number === 1 ? part : undefined) : part.children[number - 1]
    if (next === undefined) return undefined
    part = next
  }
  return { message, part }
}
