import type { Mailbox } from '../mailbox/mailbox.ts'
import type { Departure, ItemRow } from '../mailbox/rows.ts'
import type { DeltaState } from './delta-state.ts'

/** An item that came or changed, or one that left. */
export type ItemChange =
  | { readonly type: 'item'; readonly row: ItemRow }
  | { readonly type: 'departure'; readonly departure: Departure }

/** A page of a folder's changes. */
export interface ChangePage {
  readonly changes: readonly ItemChange[]
  /** The state behind this page. */
  readonly next: DeltaState
  /** Whether more changes wait; otherwise `next` begins another round. */
  readonly hasMore: boolean
}

/** How a page is bounded. */
export interface ChangeLimits {
  readonly itemsMax: number
  /** How much of the answer an item is, about. */
  readonly sizeOf: (row: ItemRow) => number
}

const pageBytesMax = 4 * 1024 * 1024

/**
 * The changes of a folder in their order. What left the folder and is back has both changes, the departure first; with
 * `isSameId` (immutable ids, which survive the way) only the item counts.
 */
export function changesOf(
  mailbox: Mailbox,
  folderId: number,
  state: DeltaState,
  limits: ChangeLimits,
  isSameId: boolean,
): ChangePage {
  const { itemsMax } = limits
  const until = mailbox.change
  const rows = mailbox.items.changedSince(folderId, state.after, itemsMax + 1)
  const departures = mailbox.items.departuresSince(folderId, Math.max(state.after, state.since), itemsMax + 1)
  const waiting: ItemChange[] = [
    ...rows.map((row) => ({ type: 'item', row }) as const),
    ...departures.map((departure) => ({ type: 'departure', departure }) as const),
  ]
  waiting.sort((a, b) => changeOf(a) - changeOf(b))
  const taken = takePage(waiting, limits)
  const hasMore = taken.length < waiting.length
  const last = taken.at(-1)
  const changes = isSameId
    ? taken.filter((change) => change.type === 'item' || !isBack(mailbox, folderId, change.departure))
    : taken
  const next = {
    ...state,
    given: state.given + changes.length,
    after: hasMore && last !== undefined ? changeOf(last) : until,
  }
  return { changes, hasMore, next: hasMore ? next : { ...next, since: until } }
}

function takePage(waiting: readonly ItemChange[], { itemsMax, sizeOf }: ChangeLimits): readonly ItemChange[] {
  let bytes = 0
  const end = waiting.findIndex((change, index) => {
    bytes += change.type === 'item' ? sizeOf(change.row) : 0
    return index >= itemsMax || (index > 0 && bytes > pageBytesMax)
  })
  return end < 0 ? waiting : waiting.slice(0, end)
}

function changeOf(change: ItemChange): number {
  return change.type === 'item' ? change.row.change : change.departure.change
}

function isBack(mailbox: Mailbox, folderId: number, { itemId }: Departure): boolean {
  return mailbox.items.find(itemId)?.folderId === folderId
}
