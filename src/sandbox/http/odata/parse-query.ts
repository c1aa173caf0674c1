import { badRequest } from '../graph-error.ts'
import type { FilterExpression } from './filter-expression.ts'
import { filterProperties } from './filter-properties.ts'
import { parseFilter } from './parse-filter.ts'
import { parseSearch, type SearchTerm } from './parse-search.ts'

/** The query options of OData that Graph knows. */
export type QueryOption =
  | '$select'
  | '$filter'
  | '$orderby'
  | '$top'
  | '$skip'
  | '$count'
  | '$expand'
  | '$search'
  | '$skiptoken'
  | '$deltatoken'
  | '$format'

/** One property to sort by; `path` as in a filter. */
export interface OrderBy {
  readonly path: readonly string[]
  readonly isDescending: boolean
}

/** One navigation property to expand, with the options in its parentheses. */
export interface Expansion {
  readonly property: string
  readonly select: readonly string[] | undefined
  readonly filter: FilterExpression | undefined
  readonly top: number | undefined
}

/** A request's query, parsed and checked. */
export interface ODataQuery {
  readonly select: readonly string[] | undefined
  readonly filter: FilterExpression | undefined
  readonly orderBy: readonly OrderBy[]
  readonly top: number | undefined
  readonly skip: number | undefined
  readonly count: boolean
  readonly expand: readonly Expansion[]
  /** Alternatives, each of terms that all have to fit. */
  readonly search: readonly (readonly SearchTerm[])[] | undefined
  readonly skipToken: string | undefined
  readonly deltaToken: string | undefined
}

/** What a route lets be asked. */
export interface QueryRules {
  /** Graph's name of the type, for messages: `microsoft.graph.user`. */
  readonly type: string
  readonly options: readonly QueryOption[]
  /** Names that `$select`, `$filter` and `$orderby` may begin with; anything where absent. */
  readonly properties?: ReadonlySet<string>
  /** Names that `$expand` may give. */
  readonly expandable?: readonly string[]
  /** Highest `$top`, and what is said of a higher one. */
  readonly topMax?: number
}

const known: ReadonlySet<string> = new Set<QueryOption>([
  '$select',
  '$filter',
  '$orderby',
  '$top',
  '$skip',
  '$count',
  '$expand',
  '$search',
  '$skiptoken',
  '$deltatoken',
  '$format',
])

/**
 * Parses a query. Graph lets the `$` be left out; names that are no option of OData are left to the route. Throws 400
 * for an option that is unknown, given twice, malformed or not among `rules.options`.
 */
export function parseQuery(query: URLSearchParams, rules: QueryRules): ODataQuery {
  const given = readOptions(query, rules)
  const select = splitList(given.get('$select'))
  for (const name of select ?? []) requireProperty(name.split('/')[0] as string, rules)
  const filterText = given.get('$filter')
  const filter = filterText === undefined ? undefined : parseFilter(filterText)
  for (const name of filter === undefined ? [] : filterProperties(filter)) requireProperty(name, rules)
  const search = given.get('$search')
  const top = readNumber('$top', given.get('$top'))
  if (top !== undefined && rules.topMax !== undefined && (top < 1 || top > rules.topMax)) {
    throw badRequest(`Invalid page size specified: '${top}'. Must be between 1 and ${rules.topMax} inclusive.`)
  }
  return {
    select,
    filter,
    orderBy: readOrder(given.get('$orderby'), rules),
    top,
    skip: readNumber('$skip', given.get('$skip')),
    count: readBoolean(given.get('$count')),
    expand: readExpansions(given.get('$expand'), rules),
    search: search === undefined ? undefined : parseSearch(search),
    skipToken: given.get('$skiptoken'),
    deltaToken: given.get('$deltatoken'),
  }
}

function readOptions(query: URLSearchParams, rules: QueryRules): ReadonlyMap<string, string> {
  const given = new Map<string, string>()
  for (const [name, value] of query) {
    const lower = name.toLowerCase()
    const option = known.has(`$${lower}`) ? `$${lower}` : lower
    if (!option.startsWith('$')) continue
    if (!known.has(option)) throw badRequest(`The query parameter '${name}' is not supported.`, 'BadRequest')
    if (!rules.options.includes(option as QueryOption) && option !== '$format') {
      throw badRequest(`Unsupported query option '${option}' on type '${rules.type}'.`, 'Request_UnsupportedQuery')
    }
    if (given.has(option)) {
      throw badRequest(
        `Query option '${option}' was specified more than once, but it must be specified at most once.`,
        'BadRequest',
      )
    }
    given.set(option, value)
  }
  return given
}

function requireProperty(name: string, { properties, type }: QueryRules): void {
  if (properties === undefined || properties.has(name) || name === '*' || name.startsWith('@')) return
  throw badRequest(`Could not find a property named '${name}' on type '${type}'.`, 'BadRequest')
}

function readOrder(text: string | undefined, rules: QueryRules): readonly OrderBy[] {
  return (splitList(text) ?? []).map((part) => {
    const match = /^([\w/.@$]+)(?:\s+(asc|desc))?$/i.exec(part)
    if (match === null) throw badRequest(`Syntax error in the $orderby clause '${text}'.`, 'BadRequest')
    const path = (match[1] as string).split('/')
    requireProperty(path[0] as string, rules)
    return { path, isDescending: match[2]?.toLowerCase() === 'desc' }
  })
}

function readNumber(option: '$top' | '$skip', text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw badRequest(
    `Invalid value '${text}' for ${option} query option found. The ${option} query option requires a non-negative integer value.`,
    'BadRequest',
  )
}

function readBoolean(text: string | undefined): boolean {
  const lower = text?.toLowerCase() ?? 'false'
  if (lower === 'true' || lower === 'false') return lower === 'true'
  throw badRequest(
    `Invalid value '${text}' for $count query option found. Valid values are 'true' or 'false'.`,
    'BadRequest',
  )
}

function readExpansions(text: string | undefined, rules: QueryRules): readonly Expansion[] {
  if (text === undefined) return []
  return splitOutside(text, ',').map((part) => {
    const match = /^([\w.$/*]+)\s*(?:\((.*)\))?$/s.exec(part.trim())
    if (match === null) throw badRequest(`Syntax error in the $expand clause '${text}'.`, 'BadRequest')
    const property = match[1] as string
    if (rules.expandable !== undefined && !rules.expandable.includes(property)) {
      throw badRequest(
        `Parsing OData Select and Expand failed: Could not find a property named '${property}' on type '${rules.type}'.`,
        'BadRequest',
      )
    }
    return { property, ...readInnerOptions(match[2] ?? '') }
  })
}

function readInnerOptions(text: string): Omit<Expansion, 'property'> {
  const options = new Map<string, string>()
  for (const part of splitOutside(text, ';').filter((one) => one.trim() !== '')) {
    const [name = '', ...value] = part.split('=')
    const option = name.trim().toLowerCase().replace(/^\$?/, '$')
    if (!['$select', '$filter', '$top'].includes(option)) {
      throw badRequest(`The query option '${name.trim()}' is not supported in $expand.`, 'BadRequest')
    }
    options.set(option, value.join('=').trim())
  }
  const filter = options.get('$filter')
  return {
    select: splitList(options.get('$select')),
    filter: filter === undefined ? undefined : parseFilter(filter),
    top: readNumber('$top', options.get('$top')),
  }
}

function splitList(text: string | undefined): readonly string[] | undefined {
  return text === undefined
    ? undefined
    : text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '')
}

/** Splits where the separator stands neither in a string nor in parentheses. */
function splitOutside(text: string, separator: string): readonly string[] {
  const parts: string[] = []
  let depth = 0
  let isQuoted = false
  let start = 0
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === "'") isQuoted = !isQuoted
    if (isQuoted) continue
    if (character === '(') depth++
    if (character === ')') depth--
    if (character !== separator || depth > 0) continue
    parts.push(text.slice(start, at))
    start = at + 1
  }
  return [...parts, text.slice(start)]
}
