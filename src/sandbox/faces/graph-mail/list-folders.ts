import { type ItemQueryRules, pageItems, parseItemQuery, testedProperties } from '../../graph-mailbox/item-query.ts'
import { extendedPropertiesJson } from '../../graph-json/extended-properties.ts'
import { folderReader, folderSource, mailFolderOf, visibleChildren } from '../../graph-mailbox/mail-folders.ts'
import { requireEfficient } from '../../graph-mailbox/find-items.ts'
import { GraphError } from '../../http/graph-error.ts'
import { jsonAnswer } from '../../http/json-answer.ts'
import { contextOf, linkTo, toCollection } from '../../http/odata/answer-collection.ts'
import { matchesFilter } from '../../http/odata/matches-filter.ts'
import { sortBy } from '../../http/odata/sort-by.ts'
import type { GraphRequest } from '../../http/route.ts'
import { folderView, viewedFolder } from './answer-folder.ts'
import type { MailOptions } from './mail-options.ts'
import { openFolder, userContext } from './message-place.ts'
import { folderQueryNames } from './search-folders.ts'

const listRules: ItemQueryRules = {
  type: 'microsoft.graph.mailFolder',
  options: ['$select', '$expand', '$filter', '$orderby', '$top', '$skip', '$count'],
  properties: folderQueryNames,
  expandable: ['childFolders'],
}

/** `GET /mailFolders`, the top of the tree, and `GET /mailFolders/{id}/childFolders`: ten, by name (exchange.md 3.1). */
export function listFolders(request: GraphRequest, { stores }: MailOptions): Response {
  const { mailbox, folder } = openFolder(request, stores)
  const query = parseItemQuery(request, listRules)
  requireEfficient(query.filter, query.orderBy)
  const view = folderView(query)
  const { filter } = query
  const rows = visibleChildren(mailbox, folder ?? mailFolderOf(mailbox, 'msgfolderroot'), includesHidden(request.query))
  const tested = filter === undefined ? [] : [...testedProperties(filter)]
  const described = rows.map((row) => {
    const json = viewedFolder(mailbox, row)
    if (tested.length === 0) return { ...json, '@row': row }
    const lists = tested.map(([id, property]) => {
      const list = extendedPropertiesJson(folderReader(mailbox, folderSource(mailbox, row)), {
        single: [property],
        multi: undefined,
      })
      return ((list as { singleValueExtendedProperties?: readonly object[] }).singleValueExtendedProperties ?? []).map(
        (one) => ({ ...one, id }),
      )
    })
    return { ...json, singleValueExtendedProperties: lists.flat(), '@row': row }
  })
  const matching = sortBy(
    filter === undefined ? described : described.filter((json) => matchesFilter(filter, json)),
    query.orderBy,
  )
  const skip = query.skip ?? 0
  const end = skip + (query.top ?? pageItems.normal)
  const context = `${userContext(request)}/mailFolders${folder === undefined ? '' : `('${encodeURIComponent(request.params['folderId'] ?? '')}')/childFolders`}`
  return jsonAnswer(
    200,
    toCollection(request, {
      context: contextOf(context, query.select),
      count: query.count ? matching.length : undefined,
      nextLink: end < matching.length ? linkTo(request, { $skip: String(end) }) : undefined,
      value: matching.slice(skip, end).map((json) => viewedFolder(mailbox, json['@row'], view)),
    }),
  )
}

/** `includeHiddenFolders=true`. Throws 400 for another value than true and false. */
export function includesHidden(query: URLSearchParams): boolean {
  for (const [name, value] of query) {
    if (name.toLowerCase() !== 'includehiddenfolders') continue
    if (/^true$/i.test(value)) return true
    if (!/^false$/i.test(value))
      throw new GraphError(400, 'RequestBroker--ParseUri', `Invalid value '${value}' for includeHiddenFolders.`)
  }
  return false
}
