import { fromFileTime } from '../../../../formats/mapi/file-time.ts'
import type { MapiMessage } from '../../../../formats/mapi/message.ts'
import { messageProperties as known } from '../../../../formats/mapi/message-properties.ts'
import { tagged, type Property } from '../../../../formats/mapi/property.ts'
import type { ReadonlyPropertyBag } from '../../../../formats/mapi/property-bag.ts'
import { recipientProperties } from '../../../../formats/mapi/recipient-properties.ts'
import { fromRecipient, recipientTypes, representingOf, senderOf } from '../../../../formats/mime/address-properties.ts'
import { readFlatEntryList } from '../../../../formats/mime/flat-entry-list.ts'
import type { MailAddress } from '../../../../formats/mime/mail-addresses.ts'

const importances = ['low', 'normal', 'high'] as const
const priority = tagged(0x0026, 'integer32')

/** Extended properties that Graph takes in the call that creates a message, and only there (exchange.md 3.2). */
const extended: readonly (readonly [id: string, property: Property])[] = [
  ['Integer 0x0E07', known.messageFlags],
  ['SystemTime 0x0E06', known.deliveryTime],
  ['SystemTime 0x0039', known.clientSubmitTime],
  ['String 0x007D', known.transportHeaders],
  ['String 0x1035', known.internetMessageId],
  ['String 0x1042', known.inReplyTo],
  ['String 0x1039', known.references],
  ['Integer 0x1080', known.iconIndex],
  ['Integer 0x1081', known.lastVerbExecuted],
  ['Integer 0x0026', priority],
]

/**
 * A message as `POST /mailFolders/{id}/messages` takes it, complete but for its attachments: no draft, with its own dates and
 * its header as it came. Of several forms of its body only the richest is kept.
 */
export function toMessageJson({ properties, recipients }: MapiMessage): Record<string, unknown> {
  const listOf = (type: number): readonly object[] =>
    recipients.filter((row) => row.get(recipientProperties.recipientType) === type).flatMap((row) => toRecipients([fromRecipient(row)]))
  const from = representingOf(properties)
  const sender = senderOf(properties)
  return {
    subject: properties.get(known.subject) ?? '',
    body: bodyOf(properties),
    ...(from !== undefined && { from: toRecipients([from])[0] }),
    ...(sender !== undefined && { sender: toRecipients([sender])[0] }),
    toRecipients: listOf(recipientTypes.to),
    ccRecipients: listOf(recipientTypes.cc),
    bccRecipients: listOf(recipientTypes.bcc),
    replyTo: toRecipients(readFlatEntryList(properties.get(known.replyRecipientEntries) ?? new Uint8Array())),
    importance: importances[properties.get(known.importance) ?? 1] ?? 'normal',
    isRead: ((properties.get(known.messageFlags) ?? 0) & 1) !== 0,
    categories: properties.get(known.keywords) ?? [],
    flag: { flagStatus: properties.get(known.flagStatus) === 2 ? 'flagged' : 'notFlagged' },
    singleValueExtendedProperties: extended.flatMap(([id, property]) => {
      const value = properties.get(property)
      if (value === undefined) return []
      return [{ id, value: typeof value === 'bigint' ? new Date(fromFileTime(value)).toISOString() : String(value) }]
    }),
  }
}

function bodyOf(properties: ReadonlyPropertyBag): object {
  const html = properties.get(known.html)
  if (html !== undefined) return { contentType: 'html', content: Buffer.from(html).toString('utf8') }
  return { contentType: 'text', content: properties.get(known.body) ?? '' }
}

function toRecipients(addresses: readonly (MailAddress | undefined)[]): readonly object[] {
  return addresses.flatMap((one) => (one === undefined ? [] : [{ emailAddress: { name: one.name || one.address, address: one.address } }]))
}
