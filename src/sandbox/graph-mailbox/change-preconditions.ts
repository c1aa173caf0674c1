import { GraphError } from '../http/graph-error.ts'
import type { GraphRequest } from '../http/route.ts'
import { toChangeKey } from '../mailbox/ids.ts'
import type { Mailbox } from '../mailbox/mailbox.ts'
import type { ItemRow } from '../mailbox/rows.ts'

/**
 * Holds a change to the version that `If-Match` names: an etag, a bare change key, or `*`. Throws 412
 * `ErrorIrresolvableConflict` when the item has changed since. Only for callers that sent the header.
 */
export function requireUnchanged(request: GraphRequest, mailbox: Mailbox, item: ItemRow): void {
  const header = request.headers.get('if-match')
  if (header === null || header.trim() === '*') return
  const current = toChangeKey(mailbox.row.guid, item.change)
  const given = [...header.matchAll(/(?:W\/)?"([^"]*)"|([^\s,"]+)/g)].map((match) => match[1] ?? match[2])
  if (given.includes(current)) return
  throw new GraphError(
    412,
    'ErrorIrresolvableConflict',
    'The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.',
  )
}
