import { Buffer } from 'node:buffer'
import { readings } from './exchange-changes.ts'
import type { LeafFacts, MailFacts } from './mail-facts.ts'

/**
 * The lines of a message, whatever they are in it, that are nowhere in what came back: for mail so broken that nobody can say
 * what its parts are. A line counts as found as it is written, decoded, or in another charset. Delimiters and the fields of
 * parts are made anew, and preambles and epilogues are no part of a message (RFC 2046 section 5.1.1).
 */
export function lostLines(original: { readonly bytes: Buffer; readonly facts: MailFacts }, copy: { readonly bytes: Buffer; readonly facts: MailFacts }): readonly string[] {
  const beside = flat(besideOf(original.facts))
  const places = [flat(copy.bytes.toString('latin1')), ...leavesOf(copy.facts).flatMap(({ latin, text }) => [latin, text]).filter((one) => typeof one === 'string').map(flat)]
  const isThere = (line: string): boolean => beside.includes(line) || places.some((place) => place.includes(line))
  return linesOf(original.bytes).filter((line) => !formsOf(line).some(isThere))
}

const structuralFields = /^(?:content-[\w-]+|mime-version|lines)[ \t]*:[^\n]*(?:\n[ \t]+\S[^\n]*)*/gim

function linesOf(bytes: Buffer): readonly string[] {
  const text = bytes.toString('latin1').replaceAll('\0', '').replace(/\r+/g, '').replace(structuralFields, '')
  return text.split('\n').map(flat).filter((line) => line !== '' && !line.startsWith('--'))
}

function formsOf(line: string): readonly string[] {
  const unquoted = line.replace(/=$/, '').replace(/=([\dA-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  const isBase64 = /^[A-Za-z\d+/]{4,}={0,2}$/.test(line)
  const decoded = isBase64 ? [Buffer.from(line, 'base64').toString('latin1')] : []
  return [line, unquoted, ...decoded].flatMap(readings).map(flat)
}

function flat(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

function leavesOf({ leaves }: MailFacts): readonly LeafFacts[] {
  return leaves.flatMap((leaf) => [leaf, ...(leaf.messages ?? []).flatMap(leavesOf)])
}

function besideOf({ beside, leaves }: MailFacts): string {
  return [...beside, ...leaves.flatMap(({ messages }) => (messages ?? []).map(besideOf))].join('\n')
}
