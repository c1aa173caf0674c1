import { Buffer, isUtf8 } from 'node:buffer'
import { hash } from 'node:crypto'
import { TextDecoder } from 'node:util'
import type { Description } from '../core/model/item.ts'
import { removeControls } from './control-characters.ts'

/** How much of a message `describeMessage` looks at; giving it more is allowed and changes nothing. */
export const headBytesMax = 64 * 1024

/** Most headers end within this, and decoding 64 KiB for each message would cost more than all the rest. */
const firstLookBytes = 4 * 1024

/** Of one field's normalised value, in the identity. A longer one is cut, so that huge recipient lists cost nothing. */
const identityCharactersMax = 2048

const textCharactersMax = 300

/** A UTF-8 character takes at most four bytes. */
const textBytesMax = textCharactersMax * 4

const fieldNames = ['date', 'from', 'to', 'subject', 'message-id'] as const

/**
 * Reads what a header says from the first bytes of a message (`headBytesMax` of them are enough). Never throws; bytes
 * after the header are not looked at, and a field beyond `headBytesMax` counts as absent.
 *
 * `identity` is made of the first Date, From, To and Subject field: unfolded, white space collapsed and trimmed, NUL as
 * 0x80, at most 2048 characters each. It survives what servers and tools are known to do to a copy: fields added
 * (X-TUID, Message-ID, Received), LF or CR CR LF as CRLF, NUL as 0x80. The texts are unfolded, not decoded (see
 * `decodeEncodedWords`), cut to 300 characters and free of control characters; 8-bit text is read as UTF-8 where it is
 * that, as Windows-1252 otherwise.
 */
export function describeMessage(head: Uint8Array): Description {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength)
  const lookedAt = Math.min(bytes.length, headBytesMax)
  const firstLook =
    lookedAt > firstLookBytes ? scanHeader(bytes.toString('latin1', 0, firstLookBytes), false) : undefined
  const [date, from, to, subject, messageId] =
    firstLook ?? scanHeader(bytes.toString('latin1', 0, lookedAt), true) ?? []
  const identity = `${toIdentityPart(date)}\n${toIdentityPart(from)}\n${toIdentityPart(to)}\n${toIdentityPart(subject)}`
  return {
    identity: hash('sha256', identity, 'base64url').slice(0, 22),
    messageId: toText(messageId),
    from: toText(from),
    subject: toText(subject),
  }
}

/**
 * The raw values of the wanted fields, in the order of `fieldNames`, folds and all. Undefined when neither the header's
 * end nor every wanted field was met and `isAll` is false.
 */
function scanHeader(text: string, isAll: boolean): (string | undefined)[] | undefined {
  const values: (string | undefined)[] = [undefined, undefined, undefined, undefined, undefined]
  let missing = values.length
  let lineStart = 0
  while (lineStart < text.length) {
    let lineEnd = endOfLine(text, lineStart)
    if (isEmptyLine(text, lineStart, lineEnd)) return values
    const wanted = wantedField(text, lineStart)
    if (wanted >= 0 && values[wanted] === undefined) {
      const colon = colonAfterName(text, lineStart + fieldNames[wanted]!.length, lineEnd)
      if (colon >= 0) {
        while (isFolded(text, lineEnd + 1)) lineEnd = endOfLine(text, lineEnd + 1)
        // Without the rest of the header it cannot be told whether the field goes on.
        if (lineEnd + 1 >= text.length && !isAll) return undefined
        values[wanted] = text.slice(colon + 1, lineEnd)
        if (--missing === 0) return values
      }
    }
    lineStart = lineEnd + 1
  }
  return isAll ? values : undefined
}

function endOfLine(text: string, from: number): number {
  const lineFeed = text.indexOf('\n', from)
  return lineFeed < 0 ? text.length : lineFeed
}

function isEmptyLine(text: string, start: number, end: number): boolean {
  let position = start
  while (position < end && text.charCodeAt(position) === 0x0d) position++
  return position === end && end < text.length
}

function isFolded(text: string, position: number): boolean {
  const code = text.charCodeAt(position)
  return code === 0x20 || code === 0x09
}

/** Index into `fieldNames` of the name that the line begins with, or -1. */
function wantedField(text: string, start: number): number {
  switch (text.charCodeAt(start) | 0x20) {
    case 0x64:
      return hasName(text, start, 'date') ? 0 : -1
    case 0x66:
      return hasName(text, start, 'from') ? 1 : -1
    case 0x74:
      return hasName(text, start, 'to') ? 2 : -1
    case 0x73:
      return hasName(text, start, 'subject') ? 3 : -1
    case 0x6d:
      return hasName(text, start, 'message-id') ? 4 : -1
    default:
      return -1
  }
}

function hasName(text: string, start: number, name: string): boolean {
  for (let index = 0; index < name.length; index++) {
    const code = text.charCodeAt(start + index)
    const lower = code >= 0x41 && code <= 0x5a ? code | 0x20 : code
    if (lower !== name.charCodeAt(index)) return false
  }
  return true
}

/** Obsolete syntax allows white space before the colon (RFC 5322 section 4.5). */
function colonAfterName(text: string, nameEnd: number, lineEnd: number): number {
  let position = nameEnd
  while (position < lineEnd && isFolded(text, position)) position++
  return position < lineEnd && text.charCodeAt(position) === 0x3a ? position : -1
}

const foldOrRun = /[\t\n\v\f\r]|  /
const whiteSpace = /[\t\n\v\f\r ]+/g

/** `String.prototype.trim` would also take 0xA0, which is the last byte of many a UTF-8 character. */
function collapse(value: string): string {
  let start = 0
  let end = value.length
  while (start < end && isWhiteSpace(value.charCodeAt(start))) start++
  while (end > start && isWhiteSpace(value.charCodeAt(end - 1))) end--
  const trimmed = value.slice(start, end)
  return foldOrRun.test(trimmed) ? trimmed.replace(whiteSpace, ' ') : trimmed
}

function isWhiteSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d)
}

function toIdentityPart(value: string | undefined): string {
  if (value === undefined) return ''
  let part = collapse(value)
  if (part.includes('\0')) part = part.replaceAll('\0', '\x80')
  return part.length > identityCharactersMax ? part.slice(0, identityCharactersMax) : part
}

const notPlainAscii = /[^\x20-\x7e]/

function toText(value: string | undefined): string {
  if (value === undefined) return ''
  const raw = collapse(value)
  // A slice would keep the whole header in memory as long as it lives.
  if (!notPlainAscii.test(raw)) return Buffer.from(raw.slice(0, textCharactersMax), 'latin1').toString('latin1')
  return removeControls(decodeEightBit(raw)).slice(0, textCharactersMax).toWellFormed()
}

const windows1252 = new TextDecoder('windows-1252')

function decodeEightBit(latin1: string): string {
  let bytes = Buffer.from(latin1, 'latin1')
  if (bytes.length > textBytesMax) bytes = bytes.subarray(0, characterStart(bytes, textBytesMax))
  return isUtf8(bytes) ? bytes.toString('utf8') : windows1252.decode(bytes)
}

/** The nearest place at or before `position` where no UTF-8 character is cut in two. */
function characterStart(bytes: Uint8Array, position: number): number {
  let start = position
  while (start > position - 4 && (bytes[start]! & 0xc0) === 0x80) start--
  return start
}
