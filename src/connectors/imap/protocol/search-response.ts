import { garbage } from './garbage.ts'
import { isList, Scanner, toByteString, toNumber, type Value } from './tokens.ts'

const numbers = /^[\d ]*$/

/** Reads `* SEARCH 2 84 882`; undefined for any other response. Throws `imap.protocol.garbage`. */
export function parseSearch(text: string): number[] | undefined {
  if (!/^\* SEARCH(?: |$)/i.test(text)) return undefined
  // CONDSTORE adds `(MODSEQ n)` behind the numbers.
  const end = text.indexOf('(')
  const list = text.slice(8, end < 0 ? undefined : end)
  if (!numbers.test(list)) throw garbage('a SEARCH of something other than numbers')
  return list.split(' ').filter(Boolean).map(Number)
}

/** What ESEARCH says (RFC 4731, RFC 9051 section 7.3.4). Absent results are undefined. */
export interface SearchResult {
  /** The command this answers; the session gives it to that one. */
  readonly tag: string | undefined
  readonly isUid: boolean
  readonly min: number | undefined
  readonly max: number | undefined
  readonly count: number | undefined
  /** A sequence set, not expanded; see `parseSequenceSet`. */
  readonly all: string | undefined
  readonly modseq: bigint | undefined
}

/** Reads an ESEARCH response; undefined for any other. Throws `imap.protocol.garbage`. */
export function parseEsearch(text: string, literals: readonly Uint8Array[] = []): SearchResult | undefined {
  if (!/^\* ESEARCH(?: |$)/i.test(text)) return undefined
  const values = new Scanner(text, literals, 9).values()
  const [correlator] = values
  const isCorrelated = isList(correlator)
  const rest = isCorrelated ? values.slice(1) : values
  const isUid = toByteString(rest[0])?.toUpperCase() === 'UID'
  const results = new Map<string, Value>()
  for (let at = isUid ? 1 : 0; at + 1 < rest.length; at += 2) {
    results.set((toByteString(rest[at]) ?? '').toUpperCase(), rest[at + 1] as Value)
  }
  const modseq = toByteString(results.get('MODSEQ'))
  return {
    tag: isCorrelated ? toByteString(correlator[1]) : undefined,
    isUid,
    min: toNumber(results.get('MIN')),
    max: toNumber(results.get('MAX')),
    count: toNumber(results.get('COUNT')),
    all: toByteString(results.get('ALL')),
    modseq: modseq !== undefined && /^\d{1,20}$/.test(modseq) ? BigInt(modseq) : undefined,
  }
}

/** UIDs that are gone (RFC 7162 section 3.2.10). */
export interface Vanished {
  /** They were gone before: the answer to a QRESYNC or VANISHED request, not news. */
  readonly isEarlier: boolean
  /** A sequence set, not expanded, and possibly naming UIDs that never were. */
  readonly uids: string
}

/** Reads VANISHED; undefined for any other response. */
export function parseVanished(text: string): Vanished | undefined {
  const match = /^\* VANISHED (\(EARLIER\) )?([\d:,]+)\s*$/i.exec(text)
  return match === null ? undefined : { isEarlier: match[1] !== undefined, uids: match[2] as string }
}
