import { Buffer } from 'node:buffer'
import type { MailAddress } from './mail-addresses.ts'

/** RFC 2047 section 2: an encoded word has at most 75 characters, and this many bytes fit into one of UTF-8 in base64. */
const wordBytesMax = 45
const lineCharactersMax = 76

const wordCharactersMax = 900

const notPrintable = /[^\x20-\x7e]/

/**
 * One line of a header with its line end, folded at white space where it is long (RFC 5322 section 2.2.3). Controls
 * become spaces; what is not ASCII is UTF-8 (RFC 6532), as one character for each byte.
 */
export function headerLine(name: string, value: string): string {
  const plain = value.replace(/[\x00-\x1f\x7f]+/g, ' ')
  const line = `${name}: ${notPrintable.test(plain) ? Buffer.from(plain, 'utf8').toString('latin1') : plain}`
  if (line.length <= lineCharactersMax) return `${line}\r\n`
  let folded = ''
  let rest = line
  // A fold must leave something on each line, and the name on the first.
  let from = name.length + 2
  while (rest.length > lineCharactersMax) {
    let at = rest.lastIndexOf(' ', lineCharactersMax)
    if (at <= from) at = rest.indexOf(' ', Math.max(from + 1, lineCharactersMax))
    if (at < 0 || rest.slice(at).trim() === '') break
    folded += `${rest.slice(0, at)}\r\n`
    rest = rest.slice(at)
    from = 1
  }
  return `${folded}${rest}\r\n`
}

/** A line with text of any kind, in encoded words where it needs them. */
export function textLine(name: string, text: string): string {
  return headerLine(name, encodeUnstructured(text))
}

/** A line with addresses. */
export function addressLine(name: string, addresses: readonly MailAddress[]): string {
  return headerLine(name, addresses.map(formatAddress).join(', '))
}

/** Text for a field without structure: as it is when it is ASCII that reads back as it stands. */
function encodeUnstructured(text: string): string {
  const isSafe = !notPrintable.test(text) && !text.includes('=?') && !/^ | $| {2}/.test(text) && !hasLongWord(text)
  return isSafe ? text : encodeWords(text)
}

/** A word that would make a line of more than 998 characters. */
function hasLongWord(text: string): boolean {
  return text.length >= wordCharactersMax && text.split(' ').some((word) => word.length >= wordCharactersMax)
}

function formatAddress({ name, address }: MailAddress): string {
  const plain = address.replace(/[\x00-\x1f\x7f<>]+/g, '')
  const written = notPrintable.test(plain) ? encodeWords(plain) : plain
  if (name === '') return isBareAddress(plain) ? written : `<${written}>`
  // A bare name with an `@` would be read as an address.
  return address === '' && !name.includes('@') ? formatPhrase(name) : `${formatPhrase(name)} <${written}>`
}

/** An address that reads back as one without angle brackets. */
function isBareAddress(address: string): boolean {
  return /^[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+$/.test(address)
}

function formatPhrase(name: string): string {
  if (notPrintable.test(name) || name.includes('=?') || /^ | $| {2}/.test(name) || hasLongWord(name))
    return encodeWords(name)
  return /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~ ]+$/.test(name) ? name : `"${name.replace(/["\\]/g, '\\$&')}"`
}

/** Encoded words of UTF-8 in base64, none of which ends within a character (RFC 2047 section 5). */
function encodeWords(text: string): string {
  const words: string[] = []
  let word = ''
  let bytes = 0
  for (const character of text.toWellFormed()) {
    const size = Buffer.byteLength(character)
    if (bytes + size > wordBytesMax) {
      words.push(encodeWord(word))
      word = ''
      bytes = 0
    }
    word += character
    bytes += size
  }
  words.push(encodeWord(word))
  return words.join(' ')
}

function encodeWord(text: string): string {
  return `=?UTF-8?B?${Buffer.from(text, 'utf8').toString('base64')}?=`
}

const parameterBytesMax = 50

/** `; name="value"` on a line of its own, by RFC 2231 where the value is not ASCII or long. */
export function parameter(name: string, value: string): string {
  if (!notPrintable.test(value) && value.length <= parameterBytesMax && !value.includes('=?')) {
    return `;\r\n ${name}="${value.replace(/["\\]/g, '\\$&')}"`
  }
  const pieces: string[] = []
  let piece = ''
  for (const character of value.toWellFormed()) {
    const encoded = /[A-Za-z0-9._-]/.test(character) ? character : percentEncode(character)
    if (piece.length + encoded.length > parameterBytesMax) {
      pieces.push(piece)
      piece = ''
    }
    piece += encoded
  }
  pieces.push(piece)
  if (pieces.length === 1) return `;\r\n ${name}*=utf-8''${pieces[0]}`
  return pieces.map((part, index) => `;\r\n ${name}*${index}*=${index === 0 ? "utf-8''" : ''}${part}`).join('')
}

function percentEncode(character: string): string {
  return Buffer.from(character, 'utf8').toString('hex').toUpperCase().replace(/../g, '%$&')
}
