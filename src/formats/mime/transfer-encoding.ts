import { Buffer } from 'node:buffer'
import type { MimePiece } from './mime-pieces.ts'

/** A text's bytes as a part carries them. */
export interface EncodedText {
  readonly encoding: '7bit' | 'quoted-printable' | 'base64'
  readonly body: MimePiece
}

const lineBytesMax = 998
const encodedLineMax = 76

/**
 * Chooses the encoding of a text (RFC 2045 section 6): none where the bytes may go as they are, quoted-printable while
 * at most a fifth of them need it, else base64.
 */
export function encodeText(bytes: Uint8Array): EncodedText {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let lineStart = 0
  let isPlain = true
  let special = 0
  for (let at = 0; at < view.length; at++) {
    const byte = view[at]!
    if (byte === 0x0a) {
      if (view[at - 1] !== 0x0d || at - lineStart > lineBytesMax) isPlain = false
      lineStart = at + 1
    } else if (byte === 0x0d) {
      if (view[at + 1] !== 0x0a) isPlain = false
    } else if (byte > 0x7e || byte === 0x3d || (byte < 0x20 && byte !== 0x09)) {
      special++
      if (byte !== 0x3d) isPlain = false
    }
  }
  if (isPlain && view.length - lineStart <= lineBytesMax) return { encoding: '7bit', body: view }
  if (special * 5 > view.length) return { encoding: 'base64', body: { base64: view } }
  return { encoding: 'quoted-printable', body: encodeQuotedPrintable(view) }
}

/** Whether bytes can go as they are: CRLF lines of at most 998 bytes of ASCII. */
export function isPlainBody(bytes: Uint8Array): boolean {
  return encodeText(bytes).encoding === '7bit'
}

const hexDigits = Buffer.from('0123456789ABCDEF')

function encodeQuotedPrintable(bytes: Buffer): Buffer {
  // Three for each byte, and three for each soft line break, of which there is one in 73 characters at most.
  const out = Buffer.allocUnsafe(bytes.length * 3 + Math.ceil((bytes.length * 3) / 72) * 3 + 3)
  let at = 0
  let column = 0
  for (let from = 0; from < bytes.length; from++) {
    const byte = bytes[from]!
    if (byte === 0x0d && bytes[from + 1] === 0x0a) {
      out[at++] = 0x0d
      out[at++] = 0x0a
      from++
      column = 0
      continue
    }
    const isBlank = byte === 0x20 || byte === 0x09
    const isLast = from + 1 >= bytes.length || (bytes[from + 1] === 0x0d && bytes[from + 2] === 0x0a)
    const isWritten = isBlank ? !isLast : byte > 0x20 && byte < 0x7f && byte !== 0x3d
    const width = isWritten ? 1 : 3
    if (column + width > encodedLineMax - 1) {
      out[at++] = 0x3d
      out[at++] = 0x0d
      out[at++] = 0x0a
      column = 0
    }
    column += width
    if (isWritten) out[at++] = byte
    else {
      out[at++] = 0x3d
      out[at++] = hexDigits[byte >> 4]!
      out[at++] = hexDigits[byte & 15]!
    }
  }
  return out.subarray(0, at)
}
