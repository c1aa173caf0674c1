import { GraphError } from '../../http/graph-error.ts'
import type { ODataQuery } from '../../http/odata/parse-query.ts'
import type { GraphRequest } from '../../http/route.ts'
import { type ItemQueryRules, parseItemQuery } from '../../graph-mailbox/item-query.ts'

/** The most that a page was seen to hold (exchange.md 2.3). */
const pageItemsMax = 999

/** A query of this API: as to any other part of a mailbox, but with pages a little smaller. */
export function parseTransferQuery(request: Pick<GraphRequest, 'query'>, rules: ItemQueryRules): ODataQuery {
  const query = parseItemQuery(request, rules)
  if (query.top === undefined || query.top <= pageItemsMax) return query
  const message = `The limit of '${pageItemsMax}' for Top query has been exceeded. The value from the incoming request is '${query.top}'.`
  throw new GraphError(400, 'ErrorInvalidUrlQuery', message)
}
