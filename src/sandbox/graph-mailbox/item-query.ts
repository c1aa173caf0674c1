import { extendedPropertyOf, type ExtendedPropertySelection } from '../graph-json/extended-properties.ts'
import { isMultiValued } from '../graph-json/extended-property-id.ts'
import type { Property } from '../../formats/mapi/property.ts'
import { GraphError } from '../http/graph-error.ts'
import type { FilterExpression } from '../http/odata/filter-expression.ts'
import { type Expansion, type ODataQuery, parseQuery, type QueryOption, type QueryRules } from '../http/odata/parse-query.ts'
import type { GraphRequest } from '../http/route.ts'
import { extendedPropertyNames } from './outlook-types.ts'
import { inGraphWords } from './store-errors.ts'

/** What a route of the mailbox lets be asked. */
export interface ItemQueryRules {
  /** Graph's name of the type: `microsoft.graph.message`. */
  readonly type: string
  readonly options: readonly QueryOption[]
  /** Names that `$select`, `$filter` and `$orderby` may begin with; the extended properties are added. */
  readonly properties: ReadonlySet<string>
  /** Names that `$expand` may give beside the extended properties. */
  readonly expandable?: readonly string[]
}

/** An ordinary page of Exchange, and the largest one. */
export const pageItems = { normal: 10, max: 1000 } as const

/**
 * A query to the mailbox, parsed in Exchange's words: 400 `RequestBroker--ParseUri` for what cannot be parsed or does not
 * exist, `ErrorInvalidUrlQueryFilter` for a filter.
 */
export function parseItemQuery(request: Pick<GraphRequest, 'query'>, rules: ItemQueryRules): ODataQuery {
  try {
    const query = parseQuery(request.query, rulesOf(rules))
    if (query.top === undefined || (query.top >= 1 && query.top <= pageItems.max)) return query
    throw new GraphError(
      400,
      'ErrorInvalidUrlQuery',
      `The limit of '${pageItems.max}' for Top query has been exceeded or is not positive. The value from the incoming request is '${query.top}'.`,
    )
  } catch (error) {
    if (!(error instanceof GraphError) || !/^(?:BadRequest|Request_)/.test(error.code)) throw error
    throw new GraphError(
      400,
      /filter clause/i.test(error.message) ? 'ErrorInvalidUrlQueryFilter' : 'RequestBroker--ParseUri',
      error.message,
    )
  }
}

/** Routes give the same rules again and again. */
const queryRules = new WeakMap<ItemQueryRules, QueryRules>()

function rulesOf(rules: ItemQueryRules): QueryRules {
  let made = queryRules.get(rules)
  if (made === undefined) {
    made = {
      type: rules.type,
      options: rules.options,
      properties: new Set([...rules.properties, ...extendedPropertyNames]),
      expandable: [...(rules.expandable ?? []), ...extendedPropertyNames],
    }
    queryRules.set(rules, made)
  }
  return made
}

/**
 * Which extended properties a request wants: `$expand=singleValueExtendedProperties($filter=id eq 'String 0x3613' or id eq
 * '...')`. Throws 400 for an expansion without such a filter and for ids that are none.
 */
export function expandedProperties(expand: readonly Expansion[]): ExtendedPropertySelection {
  const [single, multi] = extendedPropertyNames.map((name) => {
    const expansion = expand.find(({ property }) => property === name)
    if (expansion === undefined) return undefined
    if (expansion.filter === undefined) {
      throw new GraphError(
        400,
        'ErrorInvalidUrlQuery',
        `The expansion of '${name}' needs a $filter on the ids of the properties.`,
      )
    }
    return namedProperties(expansion.filter, name === 'multiValueExtendedProperties')
  })
  return { single, multi }
}

/**
 * The extended properties that a filter on items tests, by the id as it is written there:
 * `singleValueExtendedProperties/any(ep: ep/id eq '...' and ep/value eq '...')`.
 */
export function testedProperties(filter: FilterExpression): ReadonlyMap<string, Property> {
  const ids = new Map<string, Property>()
  const collect = (expression: FilterExpression, variable: string | undefined): void => {
    switch (expression.type) {
      case 'and':
      case 'or':
        collect(expression.left, variable)
        collect(expression.right, variable)
        break
      case 'not':
        collect(expression.operand, variable)
        break
      case 'any':
      case 'all':
        if (isExtendedName(expression.path.segments[0]) && expression.predicate !== undefined)
          collect(expression.predicate, expression.variable)
        break
      case 'compare': {
        const { left, right } = expression
        if (left.type !== 'path' || right.type !== 'literal' || variable === undefined) break
        if (left.segments[0] === variable && left.segments[1] === 'id') {
          const id = String(right.value)
          ids.set(
            id,
            inGraphWords(() => extendedPropertyOf(id)),
          )
        }
        break
      }
      default:
    }
  }
  collect(filter, undefined)
  return ids
}

function isExtendedName(name: string | undefined): boolean {
  return extendedPropertyNames.some((one) => one === name)
}

function namedProperties(filter: FilterExpression, isMulti: boolean): readonly Property[] {
  switch (filter.type) {
    case 'or':
      return [...namedProperties(filter.left, isMulti), ...namedProperties(filter.right, isMulti)]
    case 'in':
      return filter.values.map(({ value }) => toProperty(String(value), isMulti))
    case 'compare':
      if (
        filter.operator === 'eq' &&
        filter.left.type === 'path' &&
        filter.left.segments.at(-1) === 'id' &&
        filter.right.type === 'literal'
      ) {
        return [toProperty(String(filter.right.value), isMulti)]
      }
  }
  throw new GraphError(400, 'ErrorInvalidUrlQueryFilter', "Extended properties are filtered by their ids: id eq '{id}'.")
}

function toProperty(id: string, isMulti: boolean): Property {
  const property = inGraphWords(() => extendedPropertyOf(id))
  if (isMultiValued(property) === isMulti) return property
  throw new GraphError(
    400,
    'ErrorInvalidExtendedProperty',
    `The extended property attribute combination is invalid: '${id}'.`,
  )
}
