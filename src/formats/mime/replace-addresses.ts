import type { MapiMessage } from '../mapi/message.ts'
import { messageProperties as known } from '../mapi/message-properties.ts'
import { recipientProperties } from '../mapi/recipient-properties.ts'
import { fromRecipient, representingOf, senderOf, setSenders, toRecipient } from './address-properties.ts'
import { readFlatEntryList, writeFlatEntryList } from './flat-entry-list.ts'
import type { MailAddress } from './mail-addresses.ts'

/**
 * Puts other addresses in the place of those of senders, recipients and those to be answered, so that answers reach them; the
 * header as it was received stays as it is. Changes the message's own bag.
 */
export function replaceAddresses(message: MapiMessage, replace: (address: string) => string): MapiMessage {
  const { properties, recipients } = message
  const replaced = <T extends MailAddress | undefined>(who: T): T => (who === undefined ? who : { ...who, address: replace(who.address) })
  setSenders(properties, replaced(representingOf(properties)), replaced(senderOf(properties)))
  const answers = properties.get(known.replyRecipientEntries)
  if (answers !== undefined) properties.set(known.replyRecipientEntries, writeFlatEntryList(readFlatEntryList(answers).map(replaced)))
  return {
    ...message,
    recipients: recipients.map((row, at) => {
      const who = fromRecipient(row)
      if (who === undefined || who.address === '' || replace(who.address) === who.address) return row
      const { recipientType, rowId } = recipientProperties
      return toRecipient(replaced(who), row.get(recipientType) ?? 1, row.get(rowId) ?? at)
    }),
  }
}
