import type { MapiMessage } from '../../../formats/mapi/message.ts'
import { messageProperties as known } from '../../../formats/mapi/message-properties.ts'
import { tagged } from '../../../formats/mapi/property.ts'

const nonReadReceiptRequested = tagged(0x0c06, 'boolean')

/**
 * Whether marking a copy of the message as read, or deleting it unread, could send something to its sender: Exchange sends a
 * receipt then, and also says when a message was deleted unread (MS-OXOMSG section 2.2.1.29).
 */
export function asksForReceipt({ properties }: MapiMessage): boolean {
  return [known.readReceiptRequested, known.deliveryReportRequested, nonReadReceiptRequested].some((property) => properties.get(property) === true)
}
