import type { ContactTextField } from './contact-fields.ts'

/** An address in parts, as Graph's `physicalAddress`; a box and a country code (ISO 3166) beyond it. */
export interface PhysicalAddress {
  readonly street?: string | undefined
  readonly city?: string | undefined
  readonly state?: string | undefined
  readonly countryOrRegion?: string | undefined
  readonly postalCode?: string | undefined
  readonly postOfficeBox?: string | undefined
  readonly countryCode?: string | undefined
}

/** An e-mail address, as Graph's `emailAddress`. */
export interface ContactEmail {
  readonly address: string
  /** Read back as the address when none was given, as Exchange does. */
  readonly name?: string | undefined
  /** `SMTP` when absent. */
  readonly addressType?: string | undefined
}

export interface ContactPhoto {
  readonly bytes: Uint8Array
}

/** The kinds of postal addresses, in the order of their numbers (MS-OXOCNTC section 2.2.1.3.9), from 1. */
export const addressKinds = ['home', 'business', 'other'] as const
export type AddressKind = (typeof addressKinds)[number]

export const sensitivities = ['normal', 'personal', 'private', 'confidential'] as const
export type Sensitivity = (typeof sensitivities)[number]

/**
 * A contact as plain data. Names and shapes are those of Graph's `contact` resource (v1.0) wherever it has the field,
 * so that Graph's JSON without ids and nulls is a contact; the lists are always there. Texts are never empty.
 */
export interface Contact extends Readonly<Partial<Record<ContactTextField, string | undefined>>> {
  readonly emailAddresses: readonly ContactEmail[]
  readonly businessPhones: readonly string[]
  readonly homePhones: readonly string[]
  readonly imAddresses: readonly string[]
  readonly children: readonly string[]
  readonly categories: readonly string[]
  readonly homeAddress?: PhysicalAddress | undefined
  readonly businessAddress?: PhysicalAddress | undefined
  readonly otherAddress?: PhysicalAddress | undefined
  /** Which address is the contact's own. */
  readonly mailingAddress?: AddressKind | undefined
  /** `1974-07-22T11:59:00Z`: the day, at the time that Exchange uses for it; a mere `1974-07-22` is taken too. */
  readonly birthday?: string | undefined
  /** `1999-05-01`. */
  readonly weddingAnniversary?: string | undefined
  readonly gender?: 'female' | 'male' | undefined
  readonly personalNotes?: string | undefined
  /** `normal` when absent. */
  readonly sensitivity?: Sensitivity | undefined
  readonly photo?: ContactPhoto | undefined
  /** vCard lines that no other field takes, unfolded, as they go back into a vCard; none of them in Graph. */
  readonly vcardLines: readonly string[]
}

/** A contact of which nothing is known: what a new one starts from. */
export const emptyContact: Contact = {
  emailAddresses: [],
  businessPhones: [],
  homePhones: [],
  imAddresses: [],
  children: [],
  categories: [],
  vcardLines: [],
}

/** What a contact in Exchange has room for: three e-mail and three chat addresses, two numbers at work and at home. */
export const contactLimits = {
  emailAddressesMax: 3,
  businessPhonesMax: 2,
  homePhonesMax: 2,
  imAddressesMax: 3,
} as const

/** "Fort, Garth" as Outlook files a contact: surname, given and middle name; else the company, the name, an address. */
export function toFileAs(contact: Contact): string | undefined {
  const given = [contact.givenName, contact.middleName].filter((name) => name !== undefined).join(' ')
  const full = [contact.surname, given].filter((name) => name !== undefined && name !== '').join(', ')
  if (full !== '') return full
  return contact.companyName ?? contact.displayName ?? contact.emailAddresses[0]?.address
}
