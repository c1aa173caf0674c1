import { Buffer, isAscii, isUtf8 } from 'node:buffer'
import { TextDecoder } from 'node:util'
import { toDecoder } from '../encoded-words.ts'

const windows1252 = new TextDecoder('windows-1252')
const decoders = new Map<string, TextDecoder>()

/** Labels under which UTF-8 and its subset are sent; what is labelled so and is not UTF-8 is read as Windows-1252. */
const utf8Labels: ReadonlySet<string> = new Set([
  '',
  'utf-8',
  'utf8',
  'us-ascii',
  'ascii',
  'ansi_x3.4-1968',
  '8bit',
  'default',
])

/**
 * The text that bytes stand for in the charset that a part names. Never throws. Without a charset, in an unknown one,
 * and in UTF-8 where the bytes are none, it is UTF-8 if they can be that and Windows-1252 if not, so that no byte gets
 * lost: of bytes that mostly are UTF-8 only the wrong ones. In other multi-byte charsets wrong bytes become U+FFFD. A byte
 * order mark is left out.
 */
export function decodeCharset(bytes: Uint8Array, charset: string | undefined): string {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const label = (charset ?? '').trim().toLowerCase()
  if (label === 'utf-7' || label === 'unicode-1-1-utf-7') return decodeUtf7(view.toString('latin1'))
  if (!utf8Labels.has(label)) {
    const decoder = decoderOf(label)
    // Stateful charsets write all their characters in ASCII bytes.
    if (decoder !== undefined)
      return decoder === windows1252 && isAscii(view)
        ? view.toString('latin1')
        : decoder.decode(withoutDoubledEscapes(view, label))
  }
  return decodeEightBit(view)
}

/** UTF-8 where the bytes can be that, Windows-1252 otherwise. */
function decodeEightBit(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString('latin1')
  if (!isUtf8(bytes)) return decodeDamaged(bytes)
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  return bytes.toString('utf8', hasMark ? 3 : 0)
}

/** A character of several bytes in UTF-8 (RFC 3629 section 4), its bytes one character each. */
const character =
  /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}/g

/** Text with wrong bytes in it: UTF-8 where it has more characters of that than wrong bytes, which are then Windows-1252. */
function decodeDamaged(bytes: Buffer): string {
  const written = bytes.toString('latin1')
  const characters = written.match(character) ?? []
  const right = characters.reduce((sum, { length }) => sum + length, 0)
  const wrong = (written.match(/[\x80-\xff]/g)?.length ?? 0) - right
  if (characters.length <= wrong) return windows1252.decode(bytes)
  let decoded = ''
  let position = 0
  for (const match of written.matchAll(character)) {
    decoded += windows1252.decode(bytes.subarray(position, match.index))
    position = match.index + match[0].length
    decoded += bytes.toString('utf8', match.index, position)
  }
  return decoded + windows1252.decode(bytes.subarray(position))
}

function decoderOf(label: string): TextDecoder | undefined {
  const known = decoders.get(label)
  if (known !== undefined) return known
  const made = toDecoder(label)
  if (made === undefined) return undefined
  const decoder = made.encoding === 'windows-1252' ? windows1252 : made
  decoders.set(label, decoder)
  return decoder
}

/** The decoder takes two escape sequences in a row for an error, and senders write them where lines were joined. */
function withoutDoubledEscapes(bytes: Buffer, label: string): Buffer {
  if (!label.startsWith('iso-2022-jp')) return bytes
  return Buffer.from(bytes.toString('latin1').replace(/(?:\x1b[($][@-J])+(?=\x1b[($][@-J])/g, ''), 'latin1')
}

/** RFC 2152; what is no valid run of it stays as it is written. */
function decodeUtf7(text: string): string {
  return text.replace(/\+([A-Za-z0-9+/]*)-?/g, (written, run: string) => {
    if (run === '') return written === '+-' ? '+' : written
    const bytes = Buffer.from(run, 'base64')
    const pairs = bytes.subarray(0, bytes.length & ~1)
    return Buffer.from(pairs).swap16().toString('utf16le')
  })
}
