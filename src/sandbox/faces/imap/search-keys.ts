import type { ArgumentCursor } from './argument-cursor.ts'
import { parseDate } from './date-time.ts'
import type { Flag } from './flags.ts'
import { badArguments, Refusal } from './refusal.ts'
import { parseSequenceSet, type SequenceSet } from './sequence-set.ts'

/** What a message must be (RFC 3501 section 6.4.4). */
export type SearchKey =
  | { readonly type: 'all' }
  | { readonly type: 'none' }
  | { readonly type: 'flag'; readonly flag: Flag }
  | { readonly type: 'set'; readonly set: SequenceSet; readonly byUid: boolean }
  /** From `fromMs` to before `untilMs`. */
  | { readonly type: 'received' | 'sent'; readonly fromMs: number; readonly untilMs: number }
  | { readonly type: 'size'; readonly aboveBytes: number; readonly belowBytes: number }
  /** `text` is in lower case. */
  | { readonly type: 'header'; readonly field: string; readonly text: string }
  | { readonly type: 'body' | 'text'; readonly text: string }
  | { readonly type: 'not'; readonly key: SearchKey }
  | { readonly type: 'or'; readonly keys: readonly SearchKey[] }
  | { readonly type: 'and'; readonly keys: readonly SearchKey[] }

const flagKeys: Readonly<Record<string, Flag>> = {
  ANSWERED: 'answered',
  DELETED: 'deleted',
  DRAFT: 'draft',
  FLAGGED: 'flagged',
  SEEN: 'seen',
}
const headerKeys: readonly string[] = ['BCC', 'CC', 'FROM', 'SUBJECT', 'TO']
const dayMs = 24 * 60 * 60 * 1000
const none: SearchKey = { type: 'none' }
const depthMax = 50
const keysMax = 1_000

/**
 * Reads the keys of SEARCH. Throws `badArguments`, as Exchange does for every keyword but `$MDNSent`, and NO for any
 * charset but US-ASCII (MS-STANXIMAP section 2.2.24, V0037 to V0039).
 */
export function parseSearchKeys(args: ArgumentCursor): SearchKey {
  const parser = new SearchParser(args)
  return parser.parse()
}

class SearchParser {
  readonly #args: ArgumentCursor
  #depth = 0
  #keysCount = 0

  constructor(args: ArgumentCursor) {
    this.#args = args
  }

  parse(): SearchKey {
    const args = this.#args
    const keys: SearchKey[] = []
    let isFirst = true
    while (!args.isAtEnd) {
      if (!isFirst) args.space()
      const word = args.next === '(' ? '' : args.word().toUpperCase()
      if (isFirst && word === 'CHARSET') {
        args.space()
        requireAscii(args.astring())
      } else keys.push(this.#key(word))
      isFirst = false
    }
    if (keys.length === 0) throw badArguments()
    return { type: 'and', keys }
  }

  #next(): SearchKey {
    this.#args.space()
    return this.#key(this.#args.next === '(' ? '' : this.#args.word().toUpperCase())
  }

  #key(word: string): SearchKey {
    if (++this.#keysCount > keysMax || ++this.#depth > depthMax) throw badArguments()
    try {
      return word === '' ? this.#group() : this.#named(word)
    } finally {
      this.#depth--
    }
  }

  #group(): SearchKey {
    const args = this.#args
    const keys = args.list(() => this.#key(args.next === '(' ? '' : args.word().toUpperCase()))
    if (keys.length === 0) throw badArguments()
    return { type: 'and', keys }
  }

  #named(word: string): SearchKey {
    const flag = flagKeys[word]
    if (flag !== undefined) return { type: 'flag', flag }
    const unset = word.startsWith('UN') ? flagKeys[word.slice(2)] : undefined
    if (unset !== undefined) return { type: 'not', key: { type: 'flag', flag: unset } }
    if (headerKeys.includes(word)) return { type: 'header', field: word.toLowerCase(), text: this.#text() }
    switch (word) {
      case 'ALL':
      case 'OLD':
        return { type: 'all' }
      // No session ever is told of recent messages (`0 RECENT`).
      case 'NEW':
      case 'RECENT':
        return none
      case 'KEYWORD':
        return this.#keyword()
      case 'UNKEYWORD':
        return { type: 'not', key: this.#keyword() }
      case 'BODY':
        return { type: 'body', text: this.#text() }
      case 'TEXT':
        return { type: 'text', text: this.#text() }
      case 'HEADER':
        return { type: 'header', field: this.#text(), text: this.#text() }
      case 'LARGER':
        return { type: 'size', aboveBytes: this.#number(), belowBytes: Number.POSITIVE_INFINITY }
      case 'SMALLER':
        return { type: 'size', aboveBytes: -1, belowBytes: this.#number() }
      case 'NOT':
        return { type: 'not', key: this.#next() }
      case 'OR':
        return { type: 'or', keys: [this.#next(), this.#next()] }
      case 'UID':
        this.#args.space()
        return { type: 'set', set: parseSequenceSet(this.#args.word()), byUid: true }
      default:
        return this.#dated(word) ?? { type: 'set', set: parseSequenceSet(word), byUid: false }
    }
  }

  #dated(word: string): SearchKey | undefined {
    const [, sent, relation] = /^(SENT)?(BEFORE|ON|SINCE)$/.exec(word) ?? []
    if (relation === undefined) return undefined
    this.#args.space()
    const dayStartMs = parseDate(this.#args.astring())
    return {
      type: sent === undefined ? 'received' : 'sent',
      fromMs: relation === 'BEFORE' ? Number.NEGATIVE_INFINITY : dayStartMs,
      untilMs: relation === 'BEFORE' ? dayStartMs : relation === 'ON' ? dayStartMs + dayMs : Number.POSITIVE_INFINITY,
    }
  }

  #keyword(): SearchKey {
    this.#args.space()
    if (this.#args.atom().toLowerCase() !== '$mdnsent') throw badArguments()
    return { type: 'flag', flag: 'mdnSent' }
  }

  #text(): string {
    this.#args.space()
    const text = this.#args.astring()
    if (/[^\x00-\x7f]/.test(text)) throw badArguments()
    return text.toLowerCase()
  }

  #number(): number {
    this.#args.space()
    const text = this.#args.word()
    if (!/^\d{1,10}$/.test(text)) throw badArguments()
    return Number(text)
  }
}

function requireAscii(charset: string): void {
  if (charset.toUpperCase() !== 'US-ASCII') throw new Refusal('NO', '[BADCHARSET (US-ASCII)] The specified charset is not supported.')
}
