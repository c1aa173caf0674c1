import { contactProperties } from '../mapi/contact-properties.ts'
import { messageProperties } from '../mapi/message-properties.ts'
import type { MapiMessage } from '../mapi/message.ts'
import type { ReadonlyPropertyBag } from '../mapi/property-bag.ts'
import type { Property } from '../mapi/property.ts'
import { toDay, toMoment } from './contact-dates.ts'
import { readEmails } from './contact-emails.ts'
import { contactTextFieldNames, contactTextFields, type ContactTextField } from './contact-fields.ts'
import { readPhoto } from './contact-photo.ts'
import { addressKinds, type Contact, type PhysicalAddress, sensitivities } from './contact.ts'
import { readAddress } from './physical-address.ts'

const p = contactProperties

/**
 * A contact message (`IPM.Contact` and its subclasses) as plain data; never throws. Properties that a contact has no
 * field for are not in it: `writeContact` onto the same message keeps them.
 */
export function readContact(message: MapiMessage): Contact {
  const bag = message.properties
  const birthday = toMoment(bag.get(p.birthday), bag.get(p.birthdayLocal))
  const anniversary = toMoment(bag.get(p.weddingAnniversary), bag.get(p.weddingAnniversaryLocal))
  const gender = bag.get(p.gender)
  const notes = bag.get(messageProperties.body)
  return {
    ...readTexts(bag),
    emailAddresses: readEmails(bag),
    businessPhones: texts(bag, [p.businessPhone, p.businessPhone2], p.businessPhone2s),
    homePhones: texts(bag, [p.homePhone, p.homePhone2], p.homePhone2s),
    imAddresses: texts(bag, [p.instantMessagingAddress, p.instantMessagingAddress2, p.instantMessagingAddress3]),
    children: bag.get(p.childrensNames) ?? [],
    categories: bag.get(messageProperties.keywords) ?? [],
    ...readAddresses(bag),
    ...(birthday === undefined ? {} : { birthday }),
    ...(anniversary === undefined ? {} : { weddingAnniversary: toDay(anniversary) }),
    ...(gender === 1 || gender === 2 ? { gender: gender === 1 ? ('female' as const) : ('male' as const) } : {}),
    ...(notes === undefined || notes.trim() === '' ? {} : { personalNotes: notes }),
    ...readSensitivity(bag),
    ...readPhotoOf(message),
    vcardLines: bag.get(p.vcardLines) ?? [],
  }
}

function readTexts(bag: ReadonlyPropertyBag): Partial<Record<ContactTextField, string>> {
  const found: Partial<Record<ContactTextField, string>> = {}
  for (const field of contactTextFieldNames) {
    const text = bag.get(contactTextFields[field])
    if (text !== undefined && text !== '') found[field] = text
  }
  // Outlook shows the page of this property when the other was never set.
  const page = found.businessHomePage ?? bag.get(p.html)
  return page === undefined || page === '' ? found : { ...found, businessHomePage: page }
}

function readAddresses(bag: ReadonlyPropertyBag): Partial<Contact> {
  const mailingAddress = addressKinds[(bag.get(p.postalAddressId) ?? 0) - 1]
  const found: { homeAddress?: PhysicalAddress; businessAddress?: PhysicalAddress; otherAddress?: PhysicalAddress } = {}
  for (const kind of addressKinds) {
    const address = readAddress(bag, p[`${kind}Address`])
    if (address !== undefined) found[`${kind}Address`] = address
  }
  // Before Outlook had three addresses, and in stores that know but one, the business address is the mailing address.
  const own = found.businessAddress ?? (mailingAddress === undefined ? readAddress(bag, p.mailingAddress) : undefined)
  return {
    ...found,
    ...(own === undefined ? {} : { businessAddress: own }),
    ...(mailingAddress === undefined ? {} : { mailingAddress }),
  }
}

function readSensitivity(bag: ReadonlyPropertyBag): Partial<Contact> {
  const stored = sensitivities[bag.get(messageProperties.sensitivity) ?? 0]
  const sensitivity = bag.get(messageProperties.isPrivate) === true && stored !== 'confidential' ? 'private' : stored
  return sensitivity === undefined || sensitivity === 'normal' ? {} : { sensitivity }
}

function readPhotoOf(message: MapiMessage): Partial<Contact> {
  const photo = readPhoto(message.attachments)
  return photo === undefined ? {} : { photo }
}

/** The texts there are; `rest` is a form of the last one with several values. */
function texts(
  bag: ReadonlyPropertyBag,
  ones: readonly Property<'string'>[],
  rest?: Property<'strings'>,
): readonly string[] {
  const found = ones.map((property) => bag.get(property) ?? '')
  return [...found, ...((rest === undefined ? undefined : bag.get(rest)) ?? [])].filter((text) => text !== '')
}
