import { Buffer } from 'node:buffer'
import { TextDecoder } from 'node:util'
import { factsOf, isSameTime } from './calendar-comparison.ts'
import type { FieldFacts, LeafFacts, MailFacts } from './mail-facts.ts'

/**
 * What Exchange's conversion changes in a message that comes back from it (MS-OXCMAIL sections 2.1 and 2.2; exchange.md 8.1), rule
 * by rule. None speaks of a message as a whole: each says of one field or one part what may be different, and the rest of it
 * is compared.
 */
export const changes = {
  'structure made anew': 'the multiparts around the parts, their order, preambles and epilogues; the parts are the same',
  'text encoded anew': 'another transfer encoding or charset; the decoded text is the same, its line ends CRLF',
  'charset found out': 'a text without a charset, or in one that it is not in: read as UTF-8 or Windows-1252, and then labelled rightly',
  'named file': 'a file without a name gets one (ATT00001.dat); the bytes are the same',
  'name written anew': 'a name that was folded, in raw bytes or in encoded words where none may be (RFC 2231) is written rightly',
  'named body': 'a text that is the body has no file name any more',
  'type of a file': 'where none is given or it cannot be read, another is found; message/global becomes message/rfc822',
  'disposition written anew': 'inline is what the body shows, and attachment everything else',
  'content id of a body': 'a text that is the body has no Content-ID any more',
  'blanks at line ends': 'blanks and empty lines at the end of a line or of a text, which quoted-printable and delimiters leave open',
  'multipart without parts': 'a multipart in which there is no delimiter is a text; all of it is there',
  'empty text': 'a body without a character is left out where there is HTML, and written where there is no other',
  'calendar written anew': 'an invitation is one object with its mail: it is written from the appointment, with the subject, the text and the people of the mail; ical.js finds the same id, times, rule and place in it',
  'raw 8-bit field': 'a field with bytes above 127 becomes an encoded word where the parts of the message no longer tell its charset',
  'header after a strange line': 'Python ends a header at a line that is no field; Exchange goes on, and all of it is there',
  'categories in a bare header': 'a message without a header of its own gets one, with its categories',
  'Message-ID or Date made': 'a message that has none, or none that can be read, gets one when it is created by Graph',
  'Thread-Index made': 'Graph gives the conversation of a message that it creates a number',
  'text made of the HTML': 'of two forms of a text the HTML stays, and the other is made of it',
  'HTML written anew': 'Graph puts html, head and body around HTML; its words are the same',
  'message as a file': 'a message within a message becomes a file, which is named after it',
  'signed parts in one file': 'signed and encrypted mail keeps its bytes in a file smime.p7m, and is no signed mail any more',
} as const

/** What only some ways into Microsoft 365 do. */
const ofGraph: readonly Change[] = ['Message-ID or Date made', 'Thread-Index made']
const ofJson: readonly Change[] = ['text made of the HTML', 'HTML written anew', 'message as a file', 'signed parts in one file']
/** The changes that a way may not make. */
export const refusedBy: Readonly<Record<'stream' | 'imap' | 'mime' | 'json', readonly Change[]>> = {
  stream: [...ofGraph, ...ofJson],
  imap: [...ofGraph, ...ofJson],
  mime: ofJson,
  json: [],
}
/** The name of such a change. */
export type Change = keyof typeof changes

/** How a copy differs: by a rule, or in a way that no rule allows, which is told in words. */
export type Difference = { readonly change: Change } | { readonly unknown: string }

/** A message as it was and as it came back. */
export interface Compared {
  readonly original: MailFacts
  readonly copy: MailFacts
  readonly bytes: Buffer
}

/** Of these fields all is said by the parts, which are compared themselves. */
const structural =
  /^(?:mime-version|content-(?:type|transfer-encoding|disposition|id|location|base|length|md5)|lines)$/

/** Every difference between a message and what came back of it; empty when Python finds the same in both. */
export function differencesOf({ original, copy, bytes }: Compared): readonly Difference[] {
  return [...fieldDifferences(original.fields, copy.fields, bytes), ...leafDifferences(original.leaves, copy.leaves, bytes)]
}

function fieldDifferences(before: readonly FieldFacts[], after: readonly FieldFacts[], bytes: Buffer): readonly Difference[] {
  const key = ([name, value]: FieldFacts): string => `${name}: ${value.replaceAll('\0', '').trim()}`
  const [from, to] = [before, after].map((fields) => fields.filter(([name]) => !structural.test(name)).map(key)) as [string[], string[]]
  const lost = without(from, to)
  const added = without(to, from)
  const found: Difference[] = []
  for (const field of lost) {
    const name = field.slice(0, field.indexOf(':'))
    if (name === 'date' && Number.isNaN(Date.parse(field.slice(6)))) {
      const at = added.findIndex((one) => one.startsWith('date: '))
      if (at >= 0) {
        added.splice(at, 1)
        found.push({ change: 'Message-ID or Date made' })
        continue
      }
    }
    const rewritten = added.findIndex((one) => one.startsWith(`${name}: `) && isRewritten(field, one))
    if (rewritten < 0) found.push({ unknown: `lost field ${name}` })
    else {
      added.splice(rewritten, 1)
      found.push({ change: 'raw 8-bit field' })
    }
  }
  const written = unfolded(bytes)
  for (const field of added) {
    const at = field.indexOf(':')
    const isCategories = from.length === 0 && field.startsWith('keywords: ')
    const isMissing = !from.some((one) => one.startsWith(field.slice(0, at + 1)) && one.length > at + 2)
    if (isMissing && /^(?:message-id|date): /.test(field) && !written.includes(field.slice(at + 2).trim())) found.push({ change: 'Message-ID or Date made' })
    else if (isMissing && field.startsWith('thread-index: ')) found.push({ change: 'Thread-Index made' })
    else if (isCategories) found.push({ change: 'categories in a bare header' })
    else if (written.includes(field.slice(at + 2).trim()) && written.toLowerCase().includes(field.slice(0, at))) found.push({ change: 'header after a strange line' })
    else found.push({ unknown: `added field ${field.slice(0, at)}` })
  }
  if (found.length === 0 && from.join('\n') !== to.join('\n')) found.push({ unknown: 'order of fields' })
  return found
}

/** The whole message as a header is read: no folds, no NUL. */
function unfolded(bytes: Buffer): string {
  return bytes.toString('latin1').replaceAll('\0', '').replace(/\r*\n(?=[ \t])/g, '')
}

/** Whether a field with raw bytes says the same in encoded words. */
function isRewritten(before: string, after: string): boolean {
  if (!/[\x80-\xff]/.test(before)) return false
  const words = (text: string): string => text.replace(/["<>\s]/g, '')
  const said = words(decodedWords(after, 'utf8'))
  return [said, words(Buffer.from(said, 'utf8').toString('latin1'))].some((one) =>
    [readings(before), readings(decodedWords(before, 'latin1'))].flat().map(words).includes(one),
  )
}

/** What bytes may mean: UTF-8, Windows-1252, or each byte a character. */
export function readings(latin: string): readonly string[] {
  const bytes = Buffer.from(latin, 'latin1')
  return [bytes.toString('utf8'), windows1252.decode(bytes), latin]
}

const windows1252 = new TextDecoder('windows-1252')

function decodedWords(text: string, raw: 'utf8' | 'latin1'): string {
  return text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?([\w-]+)\?([bq])\?([^?]*)\?=/gi, (_, charset: string, encoding: string, word: string) => {
      const quoted = word.replaceAll('_', ' ').replace(/=([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      const bytes = encoding.toLowerCase() === 'b' ? Buffer.from(word, 'base64') : Buffer.from(quoted, 'latin1')
      return raw === 'latin1' ? bytes.toString('latin1') : new TextDecoder(charset).decode(bytes)
    })
}

/** How a leaf of the original is found again in the copy, the strictest way first. */
type Likeness = (before: LeafFacts, after: LeafFacts) => readonly Difference[] | undefined

function leafDifferences(before: readonly LeafFacts[], after: readonly LeafFacts[], bytes: Buffer): readonly Difference[] {
  const found: Difference[] = []
  const left = [...after]
  const pending = [...before]
  for (const likeness of likenesses(bytes)) {
    for (const leaf of pending.slice()) {
      let match: readonly Difference[] | undefined
      const at = left.findIndex((other) => (match = likeness(leaf, other)) !== undefined)
      if (at < 0 || match === undefined) continue
      found.push(...match, ...attributeDifferences(leaf, left[at]!))
      left.splice(at, 1)
      pending.splice(pending.indexOf(leaf), 1)
    }
  }
  takeSigned(before, left, pending, bytes, found)
  takeMadeTexts(before, after, left, pending, found)
  for (const leaf of pending) found.push(isEmptyText(leaf) ? { change: 'empty text' } : { unknown: `lost part ${leaf.type} ${leaf.name ?? ''}`.trim() })
  for (const leaf of left) found.push(isEmptyText(leaf) ? { change: 'empty text' } : { unknown: `added part ${leaf.type} ${leaf.name ?? ''}`.trim() })
  const order = (leaves: readonly LeafFacts[]): string => leaves.map(({ inside, type }) => `${inside.join('>')} ${type}`).join()
  if (!found.some((one) => 'unknown' in one) && order(before) !== order(after)) found.push({ change: 'structure made anew' })
  return found
}

function likenesses(bytes: Buffer): readonly Likeness[] {
  return [
    (one, other) => (isSameFile(one, other) && one.name === other.name ? encodingOf(one, other) : undefined),
    (one, other) => (isSameFile(one, other) ? encodingOf(one, other) : undefined),
    (one, other) => (isBody(one) && isBody(other) && isHtml(one) === isHtml(other) && textOf(one) !== undefined && textOf(one) === textOf(other) ? [{ change: 'text encoded anew' }] : undefined),
    (one, other) => (isBody(one) && isHtml(one) === isHtml(other) && unblanked(textOf(one) ?? '\0') === unblanked(textOf(other) ?? '') ? [{ change: 'blanks at line ends' }] : undefined),
    (one, other) => (isBody(one) && isHtml(one) === isHtml(other) && guesses(one).includes(textOf(other) ?? '\0') ? [{ change: 'charset found out' }] : undefined),
    (one, other) => (isHtml(one) && isHtml(other) && isBody(one) && wordsOf(one).some((words) => wordsOf(other).includes(words)) ? [{ change: 'HTML written anew' }] : undefined),
    (one, other) => (isSameCalendar(one, other) ? [{ change: 'calendar written anew' }] : undefined),
    (one, other) => {
      if (one.messages === undefined || other.messages === undefined || one.messages.length !== other.messages.length) return undefined
      return one.messages.flatMap((original, at) => differencesOf({ original, copy: other.messages![at]!, bytes }))
    },
  ]
}

/** Signed and encrypted parts that are, behind their Content-Type, in a file smime.p7m as they were, byte by byte. */
function takeSigned(before: readonly LeafFacts[], left: LeafFacts[], pending: LeafFacts[], bytes: Buffer, found: Difference[]): void {
  const isSigned = ({ name, latin }: LeafFacts): boolean => {
    if (name !== 'smime.p7m' || typeof latin !== 'string') return false
    const body = latin.slice(latin.indexOf('\r\n\r\n') + 4)
    return body.trim() !== '' && bytes.includes(Buffer.from(body.trim(), 'latin1'))
  }
  const at = left.findIndex(isSigned)
  if (at < 0 || before.some(({ name }) => name === 'smime.p7m')) return
  left.splice(at, 1)
  pending.length = 0
  found.push({ change: 'signed parts in one file' })
}

/** The plain form of a text that is there as HTML on both sides. */
function takeMadeTexts(before: readonly LeafFacts[], after: readonly LeafFacts[], left: LeafFacts[], pending: LeafFacts[], found: Difference[]): void {
  if (!before.some((leaf) => isHtml(leaf) && !pending.includes(leaf)) || !after.some((leaf) => isHtml(leaf) && !left.includes(leaf))) return
  const isPlainBody = (leaf: LeafFacts): boolean => leaf.type === 'text/plain' && isBody(leaf)
  for (const list of [pending, left]) {
    const at = list.findIndex(isPlainBody)
    if (at < 0 || isEmptyText(list[at]!)) continue
    list.splice(at, 1)
    found.push({ change: 'text made of the HTML' })
  }
}

function isHtml({ type }: LeafFacts): boolean {
  return type === 'text/html'
}

/** What a browser shows of HTML, roughly. */
function wordsOf({ text, latin }: LeafFacts): readonly string[] {
  const all = typeof text === 'string' ? [text] : readings(latin ?? '')
  return all.map((one) => one.replace(/<(head|style|script|title)\b[^]*?<\/\1\s*>/gi, '').replace(/<[^>]*>/g, '').replace(/\s+/g, ''))
}

function encodingOf(one: LeafFacts, other: LeafFacts): readonly Difference[] {
  return !one.type.startsWith('text/') || one.charset === other.charset ? [] : [{ change: 'text encoded anew' }]
}

function isSameFile(one: LeafFacts, other: LeafFacts): boolean {
  return one.digest !== undefined && one.digest === other.digest && isHtml(one) === isHtml(other) && (one.sizeBytes !== 0 || one.type === other.type)
}

/** A text that is shown and not a file; of files every byte counts. */
function isBody({ type, disposition, name }: LeafFacts): boolean {
  return (type.startsWith('text/') && type !== 'text/calendar' && disposition !== 'attachment') || (name === null && type.startsWith('multipart/'))
}

/** The charset is right, and line ends do not count. */
function textOf({ text }: LeafFacts): string | undefined {
  return typeof text === 'string' ? plain(text) : undefined
}

/** Where the charset is missing, unknown or wrong. */
function guesses({ latin }: LeafFacts): readonly string[] {
  return typeof latin === 'string' ? readings(latin).map(plain) : []
}

function plain(text: string): string {
  return text.replace(/^\ufeff/, '').replace(/\r*\n/g, '\n')
}

function unblanked(text: string): string {
  return text.replace(/[ \t]+$/gm, '').trimEnd()
}

function isEmptyText({ type, sizeBytes, text }: LeafFacts): boolean {
  return type.startsWith('text/') && (sizeBytes === 0 || (typeof text === 'string' && text.trim() === ''))
}

function isSameCalendar(one: LeafFacts, other: LeafFacts): boolean {
  if (one.type !== 'text/calendar' || other.type !== 'text/calendar') return false
  const [before, after] = [one, other].map(({ latin }) => factsOf(Buffer.from(latin ?? '', 'latin1').toString('utf8'), new Set()))
  if (before === undefined || after === undefined) return before === after
  return [...before].every(([key, event]) => {
    const same = after.get(key)
    if (same === undefined || !isSameTime(event.start, same.start) || !isSameTime(event.end, same.end)) return false
    return event.location.trim() === same.location.trim() && event.ruleStarts.join() === same.ruleStarts.join()
  })
}

function attributeDifferences(before: LeafFacts, after: LeafFacts): readonly Difference[] {
  const found: Difference[] = []
  const isPartless = before.type.startsWith('multipart/')
  if (before.name !== after.name) found.push(nameDifference(before, after))
  if (isPartless) found.push({ change: 'multipart without parts' })
  else if (before.type !== after.type) {
    const isReadable = /^[ \t]*[\w.+-]+\/[\w.+-]+[ \t]*(?:;|$)/.test(before.writtenType) && before.type !== 'message/global'
    found.push(isReadable ? { unknown: `type ${before.type} became ${after.type}` } : { change: 'type of a file' })
  }
  if (before.disposition !== after.disposition) found.push({ change: 'disposition written anew' })
  if (contentIdOf(before) !== contentIdOf(after)) found.push(isBody(before) && after.contentId === null ? { change: 'content id of a body' } : { unknown: `content id of ${before.type}` })
  return found
}

function nameDifference(before: LeafFacts, after: LeafFacts): Difference {
  const [was, is] = [plainName(before), plainName(after)]
  if (was === '' && /^ATT\d{5}(?:\.\w+)?$/.test(is)) return { change: 'named file' }
  if (isBody(before) && is === '') return { change: 'named body' }
  if (before.type === 'text/calendar' && is === '') return { change: 'calendar written anew' }
  if (before.messages !== undefined && was === '') return { change: 'message as a file' }
  return isLike(was.replaceAll(' ', ''), is.replaceAll(' ', '')) ? { change: 'name written anew' } : { unknown: `name of ${before.type}: ${was} became ${is}` }
}

function plainName({ name }: LeafFacts): string {
  return (name === null ? '' : decodedWords(name, 'utf8')).replace(/[\0-\x1f\x7f\s]+/g, ' ').trim()
}

/** Python shows U+FFFD, one or several, for what it cannot read in a name. */
function isLike(was: string, is: string): boolean {
  const parts = was.split(/\ufffd+/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.+')}$`, 'u').test(is)
}

/** With or without brackets, and none where there is nothing in it. */
function contentIdOf({ contentId }: LeafFacts): string {
  return (contentId ?? '').replace(/^<|>$/g, '').trim()
}

/** What is in the first list and, counting copies, not in the second. */
function without(first: readonly string[], second: readonly string[]): string[] {
  const rest = [...second]
  return first.filter((one) => {
    const at = rest.indexOf(one)
    if (at >= 0) rest.splice(at, 1)
    return at < 0
  })
}
