import { messageProperties } from '../mapi/message-properties.ts'
import { writeOneOffEntryId } from '../mapi/one-off-entry-id.ts'
import type { PropertyBag, ReadonlyPropertyBag } from '../mapi/property-bag.ts'
import { recipientProperties } from '../mapi/recipient-properties.ts'
import type { CalendarProperty } from './icalendar-components.ts'

/** A person or thing of a meeting. `addressType` is `SMTP`, or `URI` for a calendar address that is no mail address. */
export interface CalendarAddress {
  readonly name: string
  readonly addressType: string
  readonly address: string
}

/** The address of an ORGANIZER or ATTENDEE; undefined when it has none. */
export function addressOf({ values, parameters }: CalendarProperty): CalendarAddress | undefined {
  const raw = typeof values[0] === 'string' ? values[0] : ''
  // ical.js 2.2.1 leaves the rest of a parameter with several quoted values in front of the value.
  const value = raw.slice(raw.lastIndexOf('":') < 0 ? 0 : raw.lastIndexOf('":') + 2).trim()
  const mail = /^mailto:(.+)$/i.exec(value)?.[1] ?? (/^[^\s:@/]+@[^\s:@/]+$/.test(value) ? value : parameters['email'])
  const address = mail === undefined || mail === '' ? value : decoded(mail)
  if (address === '') return undefined
  const name = parameters['cn'] === undefined || parameters['cn'] === '' ? address : parameters['cn']
  return { name, addressType: mail === undefined || mail === '' ? 'URI' : 'SMTP', address }
}

/** Whether two are the same, as mail servers see it. */
export function isSameAddress(a: Pick<CalendarAddress, 'address'>, b: Pick<CalendarAddress, 'address'>): boolean {
  return a.address.toLowerCase() === b.address.toLowerCase()
}

/** The URI and parameters of an address in iCalendar. */
export function toCalendarUser({ name, addressType, address }: CalendarAddress): {
  uri: string
  parameters: Record<string, string>
} {
  const uri = addressType === 'URI' ? address : `mailto:${address}`
  return { uri, parameters: name === '' || name === address ? {} : { cn: name.replace(/[\r\n]+/g, ' ') } }
}

/** The properties of a recipient that name it (MS-OXCICAL 2.1.3.1.1.20.2). */
export function setRecipientAddress(bag: PropertyBag, who: CalendarAddress): void {
  const entryId = writeOneOffEntryId(who)
  bag
    .set(recipientProperties.displayName, who.name)
    .set(recipientProperties.recipientDisplayName, who.name)
    .set(recipientProperties.addressType, who.addressType)
    .set(recipientProperties.emailAddress, who.address)
    .set(recipientProperties.smtpAddress, who.addressType === 'SMTP' ? who.address : undefined)
    .set(recipientProperties.entryId, entryId)
    .set(recipientProperties.recipientEntryId, entryId)
    .set(recipientProperties.searchKey, searchKeyOf(who))
    .set(recipientProperties.objectType, 6)
    .set(recipientProperties.displayType, 0)
    .set(recipientProperties.responsibility, true)
}

/** Whom a recipient names; an SMTP address wins over one of Exchange's own. */
export function recipientAddress(bag: ReadonlyPropertyBag): CalendarAddress | undefined {
  const type = bag.get(recipientProperties.addressType)
  const smtp = bag.get(recipientProperties.smtpAddress)
  const address = smtp ?? bag.get(recipientProperties.emailAddress)
  if (address === undefined || address === '') return undefined
  const name = bag.get(recipientProperties.displayName) ?? ''
  return { name, addressType: type === 'URI' ? 'URI' : 'SMTP', address }
}

/** The sender and whom he stands for: the organizer of a meeting, or who answers. */
export function setRepresenting(bag: PropertyBag, who: CalendarAddress): void {
  const entryId = writeOneOffEntryId(who)
  const smtp = who.addressType === 'SMTP' ? who.address : undefined
  bag
    .set(messageProperties.senderName, who.name)
    .set(messageProperties.senderAddressType, who.addressType)
    .set(messageProperties.senderAddress, who.address)
    .set(messageProperties.senderSmtpAddress, smtp)
    .set(messageProperties.senderEntryId, entryId)
    .set(messageProperties.senderSearchKey, searchKeyOf(who))
    .set(messageProperties.representingName, who.name)
    .set(messageProperties.representingAddressType, who.addressType)
    .set(messageProperties.representingAddress, who.address)
    .set(messageProperties.representingSmtpAddress, smtp)
    .set(messageProperties.representingEntryId, entryId)
    .set(messageProperties.representingSearchKey, searchKeyOf(who))
}

/** Whom a message stands for; undefined for those Outlook calls unknown. */
export function representingOf(bag: ReadonlyPropertyBag): CalendarAddress | undefined {
  const type = bag.get(messageProperties.representingAddressType)
  const address = bag.get(messageProperties.representingSmtpAddress) ?? bag.get(messageProperties.representingAddress)
  if (address === undefined || address === '' || type === 'UNKNOWN') return undefined
  return { name: bag.get(messageProperties.representingName) ?? '', addressType: type === 'URI' ? 'URI' : 'SMTP', address }
}

function searchKeyOf({ addressType, address }: CalendarAddress): Buffer {
  return Buffer.from(`${addressType}:${address}\0`.toUpperCase(), 'utf8')
}

function decoded(mail: string): string {
  const [address = ''] = mail.split('?')
  try {
    return decodeURIComponent(address)
  } catch {
    // A percent sign that encodes nothing is part of the address.
    return address
  }
}
