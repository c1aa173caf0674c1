import { itemIdFor } from '../../graph-mailbox/item-references.ts'
import { toGraphTime } from '../../graph-json/date-time.ts'
import type { GraphRequest } from '../../http/route.ts'
import { toChangeKey } from '../../mailbox/ids.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { ItemRow } from '../../mailbox/rows.ts'

/** What `$select`, `$filter` and `$orderby` may name of a mailboxItem. */
export const itemProperties: ReadonlySet<string> = new Set([
  'id',
  'changeKey',
  'type',
  'size',
  'categories',
  'createdDateTime',
  'lastModifiedDateTime',
])

/** How long an item's JSON is, about. */
export const itemJsonBytes = 450

/** An item as Graph answers it: of its contents only what every item has (exchange.md 2.3). */
export function itemJson(request: GraphRequest, mailbox: Mailbox, item: ItemRow): Readonly<Record<string, unknown>> {
  const changeKey = toChangeKey(mailbox.row.guid, item.change)
  return {
    '@odata.type': '#microsoft.graph.mailboxItem',
    '@odata.etag': `W/"${changeKey}"`,
    id: itemIdFor(request, mailbox, item),
    createdDateTime: toGraphTime(item.createdMs),
    lastModifiedDateTime: toGraphTime(item.modifiedMs),
    changeKey,
    categories: item.categories,
    type: item.messageClass,
    size: item.sizeBytes,
  }
}
