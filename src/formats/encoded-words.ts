import { Buffer } from 'node:buffer'
import { TextDecoder } from 'node:util'
import { removeControls } from './control-characters.ts'

/** Encoded words of more characters than this (RFC 2047 allows 75) are left as they are. */
const encodedWordCharactersMax = 2000

/** A charset label, an encoding, a text: no two parts can match the same character, so that matching is linear. */
const encodedWord = /=\?([^?\s*]{1,60})(?:\*[^?\s]{0,40})?\?([bBqQ])\?([^?]*)\?=/g

/** Labels that mail uses and the WHATWG encoding standard does not know. */
const charsetAliases: Readonly<Record<string, string>> = {
  cp932: 'shift_jis',
  cp936: 'gbk',
  cp949: 'euc-kr',
  cp950: 'big5',
  'unknown-8bit': 'windows-1252',
  'x-unknown': 'windows-1252',
}

/** Bytes in the word's charset, or characters beyond ASCII that stood in it and which whoever read the header has decoded. */
type Piece = Buffer | string

interface Run {
  charset: string
  pieces: Piece[]
  /** As written, for a charset that nobody knows. */
  raw: string
}

/**
 * Decodes RFC 2047 encoded words in a header value, for showing it and for finding in it. White space between two
 * encoded words goes, and a character split over two of them is put together. Never throws: what cannot be decoded
 * stays as it is written, and bytes that are wrong in their charset become U+FFFD. Control characters are removed from
 * the result.
 */
export function decodeEncodedWords(text: string): string {
  return removeControls(decodeEncodedWordsExactly(text))
}

/** The same with whatever characters the words stand for, for carrying text on; not for showing it. */
export function decodeEncodedWordsExactly(text: string): string {
  if (!text.includes('=?')) return text
  let decoded = ''
  let run: Run | undefined
  let position = 0
  for (const match of text.matchAll(encodedWord)) {
    const [raw, charset = '', encoding = '', payload = ''] = match
    if (raw.length > encodedWordCharactersMax) continue
    const between = text.slice(position, match.index)
    const isAdjacent = run !== undefined && isBlank(between)
    if (run !== undefined && (!isAdjacent || run.charset !== charset.toLowerCase())) {
      decoded += decodeRun(run)
      run = undefined
    }
    if (!isAdjacent) decoded += between
    run ??= { charset: charset.toLowerCase(), pieces: [], raw: '' }
    run.pieces.push(...(encoding === 'b' || encoding === 'B' ? [Buffer.from(payload, 'base64')] : decodeQ(payload)))
    run.raw += run.raw === '' ? raw : between + raw
    position = match.index + raw.length
  }
  if (run !== undefined) decoded += decodeRun(run)
  return decoded + text.slice(position)
}

function isBlank(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code !== 0x20 && (code < 0x09 || code > 0x0d)) return false
  }
  return true
}

function decodeRun(run: Run): string {
  const decoder = toDecoder(run.charset)
  if (decoder === undefined) return run.raw
  // Each word ends in ASCII (RFC 1468), and the escapes of two words together are an error to the decoder.
  const isStateful = decoder.encoding === 'iso-2022-jp'
  let decoded = ''
  let bytes: Buffer[] = []
  const flush = (): void => {
    if (bytes.length > 0) decoded += decoder.decode(bytes.length === 1 ? bytes[0] : Buffer.concat(bytes))
    bytes = []
  }
  for (const piece of run.pieces) {
    if (typeof piece === 'string' || isStateful) flush()
    if (typeof piece === 'string') decoded += piece
    else bytes.push(piece)
  }
  flush()
  return decoded
}

/** The decoder of a charset's label in lower case, with the labels that only mail knows; undefined for unknown ones. */
export function toDecoder(charset: string): TextDecoder | undefined {
  try {
    return new TextDecoder(charsetAliases[charset] ?? charset)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function decodeQ(payload: string): Piece[] {
  const pieces = payload.split(/([^\0-\x7f]+)/)
  return pieces.map((piece, index) => (index % 2 === 1 ? piece : decodeAscii(piece)))
}

function decodeAscii(payload: string): Buffer {
  const bytes = Buffer.from(payload, 'latin1')
  let length = 0
  for (let index = 0; index < bytes.length; index++) {
    let byte = bytes[index]!
    if (byte === 0x5f) byte = 0x20
    else if (byte === 0x3d) {
      const high = hexDigit(bytes[index + 1])
      const low = hexDigit(bytes[index + 2])
      if (high >= 0 && low >= 0) {
        byte = high * 16 + low
        index += 2
      }
    }
    bytes[length++] = byte
  }
  return bytes.subarray(0, length)
}

function hexDigit(code: number | undefined): number {
  if (code === undefined) return -1
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}
