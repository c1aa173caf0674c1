import { extendedPropertiesJson } from '../../graph-json/extended-properties.ts'
import { computedValue, messageFieldNames, messageValues } from '../../graph-json/message-json.ts'
import { findItems, requireEfficient } from '../../graph-mailbox/find-items.ts'
import { type ItemQueryRules, pageItems, parseItemQuery, testedProperties } from '../../graph-mailbox/item-query.ts'
import { itemSources } from '../../graph-mailbox/item-source.ts'
import { isMessage } from '../../graph-mailbox/mail-folders.ts'
import { appliedPreferences } from '../../graph-mailbox/preferences.ts'
import { toExtendedPropertyId } from '../../graph-json/extended-property-id.ts'
import type { ItemSource } from '../../graph-json/message-json.ts'
import type { Property } from '../../../formats/mapi/property.ts'
import { GraphError } from '../../http/graph-error.ts'
import { jsonAnswer } from '../../http/json-answer.ts'
import { contextOf, linkTo, toCollection } from '../../http/odata/answer-collection.ts'
import type { FilterExpression } from '../../http/odata/filter-expression.ts'
import type { ODataQuery } from '../../http/odata/parse-query.ts'
import type { GraphRequest } from '../../http/route.ts'
import type { ItemRow } from '../../mailbox/rows.ts'
import { messageView, viewedMessage } from './answer-message.ts'
import type { MailOptions } from './mail-options.ts'
import { messagesContext, openFolder } from './message-place.ts'
import { allMailFolderIds, folderContents } from './search-folders.ts'
import { searchMessages } from './search-messages.ts'

const listRules: ItemQueryRules = {
  type: 'microsoft.graph.message',
  options: ['$select', '$expand', '$filter', '$orderby', '$top', '$skip', '$count', '$search', '$skiptoken'],
  properties: messageFieldNames,
  expandable: ['attachments'],
}

/** A message without its body, in an answer. */
const plainItemBytes = 1024

/** `GET /messages` and `GET /mailFolders/{id}/messages` (exchange.md 3.3): ten, the latest received first. */
export function listMessages(request: GraphRequest, { stores }: MailOptions): Response {
  const { mailbox, folder } = openFolder(request, stores)
  const query = parseItemQuery(request, listRules)
  const view = messageView(request, query)
  requireEfficient(query.filter, query.orderBy)
  const contents =
    folder === undefined ? { folderIds: allMailFolderIds(mailbox), filter: undefined } : folderContents(mailbox, folder)
  const sources = itemSources(request, mailbox)
  const filter = bothOf(query.filter, contents.filter)
  const tested = filter === undefined ? new Map<string, Property>() : testedProperties(filter)
  const valuesOf = (row: ItemRow, names: readonly string[]) => valuesFor(sources.of(row), names, tested)
  const sizeOf = sizeEstimate(view.select)
  const toJson = (row: ItemRow) => viewedMessage(mailbox, sources.of(row), view)
  const context = contextOf(messagesContext(request), query.select)
  const headers = appliedPreferences({ ...sources.preferences, pageItemsMax: undefined })
  if (query.search !== undefined) {
    requireSearchAlone(query)
    const page = searchMessages(mailbox, contents.folderIds, {
      search: query.search,
      top: query.top ?? pageItems.normal,
      skipToken: query.skipToken,
    })
    const nextLink = page.nextToken === undefined ? undefined : linkTo(request, { $skiptoken: page.nextToken })
    return jsonAnswer(200, toCollection(request, { context, nextLink, value: page.rows.map(toJson) }), headers)
  }
  const found = findItems(mailbox, {
    query: { ...query, filter },
    folderIds: contents.folderIds,
    dateProperty: 'receivedDateTime',
    accepts: isMessage,
    valuesOf,
    sizeOf,
  })
  const nextLink = found.nextSkip === undefined ? undefined : linkTo(request, { $skip: String(found.nextSkip) })
  return jsonAnswer(
    200,
    toCollection(request, { context, count: found.count, nextLink, value: found.rows.map(toJson) }),
    headers,
  )
}

/** What an item takes in the answer, about: its own size where the body is shown. */
export function sizeEstimate(select: readonly string[] | undefined): (row: ItemRow) => number {
  const hasBody = select === undefined || select.includes('body') || select.includes('uniqueBody') || select.includes('*')
  return ({ sizeBytes }) => (hasBody ? plainItemBytes + sizeBytes : plainItemBytes)
}

function valuesFor(
  source: ItemSource,
  names: readonly string[],
  tested: ReadonlyMap<string, Property>,
): Readonly<Record<string, unknown>> {
  const values = messageValues(source, names)
  if (tested.size === 0) return values
  const all = [...tested.values()]
  const reader = { bag: source.head().properties, computed: (property: Property) => computedValue(source, property) }
  const lists = extendedPropertiesJson(reader, {
    single: all.filter((one) => !one.type.endsWith('s')),
    multi: all.filter((one) => one.type.endsWith('s')),
  })
  return { ...values, ...withWrittenIds(lists, tested) }
}

/** A filter compares the ids as they are written in it: `0x0E07` and `0xe07` are the same property. */
function withWrittenIds(lists: object, tested: ReadonlyMap<string, Property>): object {
  const written = new Map([...tested].map(([id, property]) => [toExtendedPropertyId(property), id]))
  return Object.fromEntries(
    Object.entries(lists as Readonly<Record<string, readonly { readonly id: string }[]>>).map(([name, list]) => [
      name,
      list.map((one) => ({ ...one, id: written.get(one.id) ?? one.id })),
    ]),
  )
}

function bothOf(a: FilterExpression | undefined, b: FilterExpression | undefined): FilterExpression | undefined {
  return a === undefined || b === undefined ? (a ?? b) : { type: 'and', left: a, right: b }
}

/** Exchange's search has an order of its own and cannot be filtered. */
function requireSearchAlone({ filter, orderBy, skip, count }: ODataQuery): void {
  const refuse = (code: string, option: string): never => {
    throw new GraphError(400, code, `The query parameter '${option}' is not supported with '$search'.`)
  }
  if (filter !== undefined) refuse('SearchWithFilter', '$filter')
  if (orderBy.length > 0) refuse('SearchWithOrderBy', '$orderby')
  if (skip !== undefined) refuse('SearchWithSkip', '$skip')
  if (count) refuse('SearchWithCount', '$count')
}
