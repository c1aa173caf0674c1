import { parseDateTime, type ZonedTime } from './dates.ts'
import { garbage } from './garbage.ts'
import { isList, Scanner, toByteString, toNumber, type Value } from './tokens.ts'

/** What one FETCH response says of a message; what it does not say is undefined. */
export interface FetchData {
  /** Message sequence number. */
  sequence: number
  uid: number | undefined
  /** As spelled by the server, `\Recent` included. The array may be shared between responses. */
  flags: readonly string[] | undefined
  /** INTERNALDATE; undefined also when it is no date. */
  receivedAt: ZonedTime | undefined
  sizeBytes: number | undefined
  modseq: bigint | undefined
  /** The section asked with BODY[] or BINARY[], when it came. */
  body: FetchedSection | undefined
  /** Everything else by upper-case name: `EMAILID`, `X-GM-LABELS`, ... */
  others: ReadonlyMap<string, Value> | undefined
}

/** A BODY[...] or BINARY[...] item. */
export interface FetchedSection {
  /** What stands in the brackets: empty for the whole message. */
  readonly section: string
  /** Null for NIL; empty when a taker had the literal. */
  readonly content: Uint8Array | null
}

const quote = 34
const openParenthesis = 40
const closeParenthesis = 41
const digitZero = 48
const digitNine = 57

/**
 * Reads a FETCH response; undefined for any other. `text` may also end at the `{size}` of a body's literal, as
 * `ResponseHandler.onLiteral` has it: then `body` is set and what follows is yet unknown. Throws `imap.protocol.garbage`.
 */
export function parseFetch(text: string, literals: readonly Uint8Array[] = []): FetchData | undefined {
  const sequenceEnd = text.indexOf(' ', 2)
  if (!isFetchAt(text, sequenceEnd)) return undefined
  const sequence = toNumber(text.slice(2, sequenceEnd))
  if (sequence === undefined) return undefined
  const data: FetchData = {
    sequence,
    uid: undefined,
    flags: undefined,
    receivedAt: undefined,
    sizeBytes: undefined,
    modseq: undefined,
    body: undefined,
    others: undefined,
  }
  const scanner = new Scanner(text, literals, sequenceEnd + 8)
  for (;;) {
    scanner.skipSpaces()
    if (scanner.peek() === closeParenthesis) return data
    if (!readAttribute(scanner, data)) return data
  }
}

function isFetchAt(text: string, at: number): boolean {
  return (
    at > 2 &&
    (text.startsWith(' FETCH (', at) || text.slice(at, at + 8).toUpperCase() === ' FETCH (') &&
    text.startsWith('* ')
  )
}

/** Reads one name and its value; false when the text ends at the literal of a body. */
function readAttribute(scanner: Scanner, data: FetchData): boolean {
  const { text, at } = scanner
  const nameEnd = text.indexOf(' ', at)
  // The names of nearly every answer, told apart without making a string of each.
  switch (nameEnd - at) {
    case 3:
      if (text.startsWith('UID', at)) {
        data.uid = readNumber(scanner, nameEnd + 1)
        return true
      }
      break
    case 5:
      if (text.startsWith('FLAGS', at)) {
        data.flags = readFlags(scanner, nameEnd + 1)
        return true
      }
      break
    case 11:
      if (text.startsWith('RFC822.SIZE', at)) {
        data.sizeBytes = readNumber(scanner, nameEnd + 1)
        return true
      }
      break
    case 12:
      if (text.startsWith('INTERNALDATE', at)) {
        data.receivedAt = readDate(scanner, nameEnd + 1)
        return true
      }
      break
    default:
  }
  return readOther(scanner, data)
}

function readOther(scanner: Scanner, data: FetchData): boolean {
  const name = scanner.atom()
  const bracket = name.indexOf('[')
  if (bracket > 0 && /^(?:BODY|BINARY)\[/i.test(name)) return readBody(scanner, data, name, bracket)
  const value = scanner.value()
  switch (name.toUpperCase()) {
    case 'UID':
      data.uid = toNumber(value)
      break
    case 'FLAGS':
      data.flags = toFlags(value)
      break
    case 'RFC822.SIZE':
      data.sizeBytes = toNumber(value)
      break
    case 'INTERNALDATE':
      data.receivedAt = parseDateTime(toByteString(value) ?? '')
      break
    case 'MODSEQ':
      data.modseq = toModseq(value)
      break
    default:
      ;((data.others ??= new Map()) as Map<string, Value>).set(name.toUpperCase(), value)
  }
  return true
}

const literalAtEnd = /~?\{\d+\}$/

function readBody(scanner: Scanner, data: FetchData, name: string, bracket: number): boolean {
  const section = name.slice(bracket + 1, name.lastIndexOf(']'))
  scanner.skipSpaces()
  if (scanner.text.indexOf('\n', scanner.at) < 0 && literalAtEnd.test(scanner.text)) {
    // A quoted body could end like a literal's size only with its closing quote after it.
    data.body = { section, content: empty }
    return false
  }
  const content = scanner.nilOrString()
  data.body = { section, content: content === undefined ? null : Buffer.from(content, 'latin1') }
  return true
}

const empty = new Uint8Array(0)

function readNumber(scanner: Scanner, start: number): number {
  const { text } = scanner
  let number = 0
  let at = start
  for (; ; at++) {
    const code = text.charCodeAt(at)
    if (!(code >= digitZero && code <= digitNine)) break
    number = number * 10 + code - digitZero
  }
  if (at === start || !Number.isSafeInteger(number)) {
    // Quoted or spaced numbers occur; the general way reads or refuses them.
    scanner.at = start
    const value = toNumber(scanner.value())
    if (value === undefined) throw garbage('no number where one belongs')
    return value
  }
  scanner.at = at
  return number
}

function readDate(scanner: Scanner, start: number): ZonedTime | undefined {
  const { text } = scanner
  const end = text.indexOf('"', start + 1)
  if (text.charCodeAt(start) !== quote || end < 0) {
    scanner.at = start
    return parseDateTime(toByteString(scanner.value()) ?? '')
  }
  scanner.at = end + 1
  return parseDateTime(text, start + 1, end)
}

/** A mailbox knows few combinations of flags, each of them thousands of times. */
const flagsSeen = new Map<string, readonly string[]>()
const flagsSeenMax = 1_000
const flagsSeenLengthMax = 200

function readFlags(scanner: Scanner, start: number): readonly string[] {
  const { text } = scanner
  const end = text.indexOf(')', start)
  // Only lists within lists and quoted flags, which are not IMAP, could make the first parenthesis the wrong one.
  if (text.charCodeAt(start) !== openParenthesis || end < 0) {
    scanner.at = start
    return toFlags(scanner.value())
  }
  scanner.at = end + 1
  const key = text.slice(start + 1, end)
  const seen = flagsSeen.get(key)
  if (seen !== undefined) return seen
  const flags = Object.freeze(key.split(' ').filter((flag) => flag !== ''))
  if (key.length <= flagsSeenLengthMax) {
    if (flagsSeen.size >= flagsSeenMax) flagsSeen.clear()
    flagsSeen.set(key, flags)
  }
  return flags
}

function toFlags(value: Value): readonly string[] {
  return isList(value) ? value.map(toByteString).filter((flag) => flag !== undefined) : []
}

function toModseq(value: Value): bigint | undefined {
  const text = toByteString(isList(value) ? value[0] : value)
  return text !== undefined && /^\d{1,20}$/.test(text) ? BigInt(text) : undefined
}

