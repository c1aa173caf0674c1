import { garbage } from './garbage.ts'
import { isList, Scanner, toByteString, toNumber, type Value } from './tokens.ts'

/** A mailbox as LIST, LSUB or XLIST names it. Names are byte strings; see `modified-utf7.ts`. */
export interface ListedMailbox {
  readonly name: string
  /** As spelled, with their backslash; compare without case. */
  readonly attributes: readonly string[]
  /** Undefined for NIL: a flat name. */
  readonly delimiter: string | undefined
  readonly isSubscription: boolean
}

/** Reads LIST, LSUB and XLIST; undefined for any other response. Throws `imap.protocol.garbage`. */
export function parseList(text: string, literals: readonly Uint8Array[] = []): ListedMailbox | undefined {
  const word = /^\* (X?LIST|LSUB) /i.exec(text)
  if (word === null) return undefined
  const scanner = new Scanner(text, literals, word[0].length)
  const attributes = toStrings(scanner.list())
  const delimiter = scanner.nilOrString()
  if (delimiter !== undefined && delimiter.length !== 1) throw garbage('a LIST with a long delimiter')
  const name = scanner.astring()
  return { name, attributes, delimiter, isSubscription: word[1]?.toUpperCase() === 'LSUB' }
}

/** What STATUS says; what was not asked or is not known is undefined. */
export interface MailboxStatus {
  readonly name: string
  readonly messages: number | undefined
  readonly uidNext: number | undefined
  readonly uidValidity: number | undefined
  readonly unseen: number | undefined
  readonly sizeBytes: number | undefined
  readonly highestModseq: bigint | undefined
  readonly appendLimitBytes: number | undefined
  /** MAILBOXID (RFC 8474). */
  readonly mailboxId: string | undefined
}

/** Reads a STATUS response; undefined for any other. Throws `imap.protocol.garbage`. */
export function parseMailboxStatus(text: string, literals: readonly Uint8Array[] = []): MailboxStatus | undefined {
  if (!/^\* STATUS /i.test(text)) return undefined
  const scanner = new Scanner(text, literals, 9)
  const name = scanner.astring()
  const items = toPairs(scanner.list())
  const modseq = toByteString(items.get('HIGHESTMODSEQ'))
  const mailboxId = items.get('MAILBOXID')
  return {
    name,
    messages: toNumber(items.get('MESSAGES')),
    uidNext: toNumber(items.get('UIDNEXT')),
    uidValidity: toNumber(items.get('UIDVALIDITY')),
    unseen: toNumber(items.get('UNSEEN')),
    sizeBytes: toNumber(items.get('SIZE')),
    highestModseq: modseq !== undefined && /^\d{1,20}$/.test(modseq) ? BigInt(modseq) : undefined,
    appendLimitBytes: toNumber(items.get('APPENDLIMIT')),
    mailboxId: toByteString(isList(mailboxId) ? mailboxId[0] : mailboxId),
  }
}

/** One prefix of a namespace. */
export interface NamespacePrefix {
  readonly prefix: string
  readonly delimiter: string | undefined
}

/** RFC 2342: where one's own mailboxes are, those of other users, and those of nobody. */
export interface Namespaces {
  readonly personal: readonly NamespacePrefix[]
  readonly otherUsers: readonly NamespacePrefix[]
  readonly shared: readonly NamespacePrefix[]
}

/** Reads a NAMESPACE response; undefined for any other. Throws `imap.protocol.garbage`. */
export function parseNamespaces(text: string, literals: readonly Uint8Array[] = []): Namespaces | undefined {
  if (!/^\* NAMESPACE /i.test(text)) return undefined
  const [personal, otherUsers, shared] = new Scanner(text, literals, 12).values().map(toPrefixes)
  return { personal: personal ?? [], otherUsers: otherUsers ?? [], shared: shared ?? [] }
}

function toPrefixes(value: Value): NamespacePrefix[] {
  if (!isList(value)) return []
  return value.flatMap((entry) => {
    const prefix = isList(entry) ? toByteString(entry[0]) : undefined
    return prefix === undefined ? [] : [{ prefix, delimiter: toByteString((entry as readonly Value[])[1]) }]
  })
}

/** Names and values that alternate in a list; names upper-case. */
function toPairs(list: readonly Value[]): Map<string, Value> {
  const pairs = new Map<string, Value>()
  for (let at = 0; at + 1 < list.length; at += 2) {
    pairs.set((toByteString(list[at]) ?? '').toUpperCase(), list[at + 1] as Value)
  }
  return pairs
}

function toStrings(list: readonly Value[]): string[] {
  return list.map(toByteString).filter((one) => one !== undefined)
}
