import { Buffer } from 'node:buffer'
import { badRequest, GraphError } from '../../http/graph-error.ts'
import { jsonAnswer } from '../../http/json-answer.ts'
import { contextOf, linkTo, pickSelected, toCollection } from '../../http/odata/answer-collection.ts'
import type { FilterExpression } from '../../http/odata/filter-expression.ts'
import { matchesFilter } from '../../http/odata/matches-filter.ts'
import { type ODataQuery, parseQuery, type QueryOption } from '../../http/odata/parse-query.ts'
import { sortBy } from '../../http/odata/sort-by.ts'
import type { GraphRequest } from '../../http/route.ts'

/** How the objects of a kind are listed. */
export interface Listing {
  /** `microsoft.graph.user`. */
  readonly type: string
  /** What follows `$metadata#`. */
  readonly context: string
  /** Names that may be selected and filtered. */
  readonly properties: ReadonlySet<string>
  /** What is answered when nothing is selected; everything where absent. */
  readonly defaultProperties?: readonly string[]
  readonly pageItems: number
  readonly pageItemsMax: number
  /** Options beside the usual ones that are refused. */
  readonly without?: readonly QueryOption[]
  /** Whether a filter that asks for an index needs `ConsistencyLevel: eventual`. */
  readonly hasAdvancedQueries?: boolean
}

/** An object as Graph shows it. */
export type Shown = Readonly<Record<string, unknown>> & { readonly id: string }

const listOptions: readonly QueryOption[] = [
  '$select',
  '$filter',
  '$orderby',
  '$top',
  '$count',
  '$search',
  '$skiptoken',
  '$expand',
]

/**
 * Answers a list: filtered, sorted, in pages whose link names the last object of the page. Throws 400 for what the
 * directory does not let be asked: exchange.md 6.1, "ConsistencyLevel: eventual + $count=true for advanced filters".
 */
export function listObjects(request: GraphRequest, objects: Iterable<Shown>, listing: Listing): Response {
  const query = parseListQuery(request, listing)
  const wanted = [...objects].filter((one) => isWanted(one, query))
  const sorted = sortBy(wanted, query.orderBy)
  const start = query.skipToken === undefined ? 0 : startAfter(sorted, query.skipToken)
  const pageItems = query.top ?? listing.pageItems
  const page = sorted.slice(start, start + pageItems)
  const hasMore = start + pageItems < sorted.length
  const nextLink = hasMore ? linkTo(request, { $skiptoken: toToken(page.at(-1)?.id ?? '') }) : undefined
  return jsonAnswer(
    200,
    toCollection(request, {
      context: contextOf(listing.context, query.select),
      count: query.count ? wanted.length : undefined,
      nextLink,
      value: page.map((one) => pickSelected(one, query.select ?? listing.defaultProperties)),
    }),
  )
}

/** Answers `$count` of a collection: a number as text. Throws 400 without `ConsistencyLevel: eventual`. */
export function countObjects(request: GraphRequest, objects: Iterable<Shown>, listing: Listing): Response {
  if (!isEventual(request)) throw badRequest('$count is not currently supported.')
  const query = parseQuery(request.query, {
    type: listing.type,
    options: ['$filter', '$search'],
    properties: listing.properties,
  })
  const total = [...objects].filter((one) => isWanted(one, query)).length
  return new Response(String(total), { headers: { 'Content-Type': 'text/plain' } })
}

/** Reads `$select` of a single object, and answers the object so. */
export function showObject(request: GraphRequest, object: Shown, listing: Listing, status = 200): Response {
  const { select } = parseQuery(request.query, {
    type: listing.type,
    options: ['$select', '$expand'],
    properties: listing.properties,
  })
  const shown = pickSelected(object, select ?? listing.defaultProperties)
  const context = `${request.endpoints.graph}/${request.version}/$metadata#${contextOf(listing.context, select, '/$entity')}`
  return jsonAnswer(status, { '@odata.context': context, ...shown })
}

function parseListQuery(request: GraphRequest, listing: Listing): ODataQuery {
  const query = parseQuery(request.query, {
    type: listing.type,
    options: listOptions.filter((option) => listing.without?.includes(option) !== true),
    properties: listing.properties,
    topMax: listing.pageItemsMax,
  })
  if (listing.hasAdvancedQueries !== true || isEventual(request)) {
    if (listing.hasAdvancedQueries === true && isAdvanced(query) && !query.count) throw unsupported(query)
    return query
  }
  if (query.search !== undefined) {
    throw badRequest(
      "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
      'Request_UnsupportedQuery',
    )
  }
  if (query.count) throw badRequest('$count is not currently supported.')
  if (isAdvanced(query)) throw unsupported(query)
  return query
}

function isEventual(request: GraphRequest): boolean {
  return request.headers.get('consistencylevel')?.toLowerCase() === 'eventual'
}

function unsupported(query: ODataQuery): GraphError {
  return query.filter === undefined || query.orderBy.length > 0
    ? badRequest('Sorting not supported for current query.', 'Request_UnsupportedQuery')
    : badRequest(
        'Unsupported or invalid query filter clause specified for a property of this resource.',
        'Request_UnsupportedQuery',
      )
}

/** `ne`, `not`, `endsWith`, `$count` of a collection, and sorting what is filtered, need the directory's index. */
function isAdvanced(query: ODataQuery): boolean {
  if (query.search !== undefined) return true
  return query.filter !== undefined && (query.orderBy.length > 0 || isAdvancedFilter(query.filter))
}

function isAdvancedFilter(filter: FilterExpression): boolean {
  switch (filter.type) {
    case 'and':
    case 'or':
      return isAdvancedFilter(filter.left) || isAdvancedFilter(filter.right)
    case 'not':
      return true
    case 'compare':
      return filter.operator === 'ne' || (filter.left.type === 'path' && filter.left.segments.includes('$count'))
    case 'call':
      return filter.name !== 'startswith'
    case 'any':
    case 'all':
      return filter.predicate !== undefined && isAdvancedFilter(filter.predicate)
    default:
      return false
  }
}

function isWanted(object: Shown, { filter, search }: Pick<ODataQuery, 'filter' | 'search'>): boolean {
  if (filter !== undefined && !matchesFilter(filter, object)) return false
  if (search === undefined) return true
  return search.some((terms) =>
    terms.every(({ property, text }) => {
      const searched = property === undefined ? [object['displayName'], object['description']] : [object[property]]
      return searched.some((value) => typeof value === 'string' && value.toLowerCase().includes(text.toLowerCase()))
    }),
  )
}

function toToken(id: string): string {
  return `m~${Buffer.from(id).toString('base64url')}`
}

function startAfter(objects: readonly Shown[], token: string): number {
  const id = Buffer.from(token.replace(/^m~/, ''), 'base64url').toString()
  const at = objects.findIndex((one) => one.id === id)
  if (at >= 0) return at + 1
  throw new GraphError(
    400,
    'Directory_ExpiredPageToken',
    'The specified page token value has expired and can no longer be included in your request.',
  )
}
