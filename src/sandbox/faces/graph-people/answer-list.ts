import type { ExtendedPropertySelection } from '../../graph-json/extended-properties.ts'
import { expandedProperties, parseItemQuery } from '../../graph-mailbox/item-query.ts'
import { jsonAnswer } from '../../http/json-answer.ts'
import { contextOf, linkTo, pickSelected, toCollection } from '../../http/odata/answer-collection.ts'
import { matchesFilter } from '../../http/odata/matches-filter.ts'
import type { QueryOption } from '../../http/odata/parse-query.ts'
import { sortBy } from '../../http/odata/sort-by.ts'
import type { GraphRequest } from '../../http/route.ts'

/** A short list that is answered from memory. */
export interface ShortList<T> {
  /** Graph's name of the type: `microsoft.graph.outlookCategory`. */
  readonly type: string
  readonly context: string
  readonly properties: ReadonlySet<string>
  readonly items: readonly T[]
  readonly toJson: (item: T) => object
  /** Given where the type has extended properties. */
  readonly expand?: (item: T, selection: ExtendedPropertySelection) => object
}

const options: readonly QueryOption[] = ['$select', '$filter', '$orderby', '$top', '$skip', '$count']

/** Answers a list with the options of OData that Exchange takes; all of it unless `$top` says otherwise. */
export function answerList<T>(request: GraphRequest, list: ShortList<T>): Response {
  const query = parseItemQuery(request, {
    type: list.type,
    options: list.expand === undefined ? options : [...options, '$expand'],
    properties: list.properties,
  })
  const selection = expandedProperties(query.expand)
  const { filter, skip = 0 } = query
  const all = list.items.map((item) => ({ item, json: list.toJson(item) as Readonly<Record<string, unknown>> }))
  const matching = filter === undefined ? all : all.filter(({ json }) => matchesFilter(filter, json))
  const sorted = sortBy(matching, query.orderBy.map((order) => ({ ...order, path: ['json', ...order.path] })))
  const end = query.top === undefined ? sorted.length : skip + query.top
  const value = sorted.slice(skip, end).map(({ item, json }) => ({ ...pickSelected(json, query.select, ['id']), ...list.expand?.(item, selection) }))
  const nextLink = end < sorted.length ? linkTo(request, { skip: undefined, $skip: String(end) }) : undefined
  const count = query.count ? matching.length : undefined
  return jsonAnswer(200, toCollection(request, { context: contextOf(list.context, query.select), value, count, nextLink }))
}
