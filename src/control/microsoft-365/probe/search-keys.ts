import type { GraphCaller } from '../../../connectors/kit/microsoft/graph-client.ts'
import { graphPath } from '../../../connectors/kit/microsoft/graph-path.ts'
import { jsonObjects, jsonText } from '../../../connectors/kit/microsoft/json-values.ts'
import type { JsonObject } from '../../../connectors/kit/microsoft/read-json.ts'

/** Asks for PidTagSearchKey with each item. */
export const expandSearchKey = { $expand: "singleValueExtendedProperties($filter=id eq 'Binary 0x300B')" } as const

/** An item as a list shows it. */
export interface KeyedItem {
  readonly id: string
  readonly type: string
  readonly sizeBytes: number
  /** In base64; empty when the list does not tell it. */
  readonly searchKey: string
}

/** The first items of a folder with their search keys. */
export async function listKeyedItems(graph: GraphCaller, mailboxId: string, folder: string, itemsMax: number): Promise<readonly KeyedItem[]> {
  const path = graphPath`/admin/exchange/mailboxes/${mailboxId}/folders/${folder}/items`
  const { json } = await graph.call({ method: 'GET', path, query: { $top: itemsMax, $select: 'id,type,size', ...expandSearchKey }, permission: 'MailboxItem.Read.All' })
  return jsonObjects(json, 'value').map((item) => ({
    id: jsonText(item, 'id'),
    type: jsonText(item, 'type'),
    sizeBytes: typeof item['size'] === 'number' ? item['size'] : 0,
    searchKey: keyOf(item),
  }))
}

function keyOf(item: JsonObject): string {
  return jsonText(jsonObjects(item, 'singleValueExtendedProperties')[0] ?? {}, 'value')
}
