import { GraphError } from '../http/graph-error.ts'
import type { FilterExpression } from '../http/odata/filter-expression.ts'
import { filterProperties } from '../http/odata/filter-properties.ts'
import { matchesFilter } from '../http/odata/matches-filter.ts'
import type { ODataQuery, OrderBy } from '../http/odata/parse-query.ts'
import { sortBy } from '../http/odata/sort-by.ts'
import type { Mailbox } from '../mailbox/mailbox.ts'
import type { ItemRow } from '../mailbox/rows.ts'
import { pageItems } from './item-query.ts'

/** What a listing looks for. */
export interface ItemSearch {
  readonly query: Pick<ODataQuery, 'filter' | 'orderBy' | 'skip' | 'top' | 'count'>
  /** Folders to look in. */
  readonly folderIds: readonly number[]
  /** The property by which the store has the items in order; the default order is by it, falling. */
  readonly dateProperty: string
  /** Which items belong to the listing at all. */
  readonly accepts: (row: ItemRow) => boolean
  /** The named properties of an item as the answer would have them; the extended ones that the filter tests, too. */
  readonly valuesOf: (row: ItemRow, names: readonly string[]) => Readonly<Record<string, unknown>>
  /** How much of the answer an item is, about. */
  readonly sizeOf: (row: ItemRow) => number
}

/** A page of items. */
export interface FoundItems {
  readonly rows: readonly ItemRow[]
  /** Where the next page begins; undefined when this is the last. */
  readonly nextSkip: number | undefined
  /** All that match, when the query asked for it. */
  readonly count: number | undefined
}

/** A page ends early rather than grow beyond this; it always has one item. */
const pageBytesMax = 8 * 1024 * 1024

/** Finds a page of items; whether Exchange would let it be asked is `requireEfficient`'s to say. */
export function findItems(mailbox: Mailbox, search: ItemSearch): FoundItems {
  const { query, folderIds } = search
  const skip = query.skip ?? 0
  const top = query.top ?? pageItems.normal
  const [first] = query.orderBy
  const isByDate = first === undefined || (query.orderBy.length === 1 && first.path.join('/') === search.dateProperty)
  const matching = matchingItems(mailbox.items.scan(folderIds, first?.isDescending ?? true), search)
  if (!isByDate) return sliceSorted([...matching], search, skip, top)
  const rows: ItemRow[] = []
  let bytes = 0
  let seen = 0
  let isFull = false
  for (const row of matching) {
    seen++
    if (seen <= skip) continue
    bytes += search.sizeOf(row)
    isFull ||= rows.length >= top || (rows.length > 0 && bytes > pageBytesMax)
    if (!isFull) rows.push(row)
    else if (!query.count) break
  }
  return { rows, nextSkip: isFull ? skip + rows.length : undefined, count: query.count ? seen : undefined }
}

/**
 * Throws 400 `InefficientFilter` as Exchange does (exchange.md 3.3): what is sorted by must be filtered by, too, in the
 * same order and before anything else.
 */
export function requireEfficient(filter: FilterExpression | undefined, orderBy: readonly OrderBy[]): void {
  if (filter === undefined || orderBy.length === 0) return
  const filtered = filterProperties(filter)
  if (orderBy.every(({ path }, index) => filtered[index] === path[0])) return
  throw new GraphError(400, 'InefficientFilter', 'The restriction or sort order is too complex for this operation.')
}

function* matchingItems(rows: Iterable<ItemRow>, { query: { filter }, accepts, valuesOf }: ItemSearch): Generator<ItemRow> {
  const names = filter === undefined ? [] : filterProperties(filter)
  for (const row of rows) {
    if (!accepts(row)) continue
    if (filter === undefined || matchesFilter(filter, valuesOf(row, names))) yield row
  }
}

function sliceSorted(rows: readonly ItemRow[], { query, valuesOf }: ItemSearch, skip: number, top: number): FoundItems {
  const names = query.orderBy.map(({ path }) => path[0] as string)
  const sorted = sortBy(
    rows.map((row) => ({ ...valuesOf(row, names), '@row': row })),
    query.orderBy,
  )
  const page = sorted.slice(skip, skip + top)
  return {
    rows: page.map((entry) => entry['@row']),
    nextSkip: skip + top < sorted.length ? skip + top : undefined,
    count: query.count ? sorted.length : undefined,
  }
}
