import { Buffer } from 'node:buffer'
import { randomFillSync } from 'node:crypto'
import { toFileTime } from '../../formats/mapi/file-time.ts'
import type { MapiMessage } from '../../formats/mapi/message.ts'
import { messageProperties as known } from '../../formats/mapi/message-properties.ts'
import { tagged } from '../../formats/mapi/property.ts'
import type { PropertyBag } from '../../formats/mapi/property-bag.ts'

const hasAttachmentsFlag = 0x10
const readFlag = 1

/** What the store works out by itself and takes from nobody (exchange.md 8.5, MS-OXCMSG). */
const computed = [0x0fff, 0x0ff9, 0x0ffa, 0x0ff6, 0x0e05, 0x0e09, 0x6709, 0x674a, 0x6748, 0x674d, 0x67a4, 0x0e08, 0x0e02, 0x0e03, 0x0e04].map(
  (id) => tagged(id, 'binary'),
)

/**
 * An item as Exchange keeps what it is given: computed properties are left out, class, dates, flags and a search key are
 * filled in where they are missing, and the attachments' sign follows the attachments. What came in is not changed.
 */
export function completeItem(message: MapiMessage, nowMs: number, attachmentCount = message.attachments.length): MapiMessage {
  const properties = message.properties.copy()
  for (const property of computed) properties.delete(property)
  const now = toFileTime(nowMs)
  fill(properties, known.messageClass, 'IPM.Note')
  const flags = properties.get(known.messageFlags) ?? flagsWithout(properties.get(known.messageClass))
  fill(properties, known.creationTime, now)
  if (!properties.has(known.searchKey)) properties.set(known.searchKey, newSearchKey())
  properties.set(known.lastModificationTime, now)
  properties.set(known.messageFlags, attachmentCount > 0 ? flags | hasAttachmentsFlag : flags & ~hasAttachmentsFlag)
  properties.set(known.hasAttachments, attachmentCount > 0)
  return { ...message, properties }
}

const searchKeyBytes = 16
/** Drawn at once for many: each call of the system's generator costs as much as writing a row. */
const drawn = Buffer.alloc(256 * searchKeyBytes)
let drawnUsed = drawn.length

function newSearchKey(): Buffer {
  if (drawnUsed === drawn.length) {
    randomFillSync(drawn)
    drawnUsed = 0
  }
  drawnUsed += searchKeyBytes
  return Buffer.from(drawn.subarray(drawnUsed - searchKeyBytes, drawnUsed))
}

/** What is no mail nobody has to read. */
function flagsWithout(messageClass: string | undefined): number {
  return /^(?:IPM\.Note|IPM\.Schedule|IPM\.Post|REPORT)(?:\.|$)/i.test(messageClass ?? '') ? 0 : readFlag
}

function fill(bag: PropertyBag, property: Parameters<PropertyBag['set']>[0], value: Parameters<PropertyBag['set']>[1]): void {
  if (!bag.has(property)) bag.set(property, value)
}
