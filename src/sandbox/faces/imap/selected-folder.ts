import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { FolderRow, ItemRow } from '../../mailbox/rows.ts'
import { formatFlags } from './flags.ts'
import { Refusal } from './refusal.ts'
import type { SequenceSet } from './sequence-set.ts'

const pageItems = 200

/** A folder as a session sees it: message numbers stay until the client was told otherwise (RFC 3501 section 7.4.1). */
export class SelectedFolder {
  readonly folderId: number
  readonly isReadOnly: boolean
  /** The number of the first message that was not read when the folder was opened. */
  readonly firstUnseen: number | undefined
  readonly #mailbox: Mailbox
  #uids: number[]
  /** Up to here the client knows of arrivals and changed flags, and of what has gone. */
  #seenChange: number
  #seenDeparture: number
  /** Changes that the session itself made and has answered. */
  readonly #answered = new Set<number>()

  constructor(mailbox: Mailbox, folder: FolderRow, isReadOnly: boolean) {
    this.#mailbox = mailbox
    this.folderId = folder.id
    this.isReadOnly = isReadOnly
    this.#seenChange = mailbox.change
    this.#seenDeparture = this.#seenChange
    this.#uids = []
    let firstUnseen: number | undefined
    for (const { uid, isRead } of mailbox.items.uids(folder.id)) {
      this.#uids.push(uid)
      if (!isRead) firstUnseen ??= this.#uids.length
    }
    this.firstUnseen = firstUnseen
  }

  get size(): number {
    return this.#uids.length
  }

  /** The message number of a UID, from 1; 0 when the client knows no such message. */
  numberOf(uid: number): number {
    const at = this.#placeOf(uid)
    return this.#uids[at] === uid ? at + 1 : 0
  }

  /** The UIDs of a set, rising. Throws for message numbers that there are not; UIDs may be missing. */
  resolve(set: SequenceSet, byUid: boolean): readonly number[] {
    const taken = set.map(([first, last]) => (byUid ? this.#uidRange(first, last) : this.#numberRange(first, last)))
    const [only] = taken
    if (taken.length === 1 && only !== undefined) return this.#uids.slice(only.from, only.to)
    const places = new Set<number>()
    for (const { from, to } of taken) for (let at = from; at < to; at++) places.add(at)
    return [...places].toSorted((one, other) => one - other).map((at) => this.#uids[at]!)
  }

  /** The items of these UIDs (rising) that are still there. */
  *rows(uids: readonly number[]): Generator<ItemRow> {
    for (let at = 0; at < uids.length; ) {
      const first = this.#placeOf(uids[at]!)
      let count = 1
      while (count < pageItems && uids[at + count] !== undefined && this.#uids[first + count] === uids[at + count]) count++
      const last = uids[at + count - 1]!
      const page = this.#mailbox.items.list(this.folderId, { afterUid: uids[at]! - 1, limit: count })
      for (const row of page) if (row.uid <= last) yield row
      at += count
    }
  }

  /** A change of this session that it has answered: it is not told again. */
  markAnswered(row: ItemRow): void {
    this.#answered.add(row.change)
  }

  /** Untagged responses for what happened meanwhile; without EXPUNGE where message numbers have to stay. */
  takeChanges(allowsExpunge: boolean): readonly string[] {
    const now = this.#mailbox.change
    const lines = allowsExpunge && now !== this.#seenDeparture ? this.#takeDepartures(now) : []
    if (now === this.#seenChange) return lines
    const sizeBefore = this.#uids.length
    for (const row of this.#changedRows()) {
      const number = this.numberOf(row.uid)
      if (number > 0 && !this.#answered.has(row.change)) lines.push(`${number} FETCH (FLAGS (${formatFlags(row)}))`)
      if (number === 0 && row.uid > (this.#uids.at(-1) ?? 0)) this.#uids.push(row.uid)
    }
    this.#answered.clear()
    if (this.#uids.length !== sizeBefore) lines.push(`${this.#uids.length} EXISTS`, '0 RECENT')
    return lines
  }

  #takeDepartures(now: number): string[] {
    const gone = new Set(this.#mailbox.items.departuresSince(this.folderId, this.#seenDeparture).map(({ uid }) => uid))
    this.#seenDeparture = now
    if (gone.size === 0) return []
    const lines: string[] = []
    const remaining: number[] = []
    for (const uid of this.#uids) {
      if (gone.has(uid)) lines.push(`${remaining.length + 1} EXPUNGE`)
      else remaining.push(uid)
    }
    this.#uids = remaining
    return lines
  }

  /** By UID, so that arrivals come in their order. */
  #changedRows(): readonly ItemRow[] {
    const rows: ItemRow[] = []
    for (;;) {
      const page = this.#mailbox.items.changedSince(this.folderId, this.#seenChange, pageItems)
      rows.push(...page)
      this.#seenChange = page.at(-1)?.change ?? this.#mailbox.change
      if (page.length < pageItems) break
    }
    this.#seenChange = this.#mailbox.change
    return rows.toSorted((one, other) => one.uid - other.uid)
  }

  #numberRange(first: number, last: number): { readonly from: number; readonly to: number } {
    const size = this.#uids.length
    const from = Math.min(first, size)
    const to = Math.min(last, size)
    const isThere = size > 0 && (first <= size || first === Number.POSITIVE_INFINITY) && (last <= size || last === Number.POSITIVE_INFINITY)
    if (!isThere) throw new Refusal('BAD', 'The specified message set is invalid.')
    return { from: from - 1, to }
  }

  #uidRange(first: number, last: number): { readonly from: number; readonly to: number } {
    const highest = this.#uids.at(-1)
    if (highest === undefined) return { from: 0, to: 0 }
    // `*` is the last message, also in `900:*` when that is beyond it.
    const start = last === Number.POSITIVE_INFINITY ? Math.min(first, highest) : first
    const end = Math.min(last, highest)
    return { from: this.#placeOf(start), to: Math.max(this.#placeOf(end + 1), this.#placeOf(start)) }
  }

  /** Where a UID is or would be. */
  #placeOf(uid: number): number {
    let from = 0
    let to = this.#uids.length
    while (from < to) {
      const middle = (from + to) >>> 1
      if (this.#uids[middle]! < uid) from = middle + 1
      else to = middle
    }
    return from
  }
}
