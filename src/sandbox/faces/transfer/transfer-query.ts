import { GraphError } from '../../http/graph-error.ts'
import type { ODataQuery } from '../../http/odata/parse-query.ts'
import type { GraphRequest } from '../../http/route.ts'
import { deltaQuery, type DeltaState } from '../../graph-mailbox/delta-state.ts'
import { type ItemQueryRules, parseItemQuery } from '../../graph-mailbox/item-query.ts'

/** The most that a page was seen to hold (exchange.md 2.3). */
const pageItemsMax = 999

/** A query of this API: as to any other part of a mailbox, but with pages a little smaller. */
export function parseTransferQuery(request: Pick<GraphRequest, 'query'>, rules: ItemQueryRules): ODataQuery {
  const query = parseItemQuery(request, rules)
  if (query.top === undefined || query.top <= pageItemsMax) return query
  const message = `The limit of '${pageItemsMax}' for Top query has been exceeded by '${query.top}'.`
  throw new GraphError(400, 'ErrorInvalidUrlQuery', message)
}

/** What the first request of a round asked for; the request at hand may bring no options that a delta does not know. */
export function parseDeltaQuery(request: GraphRequest, state: DeltaState, rules: ItemQueryRules): ODataQuery {
  parseTransferQuery(request, {
    ...rules,
    options: [...rules.options, '$deltatoken', '$skiptoken'],
  })
  return parseTransferQuery(deltaQuery(state), rules)
}
