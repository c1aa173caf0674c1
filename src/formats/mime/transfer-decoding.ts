import { Buffer } from 'node:buffer'

/** The digit of each byte in base64; -1 for what is skipped, -2 for the padding. */
const base64Digits = new Int8Array(256).fill(-1)
for (let digit = 0; digit < 64; digit++) {
  base64Digits['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.charCodeAt(digit)] = digit
}
base64Digits[0x3d] = -2

/**
 * The bytes that a part's body stands for (RFC 2045 section 6, and uuencode). Never throws; wrong digits are skipped,
 * base64 ends at its padding, and a body in an unknown encoding, or that is no base64 at all, is taken as it is. What is
 * not encoded is a view of `bytes`, not a copy.
 */
export function decodeTransfer(bytes: Buffer, encoding: string): Buffer {
  switch (encoding) {
    case 'base64':
      return decodeBase64(bytes)
    case 'quoted-printable':
      return decodeQuotedPrintable(bytes)
    case 'x-uuencode':
    case 'x-uue':
    case 'uuencode':
      return decodeUuencode(bytes)
    default:
      return bytes
  }
}

/** A few wrong digits, and one in as many bytes, are damage; more is a text that was never encoded. */
const wrongDigitsMax = 4
const wrongShare = 8
/** No base64 has blanks within its lines; words have one in fewer bytes than this. */
const blankShare = 24

function decodeBase64(bytes: Buffer): Buffer {
  const out = Buffer.allocUnsafe(Math.ceil(bytes.length / 4) * 3)
  let length = 0
  let quad = 0
  let digits = 0
  let wrong = 0
  let blanks = 0
  for (let at = 0; at < bytes.length; at++) {
    const digit = base64Digits[bytes[at]!]!
    if (digit >= 0) {
      if (bytes[at - 1] === blank && base64Digits[bytes[at - 2] ?? blank]! >= 0) blanks++
      quad = (quad << 6) | digit
      if (++digits === 4) {
        out[length++] = quad >> 16
        out[length++] = quad >> 8
        out[length++] = quad
        quad = 0
        digits = 0
      }
    } else if (digit === -2 && digits >= 2) break
    else if (bytes[at]! > 0x20) wrong++
  }
  if (digits >= 2) out[length++] = quad >> (digits === 2 ? 4 : 10)
  if (digits === 3) out[length++] = quad >> 2
  const isText = (wrong > wrongDigitsMax && wrong * wrongShare > length) || (blanks > wrongDigitsMax && blanks * blankShare > length)
  return isText ? bytes : out.subarray(0, length)
}

const blank = 0x20
const tab = 0x09
const lineFeed = 0x0a
const carriageReturn = 0x0d

function decodeQuotedPrintable(bytes: Buffer): Buffer {
  const out = Buffer.allocUnsafe(bytes.length)
  let length = 0
  /** White space at the end of a line was added on the way (RFC 2045 section 6.7 rule 3); encoded white space stays. */
  let keptUntil = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!
    if (byte === 0x3d) {
      const high = hexDigit(bytes[at + 1])
      const low = hexDigit(bytes[at + 2])
      if (high >= 0 && low >= 0) {
        out[length++] = high * 16 + low
        keptUntil = length
        at += 2
        continue
      }
      let end = at + 1
      while (bytes[end] === blank || bytes[end] === tab) end++
      if (bytes[end] === carriageReturn && bytes[end + 1] === lineFeed) end++
      if (end >= bytes.length || bytes[end] === lineFeed) {
        at = end
        keptUntil = length
        continue
      }
    } else if (byte === lineFeed) {
      const hasReturn = bytes[at - 1] === carriageReturn && length > keptUntil
      if (hasReturn) length--
      while (length > keptUntil && (out[length - 1] === blank || out[length - 1] === tab)) length--
      if (hasReturn) out[length++] = carriageReturn
    }
    out[length++] = byte
  }
  return out.subarray(0, length)
}

function hexDigit(code: number | undefined): number {
  if (code === undefined) return -1
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

/** The first file in it; the body as it is when there is no `begin` line. */
function decodeUuencode(bytes: Buffer): Buffer {
  const begin = /^begin[ \t]+[0-7]{3,4}[^\n]*\n/m.exec(bytes.toString('latin1', 0, 10_000))
  if (begin === null) return bytes
  const out = Buffer.allocUnsafe(bytes.length)
  let length = 0
  let at = begin.index + begin[0].length
  while (at < bytes.length) {
    const count = (bytes[at]! - blank) & 63
    const next = bytes.indexOf(lineFeed, at)
    const lineEnd = next < 0 ? bytes.length : next
    if (count === 0 || bytes.toString('latin1', at, at + 3) === 'end') break
    const end = length + count
    for (let from = at + 1; from < lineEnd && length < end; from += 4) {
      const [a, b, c, d] = [
        uuDigit(bytes[from]),
        uuDigit(bytes[from + 1]),
        uuDigit(bytes[from + 2]),
        uuDigit(bytes[from + 3]),
      ]
      const triple = (a << 18) | (b << 12) | (c << 6) | d
      for (let shift = 16; shift >= 0 && length < end; shift -= 8) out[length++] = triple >> shift
    }
    at = lineEnd + 1
  }
  return out.subarray(0, length)
}

function uuDigit(code: number | undefined): number {
  return code === undefined || code < blank ? 0 : (code - blank) & 63
}
