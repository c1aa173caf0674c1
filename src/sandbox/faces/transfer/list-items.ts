import { extendedPropertiesJson } from '../../graph-json/extended-properties.ts'
import { findItems, type FoundItems, requireEfficient } from '../../graph-mailbox/find-items.ts'
import { expandedProperties, type ItemQueryRules, pageItems, testedProperties } from '../../graph-mailbox/item-query.ts'
import { itemNotFound, itemOf } from '../../graph-mailbox/item-references.ts'
import { jsonAnswer } from '../../http/json-answer.ts'
import { contextOf, linkTo, pickSelected, toCollection, toEntity } from '../../http/odata/answer-collection.ts'
import type { ODataQuery } from '../../http/odata/parse-query.ts'
import type { GraphRequest } from '../../http/route.ts'
import type { ItemRow } from '../../mailbox/rows.ts'
import { itemJson, itemJsonBytes, itemProperties } from './item-json.ts'
import { itemReader } from './item-reader.ts'
import { type FolderPlace, folderPlace, itemPlace, type OpenedMailbox } from './opened-mailbox.ts'
import { testedValues } from './tested-values.ts'
import { parseTransferQuery } from './transfer-query.ts'

const getRules: ItemQueryRules = {
  type: 'microsoft.graph.mailboxItem',
  options: ['$select', '$expand'],
  properties: itemProperties,
}
const listRules: ItemQueryRules = {
  ...getRules,
  options: ['$select', '$filter', '$top', '$skip', '$orderby', '$count', '$expand'],
}

/** `GET .../folders/{id}/items`: the folder's items without associated ones, the latest first (exchange.md 2.3). */
export function listItems(request: GraphRequest, opened: OpenedMailbox): Response {
  const place = folderPlace(opened, request.params['folderId'] ?? '')
  const query = parseTransferQuery(request, listRules)
  const { rows, count, nextSkip } = pageOfItems(request, place, query)
  return jsonAnswer(
    200,
    toCollection(request, {
      context: contextOf(contextPath(request, opened), query.select),
      count,
      nextLink: nextSkip === undefined ? undefined : linkTo(request, { $skip: String(nextSkip) }),
      value: rows.map((item) => present(request, place, item, query)),
    }),
  )
}

/** `GET .../folders/{id}/items/{item}`. */
export function getItem(request: GraphRequest, opened: OpenedMailbox): Response {
  const place = folderPlace(opened, request.params['folderId'] ?? '')
  const query = parseTransferQuery(request, getRules)
  const item = itemIn(opened, place, request.params['itemId'] ?? '')
  const context = contextOf(contextPath(request, opened), query.select, '/$entity')
  return jsonAnswer(200, toEntity(request, context, present(request, place, item, query)))
}

/** The item of a folder that an id names. Throws as `itemOf`, also for an item of another folder. */
export function itemIn(opened: OpenedMailbox, { mailbox, folder }: FolderPlace, id: string): ItemRow {
  const item = opened.main === undefined ? itemOf(mailbox, id) : itemPlace(opened, id).item
  if (item.folderId !== folder.id) throw itemNotFound()
  return item
}

function contextPath(request: GraphRequest, { mailboxId }: OpenedMailbox): string {
  const folder = encodeURIComponent(request.params['folderId'] ?? '')
  return `admin/exchange/mailboxes('${encodeURIComponent(mailboxId)}')/folders('${folder}')/items`
}

function pageOfItems(request: GraphRequest, { mailbox, folder }: FolderPlace, query: ODataQuery): FoundItems {
  const { filter, orderBy, skip = 0, top = pageItems.normal } = query
  if (filter === undefined && orderBy.length === 0) {
    const rows = mailbox.items.list(folder.id, {
      order: 'received',
      descending: true,
      offset: skip,
      limit: top + 1,
    })
    return {
      rows: rows.slice(0, top),
      nextSkip: rows.length > top ? skip + top : undefined,
      count: query.count ? mailbox.folders.counts(folder.id).items : undefined,
    }
  }
  requireEfficient(filter, orderBy)
  const tested = filter === undefined ? new Map() : testedProperties(filter)
  return findItems(mailbox, {
    query,
    folderIds: [folder.id],
    // No property of these items is the date by which the store has them in order.
    dateProperty: '',
    accepts: () => true,
    valuesOf: (item) => {
      const values = itemJson(request, mailbox, item)
      return tested.size === 0
        ? values
        : {
            ...values,
            singleValueExtendedProperties: testedValues(itemReader(mailbox, item), tested),
          }
    },
    sizeOf: () => itemJsonBytes,
  })
}

function present(
  request: GraphRequest,
  { mailbox }: FolderPlace,
  item: ItemRow,
  { select, expand }: ODataQuery,
): object {
  const selection = expandedProperties(expand)
  const isExpanded = selection.single !== undefined || selection.multi !== undefined
  return {
    ...pickSelected(itemJson(request, mailbox, item), select, ['id']),
    ...(isExpanded ? extendedPropertiesJson(itemReader(mailbox, item), selection) : {}),
  }
}
