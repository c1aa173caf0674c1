import type { FolderId, ItemId } from '../../../core/model/ids.ts'
import type { ItemRef } from '../../../core/model/item.ts'
import type { JsonObject } from '../../kit/microsoft/read-json.ts'
import { jsonNumber, jsonText } from '../../kit/microsoft/json-values.ts'

/** What of an item is asked for where its contents are not. */
export const itemSelection = 'id,changeKey,size,createdDateTime'

/** An item as a list or a single answer gives it. Dates and keywords are within the item; the date here is its creation's. */
export function toItemRef(json: JsonObject, folderId: FolderId): ItemRef {
  const createdMs = Date.parse(jsonText(json, 'createdDateTime'))
  return {
    id: jsonText(json, 'id') as ItemId,
    folderId,
    version: jsonText(json, 'changeKey'),
    sizeBytes: jsonNumber(json, 'size'),
    receivedAt: { epochMs: Number.isNaN(createdMs) ? 0 : createdMs, offsetMinutes: 0 },
    keywords: [],
  }
}
