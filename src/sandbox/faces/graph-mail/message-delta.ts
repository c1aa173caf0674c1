import { changesOf } from '../../graph-mailbox/item-changes.ts'
import { deltaQuery, readDelta, toDeltaLink } from '../../graph-mailbox/delta-state.ts'
import { type ItemQueryRules, pageItems, parseItemQuery } from '../../graph-mailbox/item-query.ts'
import { itemSources } from '../../graph-mailbox/item-source.ts'
import { itemNotFound } from '../../graph-mailbox/item-references.ts'
import { isMessage } from '../../graph-mailbox/mail-folders.ts'
import { appliedPreferences } from '../../graph-mailbox/preferences.ts'
import { messageFieldNames } from '../../graph-json/message-json.ts'
import { GraphError } from '../../http/graph-error.ts'
import { jsonAnswer } from '../../http/json-answer.ts'
import { toCollection } from '../../http/odata/answer-collection.ts'
import type { FilterExpression } from '../../http/odata/filter-expression.ts'
import type { OrderBy } from '../../http/odata/parse-query.ts'
import type { GraphRequest } from '../../http/route.ts'
import { toImmutableItemId, toItemId } from '../../mailbox/ids.ts'
import type { ItemRow } from '../../mailbox/rows.ts'
import { messageView, viewedMessage } from './answer-message.ts'
import { sizeEstimate } from './list-messages.ts'
import type { MailOptions } from './mail-options.ts'
import { openFolder } from './message-place.ts'

const deltaRules: ItemQueryRules = {
  type: 'microsoft.graph.message',
  options: ['$select', '$filter', '$orderby', '$top', '$expand', '$skiptoken', '$deltatoken'],
  properties: messageFieldNames,
}

/** Of a filtered round (exchange.md 3.3). */
const filteredItemsMax = 5000

/**
 * `GET /mailFolders/{id}/messages/delta`: rounds of pages, each item of the folder once and then what changed; items
 * that left carry `@removed` (exchange.md 3.3). Throws 410 for tokens that are lost.
 */
export function messageDelta(request: GraphRequest, { stores }: MailOptions): Response {
  const { mailbox, folder } = openFolder(request, stores)
  if (folder === undefined) throw itemNotFound()
  const collection = `messages/${folder.id}`
  const state = readDelta(request, mailbox, collection)
  const query = parseItemQuery(deltaQuery(state), deltaRules)
  const view = messageView(request, query)
  const receivedFits = receivedFilter(query.filter)
  requireOrder(query.orderBy)
  const wanted = changeTypesOf(state.query['changeType'])
  const sources = itemSources(request, mailbox)
  const { pageItemsMax, wantsImmutableIds } = sources.preferences
  const left = query.filter === undefined || state.after >= state.since ? Infinity : filteredItemsMax - state.given
  const itemsMax = Math.min(pageItemsMax ?? query.top ?? pageItems.normal, pageItems.max, Math.max(left, 1))
  const page = changesOf(mailbox, folder.id, state, { itemsMax, sizeOf: sizeEstimate(view.select) }, wantsImmutableIds)
  const { guid } = mailbox.row
  const value = page.changes.flatMap((change) => {
    if (change.type === 'departure') {
      const { itemId, uid } = change.departure
      if (!wanted.has('deleted')) return []
      const id = wantsImmutableIds
        ? toImmutableItemId(guid, itemId)
        : toItemId(guid, { id: itemId, folderId: folder.id, uid })
      return [{ '@removed': { reason: 'deleted' }, id }]
    }
    const { row } = change
    const isNew = row.createdChange > state.after
    if (!isMessage(row) || !wanted.has(isNew ? 'created' : 'updated') || !receivedFits(row)) return []
    return [viewedMessage(mailbox, sources.of(row), view)]
  })
  const isEnd = !page.hasMore || left <= page.changes.length
  const next = isEnd && page.hasMore ? { ...page.next, after: mailbox.change, since: mailbox.change } : page.next
  const link = toDeltaLink(request, mailbox, collection, isEnd ? '$deltatoken' : '$skiptoken', next)
  const links = isEnd ? { deltaLink: link } : { nextLink: link }
  return jsonAnswer(
    200,
    toCollection(request, { context: 'Collection(message)', value, ...links }),
    appliedPreferences(sources.preferences),
  )
}

/** `receivedDateTime ge|gt ...` and nothing else. */
function receivedFilter(filter: FilterExpression | undefined): (row: ItemRow) => boolean {
  if (filter === undefined) return () => true
  const isBound =
    filter.type === 'compare' &&
    (filter.operator === 'ge' || filter.operator === 'gt') &&
    filter.left.type === 'path' &&
    filter.left.segments.join('/') === 'receivedDateTime' &&
    filter.right.type === 'literal' &&
    filter.right.edm === 'date'
  if (!isBound || filter.right.type !== 'literal') {
    throw new GraphError(
      400,
      'ErrorInvalidUrlQueryFilter',
      'Change tracking is filtered by receivedDateTime with ge or gt only.',
    )
  }
  const boundMs = Date.parse(String(filter.right.value))
  const isInclusive = filter.operator === 'ge'
  return (row) => {
    const receivedMs = row.receivedMs ?? row.createdMs
    return isInclusive ? receivedMs >= boundMs : receivedMs > boundMs
  }
}

function requireOrder(orderBy: readonly OrderBy[]): void {
  const [first] = orderBy
  if (first === undefined || (orderBy.length === 1 && first.isDescending && first.path.join('/') === 'receivedDateTime'))
    return
  throw new GraphError(400, 'ErrorInvalidUrlQuery', 'Change tracking is ordered by receivedDateTime desc only.')
}

/** The option `changeType` of Graph's page on message delta. */
function changeTypesOf(text: string | undefined): ReadonlySet<string> {
  if (text === undefined) return new Set(['created', 'updated', 'deleted'])
  const types = text
    .toLowerCase()
    .split(',')
    .map((type) => type.trim())
  if (types.some((type) => !['created', 'updated', 'deleted'].includes(type))) {
    throw new GraphError(
      400,
      'ErrorInvalidUrlQuery',
      `The change type '${text}' is not one of created, updated and deleted.`,
    )
  }
  return new Set(types)
}
