import { Buffer } from 'node:buffer'
import { decodeEncodedWords } from '../encoded-words.ts'
import { decodeCharset } from './charset-text.ts'
import { mimeLimits } from './mime-limits.ts'

/** A value with parameters, as Content-Type and Content-Disposition have it (RFC 2045 section 5.1, RFC 2183). */
export interface StructuredField {
  /** In lower case, without white space and comments. */
  readonly value: string
  /** By name in lower case; RFC 2231 pieces put together, encoded words decoded. */
  readonly parameters: ReadonlyMap<string, string>
}

interface Piece {
  readonly order: number
  readonly isEncoded: boolean
  readonly text: string
}

const noParameters: ReadonlyMap<string, string> = new Map()

/** Reads an unfolded value. Never throws; parameters that make no sense are left out, of doubled ones the first counts. */
export function parseStructuredField(text: string): StructuredField {
  const semicolon = text.indexOf(';')
  const head = semicolon < 0 ? text : text.slice(0, semicolon)
  const value = (head.includes('(') ? head.replace(/\([^()]*\)/g, '') : head).replace(/\s+/g, '').toLowerCase()
  if (semicolon < 0) return { value, parameters: noParameters }
  const parameters = new Map<string, string>()
  const pieces = new Map<string, Piece[]>()
  let at = semicolon + 1
  for (let count = 0; at < text.length && count < mimeLimits.parametersMax; count++) {
    const [name, raw, next] = readParameter(text, at)
    at = next
    const match = /^([^*]+)\*(?:(\d{1,4})(\*)?)?$/.exec(name)
    if (match === null) {
      if (name !== '' && !parameters.has(name)) parameters.set(name, raw.includes('=?') ? decodeEncodedWords(raw) : raw)
      continue
    }
    const base = match[1]!
    const isEncoded = match[2] === undefined || match[3] !== undefined
    const list = pieces.get(base) ?? []
    list.push({ order: Number(match[2] ?? 0), isEncoded, text: raw })
    pieces.set(base, list)
  }
  for (const [name, list] of pieces) parameters.set(name, joinPieces(list))
  return { value, parameters }
}

/** The name in lower case, the value without quotes, and where the next parameter begins. */
function readParameter(text: string, from: number): [name: string, value: string, next: number] {
  let at = from
  while (at < text.length && text[at] !== '=' && text[at] !== ';') at++
  const name = text
    .slice(from, at)
    .replace(/\([^()]*\)/g, '')
    .trim()
    .toLowerCase()
  if (text[at] !== '=') return [name === '' ? '' : name, '', at + 1]
  at++
  while (text[at] === ' ') at++
  if (text[at] !== '"') {
    const semicolon = text.indexOf(';', at)
    const end = semicolon < 0 ? text.length : semicolon
    return [name, text.slice(at, end).trim(), end + 1]
  }
  let value = ''
  at++
  while (at < text.length && text[at] !== '"') {
    // Names such as "C:\temp\x" are meant as they stand; only a quote or a backslash is escaped in practice.
    if (text[at] === '\\' && (text[at + 1] === '"' || text[at + 1] === '\\')) at++
    value += text[at] ?? ''
    at++
  }
  const semicolon = text.indexOf(';', at)
  return [name, value, semicolon < 0 ? text.length : semicolon + 1]
}

/** RFC 2231 sections 3 and 4: the charset is named once, in front. */
function joinPieces(list: readonly Piece[]): string {
  const sorted = list.toSorted((one, other) => one.order - other.order)
  let charset = 'utf-8'
  const bytes = sorted.map((piece, index) => {
    if (!piece.isEncoded) return Buffer.from(piece.text, 'utf8')
    const tagged = index === 0 ? /^([^']*)'[^']*'/.exec(piece.text) : null
    if (tagged?.[1] !== undefined && tagged[1] !== '') charset = tagged[1]
    return percentDecode(tagged === null ? piece.text : piece.text.slice(tagged[0].length))
  })
  return decodeCharset(Buffer.concat(bytes), charset)
}

function percentDecode(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8')
  let length = 0
  for (let at = 0; at < bytes.length; at++) {
    const escaped = bytes[at] === 0x25 ? /^[0-9a-f]{2}$/i.exec(bytes.toString('latin1', at + 1, at + 3)) : null
    if (escaped !== null) at += 2
    bytes[length++] = escaped === null ? bytes[at]! : Number.parseInt(escaped[0], 16)
  }
  return bytes.subarray(0, length)
}
