import { contactProperties } from '../mapi/contact-properties.ts'
import { writeOneOffEntryId } from '../mapi/one-off-entry-id.ts'
import type { PropertyBag, ReadonlyPropertyBag } from '../mapi/property-bag.ts'
import type { ContactEmail } from './contact.ts'

/** In `addressBookProviderEmails`, what follows stands for fax numbers. */
const firstFaxIndex = 3

/**
 * The e-mail addresses of a contact (MS-OXOCNTC section 2.2.1.2). One from the directory (type `EX`) is shown by its
 * SMTP address where the contact has kept that.
 */
export function readEmails(bag: ReadonlyPropertyBag): readonly ContactEmail[] {
  const emails: ContactEmail[] = []
  for (const properties of contactProperties.emails) {
    const stored = bag.get(properties.address)
    if (stored === undefined || stored === '') continue
    const original = bag.get(properties.originalDisplayName) ?? ''
    const type = bag.get(properties.addressType) || 'SMTP'
    const isShownBySmtp = type.toUpperCase() === 'EX' && original.includes('@')
    const address = isShownBySmtp ? original : stored
    const name = bag.get(properties.displayName) || original || address
    emails.push({ address, name, ...(isShownBySmtp || type === 'SMTP' ? {} : { addressType: type }) })
  }
  return emails
}

/** Sets the addresses in their places, with one-off entry ids and the lists of which there are; fax numbers stay. */
export function writeEmails(bag: PropertyBag, emails: readonly ContactEmail[]): void {
  for (const [index, properties] of contactProperties.emails.entries()) {
    for (const property of Object.values(properties)) bag.delete(property)
    const email = emails[index]
    if (email === undefined) continue
    const addressType = email.addressType ?? 'SMTP'
    const name = email.name === undefined || email.name === '' ? email.address : email.name
    bag.set(properties.displayName, name)
    bag.set(properties.addressType, addressType)
    bag.set(properties.address, email.address)
    bag.set(properties.originalDisplayName, email.address)
    bag.set(properties.originalEntryId, writeOneOffEntryId({ name, addressType, address: email.address }))
  }
  writeProviders(bag, emails.length)
}

function writeProviders(bag: PropertyBag, emailsTotal: number): void {
  const { addressBookProviderEmails: list, addressBookProviderArrayType: bits } = contactProperties
  const faxes = (bag.get(list) ?? []).filter((index) => index >= firstFaxIndex)
  const indexes = [...Array(emailsTotal).keys(), ...faxes]
  bag.delete(list)
  bag.delete(bits)
  if (indexes.length === 0) return
  bag.set(list, indexes)
  bag.set(
    bits,
    indexes.reduce((set, index) => set | (1 << index), 0),
  )
}
