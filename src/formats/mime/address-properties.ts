import { Buffer } from 'node:buffer'
import { messageProperties as message } from '../mapi/message-properties.ts'
import { writeOneOffEntryId } from '../mapi/one-off-entry-id.ts'
import { PropertyBag } from '../mapi/property-bag.ts'
import type { ReadonlyPropertyBag } from '../mapi/property-bag.ts'
import { recipientProperties as recipient } from '../mapi/recipient-properties.ts'
import type { MailAddress } from './mail-addresses.ts'

/** PidTagRecipientType, as MAPI numbers them. */
export const recipientTypes = { to: 1, cc: 2, bcc: 3 } as const

const mailUser = 6

/** A recipient's row (MS-OXCMAIL section 2.2.3.1): what is only a name has no address properties. */
export function toRecipient(who: MailAddress, type: number, rowId: number): PropertyBag {
  const shown = who.name === '' ? who.address : who.name
  const bag = new PropertyBag()
    .set(recipient.rowId, rowId)
    .set(recipient.recipientType, type)
    .set(recipient.displayName, shown)
    .set(recipient.objectType, mailUser)
    .set(recipient.displayType, 0)
    .set(recipient.responsibility, true)
    .set(recipient.entryId, writeOneOffEntryId({ name: shown, addressType: 'SMTP', address: who.address }))
  if (who.address === '') return bag
  return bag
    .set(recipient.addressType, 'SMTP')
    .set(recipient.emailAddress, who.address)
    .set(recipient.smtpAddress, who.address)
    .set(recipient.searchKey, toSearchKey(who.address))
}

/** Whom a recipient's row names, or undefined when its address is no SMTP address and is not known as one. */
export function fromRecipient(row: ReadonlyPropertyBag): MailAddress | undefined {
  return toMailAddress(
    row.get(recipient.displayName),
    row.get(recipient.smtpAddress),
    row.get(recipient.addressType),
    row.get(recipient.emailAddress),
  )
}

/** Sets who sent a message, and for whom. */
export function setSenders(bag: PropertyBag, from: MailAddress | undefined, sender: MailAddress | undefined): void {
  if (sender !== undefined) {
    const shown = sender.name === '' ? sender.address : sender.name
    bag
      .set(message.senderName, shown)
      .set(message.senderEntryId, writeOneOffEntryId({ name: shown, addressType: 'SMTP', address: sender.address }))
    if (sender.address !== '') {
      bag
        .set(message.senderAddressType, 'SMTP')
        .set(message.senderAddress, sender.address)
        .set(message.senderSmtpAddress, sender.address)
        .set(message.senderSearchKey, toSearchKey(sender.address))
    }
  }
  if (from === undefined) return
  const shown = from.name === '' ? from.address : from.name
  bag
    .set(message.representingName, shown)
    .set(message.representingEntryId, writeOneOffEntryId({ name: shown, addressType: 'SMTP', address: from.address }))
  if (from.address === '') return
  bag
    .set(message.representingAddressType, 'SMTP')
    .set(message.representingAddress, from.address)
    .set(message.representingSmtpAddress, from.address)
    .set(message.representingSearchKey, toSearchKey(from.address))
}

/** For whom a message was sent; undefined when nobody is named by an SMTP address or a bare name. */
export function representingOf(bag: ReadonlyPropertyBag): MailAddress | undefined {
  return toMailAddress(
    bag.get(message.representingName),
    bag.get(message.representingSmtpAddress),
    bag.get(message.representingAddressType),
    bag.get(message.representingAddress),
  )
}

/** Who sent a message, in the same way. */
export function senderOf(bag: ReadonlyPropertyBag): MailAddress | undefined {
  return toMailAddress(
    bag.get(message.senderName),
    bag.get(message.senderSmtpAddress),
    bag.get(message.senderAddressType),
    bag.get(message.senderAddress),
  )
}

function toMailAddress(
  name: string | undefined,
  smtpAddress: string | undefined,
  type: string | undefined,
  typedAddress: string | undefined,
): MailAddress | undefined {
  const isOther = type !== undefined && type !== '' && type.toUpperCase() !== 'SMTP'
  const address = (smtpAddress ?? '') === '' ? (isOther ? '' : (typedAddress ?? '')) : smtpAddress!
  if (address === '' && (isOther || (name ?? '') === '')) return undefined
  return { name: name === undefined || name === address ? '' : name, address }
}

/** PidTagSearchKey of an address (MS-OXCPRPT section 2.2.1.9). */
function toSearchKey(address: string): Buffer {
  return Buffer.from(`SMTP:${address.toUpperCase()}\0`, 'utf8')
}
