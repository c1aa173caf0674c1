import type { FolderId, ItemId } from '../../../core/model/ids.ts'
import type { ItemRef } from '../../../core/model/item.ts'
import type { JsonObject } from '../../kit/microsoft/read-json.ts'
import { expandExtended, extendedValue } from './extended-value.ts'
import { lastVerb, toKeywords } from './message-keywords.ts'

/** PidTagMessageSize. */
const messageSize = 'Integer 0x0E08'

/** What a request has to ask for so that `toRef` can be made of its answer. */
export const refQuery = {
  $select: 'id,receivedDateTime,isRead,isDraft,flag,categories',
  $expand: expandExtended([messageSize, lastVerb]),
} as const

/** A message as an enumeration gives it. */
export function toRef(message: JsonObject, folderId: FolderId): ItemRef {
  const keywords = toKeywords(message)
  const receivedAtMs = Date.parse(String(message['receivedDateTime']))
  return {
    id: String(message['id']) as ItemId,
    folderId,
    version: keywords.join(' '),
    sizeBytes: Number(extendedValue(message, messageSize) ?? 0),
    receivedAt: { epochMs: Number.isNaN(receivedAtMs) ? 0 : receivedAtMs, offsetMinutes: 0 },
    keywords,
  }
}
