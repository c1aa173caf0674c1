import { type DeltaState, readDelta } from '../../graph-mailbox/delta-state.ts'
import { changesOf } from '../../graph-mailbox/item-changes.ts'
import { wantsImmutableIds } from '../../graph-mailbox/item-references.ts'
import type { ItemQueryRules } from '../../graph-mailbox/item-query.ts'
import { GraphError } from '../../http/graph-error.ts'
import type { FilterExpression } from '../../http/odata/filter-expression.ts'
import type { ODataQuery, OrderBy } from '../../http/odata/parse-query.ts'
import type { GraphRequest } from '../../http/route.ts'
import { toImmutableItemId, toItemId } from '../../mailbox/ids.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { Departure, ItemRow } from '../../mailbox/rows.ts'
import { deltaAnswer, type DeltaPage, deltaPageItems } from './delta-answer.ts'
import { itemJson, itemJsonBytes, itemProperties } from './item-json.ts'
import { type FolderPlace, folderPlace, type OpenedMailbox } from './opened-mailbox.ts'
import { parseDeltaQuery } from './transfer-query.ts'

const rules: ItemQueryRules = {
  type: 'microsoft.graph.mailboxItem',
  options: ['$select', '$top', '$filter', '$orderby'],
  properties: new Set([...itemProperties, 'receivedDateTime']),
}

/** Whether an item belongs to what is followed. */
type Accepts = (row: ItemRow) => boolean

/** `GET .../folders/{id}/items/delta` (exchange.md 2.3): what arrived, changed and went. */
export function itemDelta(request: GraphRequest, opened: OpenedMailbox): Response {
  const place = folderPlace(opened, request.params['folderId'] ?? '')
  const collection = `mailboxItems/${place.folder.id}`
  const state = readDelta(request, place.mailbox, collection)
  const query = parseDeltaQuery(request, state, rules)
  const accepts = receivedFilter(query.filter)
  const isLatestFirst = isByReceived(query.orderBy) && state.after === 0
  const page = isLatestFirst
    ? pageByReceived(request, place, state, query, accepts)
    : pageByChange(request, place, state, query, accepts)
  return deltaAnswer(request, place.mailbox, collection, 'mailboxItem', page, query)
}

/** In the order of the changes: what changes meanwhile comes at the end. */
function pageByChange(
  request: GraphRequest,
  { mailbox, folder }: FolderPlace,
  state: DeltaState,
  query: ODataQuery,
  accepts: Accepts,
): DeltaPage {
  const limits = { itemsMax: deltaPageItems(request, query), sizeOf: () => itemJsonBytes }
  const { changes, next, hasMore } = changesOf(mailbox, folder.id, state, limits, wantsImmutableIds(request))
  const value = changes.flatMap((change) => {
    if (change.type === 'departure') return [removedJson(request, mailbox, change.departure)]
    return accepts(change.row) ? [itemJson(request, mailbox, change.row)] : []
  })
  return { value, next, hasMore }
}

/** The first round of those who want the latest first; what changes meanwhile comes in the second. */
function pageByReceived(
  request: GraphRequest,
  { mailbox, folder }: FolderPlace,
  state: DeltaState,
  query: ODataQuery,
  accepts: Accepts,
): DeltaPage {
  const itemsMax = deltaPageItems(request, query)
  // Whatever left the folder has moved the rest up: going back as far repeats some and misses none.
  const gone = mailbox.items.departuresSince(folder.id, state.since).length
  const offset = Math.max(0, state.given - gone)
  const rows = mailbox.items.list(folder.id, {
    order: 'received',
    descending: true,
    offset,
    limit: itemsMax + 1,
  })
  const fitting = rows.filter(accepts)
  const value = fitting.slice(0, itemsMax).map((row) => itemJson(request, mailbox, row))
  const hasMore = fitting.length > itemsMax
  return {
    value,
    hasMore,
    next: hasMore ? { ...state, given: offset + itemsMax + gone } : { ...state, after: state.since },
  }
}

function removedJson(
  request: GraphRequest,
  mailbox: Mailbox,
  { itemId, folderId, uid }: Departure,
): Readonly<Record<string, unknown>> {
  const { guid } = mailbox.row
  return {
    '@odata.type': '#microsoft.graph.mailboxItem',
    id: wantsImmutableIds(request) ? toImmutableItemId(guid, itemId) : toItemId(guid, { id: itemId, folderId, uid }),
    '@removed': { reason: 'deleted' },
  }
}

/** Throws 400 for any filter but `receivedDateTime ge|gt`. */
function receivedFilter(filter: FilterExpression | undefined): Accepts {
  if (filter === undefined) return () => true
  if (
    filter.type === 'compare' &&
    filter.left.type === 'path' &&
    filter.left.segments.join('/') === 'receivedDateTime'
  ) {
    const { operator, right } = filter
    const atMs = right.type === 'literal' && right.edm === 'date' ? Date.parse(String(right.value)) : Number.NaN
    if (!Number.isNaN(atMs) && operator === 'ge') return ({ receivedMs = Number.NaN }) => receivedMs >= atMs
    if (!Number.isNaN(atMs) && operator === 'gt') return ({ receivedMs = Number.NaN }) => receivedMs > atMs
  }
  throw new GraphError(
    400,
    'ErrorInvalidUrlQueryFilter',
    'Changes can only be filtered by receivedDateTime with ge or gt.',
  )
}

/** Throws 400 for any order but `receivedDateTime desc`. */
function isByReceived(orderBy: readonly OrderBy[]): boolean {
  const [first] = orderBy
  if (first === undefined) return false
  if (orderBy.length === 1 && first.path.join('/') === 'receivedDateTime' && first.isDescending) return true
  throw new GraphError(400, 'ErrorInvalidUrlQuery', 'Changes can only be sorted by receivedDateTime desc.')
}
