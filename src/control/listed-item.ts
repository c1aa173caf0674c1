import { decodeEncodedWords } from '../formats/encoded-words.ts'
import type { Entry } from '../core/model/entry.ts'
import { type ItemPlace, itemPlace } from '../core/plan/item-place.ts'
import type { MailboxLedger } from '../store/mailbox-ledger.ts'
import type { ListedEntry } from '../store/listings.ts'

/** An item with everything the ledger knows of it. */
export interface ListedItem {
  /** URLs of its mailbox's sides. */
  readonly source: string
  readonly target: string
  readonly entry: Entry
  readonly sourcePath: readonly string[]
  /** Where its copy is; absent when it has none. */
  readonly targetPath?: readonly string[]
  /** The folder as events tell it. */
  readonly place: ItemPlace
}

/** Names the mailbox that a listed entry belongs to, and makes its header texts readable. */
export function toListedItem(ledger: MailboxLedger, { entry: raw, sourcePath, targetPath }: ListedEntry): ListedItem {
  const entry = toReadable(raw)
  return {
    source: ledger.name.sourceUrl,
    target: ledger.name.targetUrl,
    entry,
    sourcePath,
    place: itemPlace(sourcePath, targetPath),
    ...(targetPath === undefined || entry.targetId === undefined ? {} : { targetPath }),
  }
}

/** The entry with its header texts decoded (RFC 2047), as a person reads them; the ledger keeps them as they were written. */
export function toReadable(entry: Entry): Entry {
  const { description } = entry
  if (description === undefined || !/=\?/.test(description.from + description.subject)) return entry
  const { from, subject } = description
  return { ...entry, description: { ...description, from: decodeEncodedWords(from), subject: decodeEncodedWords(subject) } }
}
