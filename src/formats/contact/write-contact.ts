import { MigrationError } from '../../core/errors.ts'
import { contactProperties } from '../mapi/contact-properties.ts'
import { messageProperties } from '../mapi/message-properties.ts'
import type { MapiMessage } from '../mapi/message.ts'
import { PropertyBag } from '../mapi/property-bag.ts'
import type { Property } from '../mapi/property.ts'
import { toStoredDay } from './contact-dates.ts'
import { writeEmails } from './contact-emails.ts'
import { contactTextFieldNames, contactTextFields } from './contact-fields.ts'
import { writePhoto } from './contact-photo.ts'
import { addressKinds, type Contact, contactLimits, sensitivities, toFileAs } from './contact.ts'
import { isBlankAddress, writeAddress } from './physical-address.ts'

const p = contactProperties

/** What `fileUnderId` says of "surname, given middle", and of a name that the user has typed. */
const fileAsSurnameFirst = 0x8017
const fileAsTyped = -1
const contactIcon = 512

/**
 * The message of a contact (MS-OXOCNTC). With `onto`, what that message has and a contact has no field for is kept, and
 * what the contact does not say is taken away; `onto` itself is not changed.
 *
 * Throws an item error `contact.too-many` when a list is longer than `contactLimits`, and `contact.bad-date` when a
 * date is none that MAPI can hold.
 */
export function writeContact(contact: Contact, onto?: MapiMessage): MapiMessage {
  checkLengths(contact)
  const bag = onto?.properties.copy() ?? new PropertyBag()
  if (!bag.has(messageProperties.messageClass)) bag.set(messageProperties.messageClass, 'IPM.Contact')
  if (!bag.has(messageProperties.iconIndex)) bag.set(messageProperties.iconIndex, contactIcon)
  for (const field of contactTextFieldNames) replace(bag, contactTextFields[field], contact[field])
  replace(bag, p.html, contact.businessHomePage)
  replace(bag, messageProperties.subject, contact.displayName)
  replace(bag, messageProperties.normalizedSubject, contact.displayName)
  replace(bag, messageProperties.body, contact.personalNotes)
  writeFileUnderId(bag, contact)
  writeEmails(bag, contact.emailAddresses)
  writeLists(bag, contact)
  writeAddresses(bag, contact)
  writeDay(bag, p.birthday, p.birthdayLocal, contact.birthday)
  writeDay(bag, p.weddingAnniversary, p.weddingAnniversaryLocal, contact.weddingAnniversary)
  bag.delete(p.gender)
  if (contact.gender !== undefined) bag.set(p.gender, contact.gender === 'female' ? 1 : 2)
  const sensitivity = sensitivities.indexOf(contact.sensitivity ?? 'normal')
  bag.set(messageProperties.sensitivity, sensitivity).set(messageProperties.isPrivate, sensitivity >= 2)
  bag.set(p.hasPicture, contact.photo !== undefined)
  const attachments = writePhoto(onto?.attachments ?? [], contact.photo)
  return { properties: bag, recipients: onto?.recipients ?? [], attachments }
}

function checkLengths(contact: Contact): void {
  const lists = [
    ['e-mail addresses', contact.emailAddresses, contactLimits.emailAddressesMax],
    ['business phones', contact.businessPhones, contactLimits.businessPhonesMax],
    ['home phones', contact.homePhones, contactLimits.homePhonesMax],
    ['chat addresses', contact.imAddresses, contactLimits.imAddressesMax],
  ] as const
  for (const [what, list, itemsMax] of lists) {
    if (list.length <= itemsMax) continue
    throw new MigrationError('item', 'contact.too-many', {
      message: `The contact has ${list.length} ${what}.`,
      hint: `Exchange keeps at most ${itemsMax} of them.`,
    })
  }
}

function writeFileUnderId(bag: PropertyBag, contact: Contact): void {
  bag.delete(p.fileUnderId)
  if (contact.fileAs === undefined) return
  const isMade = contact.surname !== undefined && contact.fileAs === toFileAs(contact)
  bag.set(p.fileUnderId, isMade ? fileAsSurnameFirst : fileAsTyped)
}

function writeLists(bag: PropertyBag, contact: Contact): void {
  // Properties of one number: the form with several values goes as well.
  replace(bag, p.businessPhone, contact.businessPhones[0])
  replace(bag, p.businessPhone2, contact.businessPhones[1])
  replace(bag, p.homePhone, contact.homePhones[0])
  replace(bag, p.homePhone2, contact.homePhones[1])
  const ims = [p.instantMessagingAddress, p.instantMessagingAddress2, p.instantMessagingAddress3]
  for (const [index, property] of ims.entries()) replace(bag, property, contact.imAddresses[index])
  replaceList(bag, p.childrensNames, contact.children)
  replaceList(bag, messageProperties.keywords, contact.categories)
  replaceList(bag, p.vcardLines, contact.vcardLines)
}

function writeAddresses(bag: PropertyBag, contact: Contact): void {
  for (const kind of addressKinds) {
    const address = contact[`${kind}Address`]
    writeAddress(bag, p[`${kind}Address`], address === undefined || isBlankAddress(address) ? undefined : address)
  }
  const own = contact.mailingAddress
  writeAddress(bag, p.mailingAddress, own === undefined ? undefined : contact[`${own}Address`])
  bag.set(p.postalAddressId, own === undefined ? 0 : addressKinds.indexOf(own) + 1)
}

function writeDay(bag: PropertyBag, utc: Property<'time'>, local: Property<'time'>, text: string | undefined): void {
  bag.delete(utc)
  bag.delete(local)
  if (text === undefined) return
  const day = toStoredDay(text)
  if (day === undefined) {
    throw new MigrationError('item', 'contact.bad-date', {
      message: 'A date of the contact is none that a mailbox can hold.',
      hint: 'Dates are written year-month-day and lie between 1601 and 4499.',
    })
  }
  bag.set(utc, day.utc).set(local, day.local)
}

function replace(bag: PropertyBag, property: Property<'string'>, text: string | undefined): void {
  bag.delete(property)
  if (text !== '') bag.set(property, text)
}

function replaceList(bag: PropertyBag, property: Property<'strings'>, list: readonly string[]): void {
  bag.delete(property)
  if (list.length > 0) bag.set(property, list)
}
