import { inTransaction } from '../tenant/open-database.ts'
import type { GraphRequest } from '../http/route.ts'
import { inGraphWords } from './store-errors.ts'

/** Runs what a request does to a mailbox as one transaction; refusals are said in Graph's words. May not be nested. */
export function changing<T>(request: Pick<GraphRequest, 'tenant'>, work: () => T): T {
  return inGraphWords(() => inTransaction(request.tenant.database, work))
}
