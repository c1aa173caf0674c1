import { Buffer } from 'node:buffer'
import { type Contact, type ContactEmail, contactLimits, emptyContact, type PhysicalAddress, toFileAs } from '../../formats/contact/contact.ts'
import { toStoredDay } from '../../formats/contact/contact-dates.ts'
import { readContact } from '../../formats/contact/read-contact.ts'
import { writeContact } from '../../formats/contact/write-contact.ts'
import type { MessageHead } from '../../formats/fast-transfer/stored-form.ts'
import { messageProperties } from '../../formats/mapi/message-properties.ts'
import type { PropertyBag, ReadonlyPropertyBag } from '../../formats/mapi/property-bag.ts'
import { setCategories } from './apply-message.ts'
import { contactAddressNames, contactListNames, contactTextNames } from './contact-json.ts'
import { type ExtendedPropertiesInput, setExtendedProperties } from './extended-properties.ts'
import { JsonRefusal } from './refusal.ts'

/** What may come in as `emailAddress`. */
interface EmailInput {
  readonly name?: string | null
  readonly address?: string | null
}

/** What may come in as `physicalAddress`. */
type AddressInput = { readonly [Part in 'street' | 'city' | 'state' | 'countryOrRegion' | 'postalCode']?: string | null }

type TextsInput = { readonly [Name in (typeof contactTextNames)[number]]?: string | null }
type ListsInput = { readonly [Name in (typeof contactListNames)[number]]?: readonly string[] | null }
type AddressesInput = { readonly [Name in (typeof contactAddressNames)[number]]?: AddressInput | null }

/** What a contact may be made from or changed by. */
export interface ContactInput extends ExtendedPropertiesInput, TextsInput, ListsInput, AddressesInput {
  readonly emailAddresses?: readonly EmailInput[] | null
  readonly primaryEmailAddress?: EmailInput | null
  readonly secondaryEmailAddress?: EmailInput | null
  readonly tertiaryEmailAddress?: EmailInput | null
  readonly birthday?: string | null
  readonly personalNotes?: string | null
  readonly categories?: readonly string[] | null
}

const singleEmails = ['primaryEmailAddress', 'secondaryEmailAddress', 'tertiaryEmailAddress'] as const
const nameParts = ['givenName', 'middleName', 'surname'] as const

const listMaxima = {
  imAddresses: contactLimits.imAddressesMax,
  homePhones: contactLimits.homePhonesMax,
  businessPhones: contactLimits.businessPhonesMax,
  children: Infinity,
} as const

/**
 * The item that a JSON body makes. A name to show and one to file by are made of the parts where they are not given
 * (Graph's page on contact). Throws a JsonRefusal.
 */
export function newContact(input: ContactInput): MessageHead {
  const contact = merge(emptyContact, input)
  const displayName = contact.displayName ?? toDisplayName(contact)
  const complete = { ...contact, displayName, fileAs: contact.fileAs ?? toFileAs({ ...contact, displayName }) }
  const { properties, recipients } = writeContact(complete)
  applyRest(properties, input)
  return { properties, recipients }
}

/**
 * Changes an item's own properties; what the body does not speak of stays as it is, byte by byte. A changed name makes
 * the name to show anew unless the body gives one, and the one to file by if it was made of the old name (Graph's page on
 * contact: "later updates to other properties may cause an automatically generated value to overwrite"). Throws a
 * JsonRefusal; the item's bag may then be changed in part.
 */
export function changeContact({ properties, recipients }: MessageHead, input: ContactInput): MessageHead {
  const message = { properties, recipients, attachments: [] }
  const before = readContact(message)
  const after = withNames(before, merge(before, input), input)
  carryOver(properties, writeContact(bounded(before), message).properties, writeContact(bounded(after), message).properties)
  applyRest(properties, input)
  return { properties, recipients }
}

function applyRest(properties: PropertyBag, input: ContactInput): void {
  if (input.categories !== undefined) setCategories(properties, input.categories ?? [])
  if (input.personalNotes !== undefined) {
    // Another form of the old notes would win over the new text.
    properties.delete(messageProperties.html)
    properties.delete(messageProperties.rtfCompressed)
    properties.set(messageProperties.nativeBody, 1)
  }
  setExtendedProperties(properties, input)
}

function merge(before: Contact, input: ContactInput): Contact {
  const texts = Object.fromEntries(
    contactTextNames.filter((name) => input[name] !== undefined).map((name) => [name, input[name] === '' ? undefined : (input[name] ?? undefined)]),
  )
  const lists = Object.fromEntries(contactListNames.filter((name) => input[name] !== undefined).map((name) => [name, listOf(name, input[name])]))
  const addresses = Object.fromEntries(
    contactAddressNames.filter((name) => input[name] !== undefined).map((name) => [name, mergeAddress(before[name], input[name])]),
  )
  return {
    ...before,
    ...texts,
    ...lists,
    ...addresses,
    emailAddresses: mergeEmails(before.emailAddresses, input),
    ...(input.birthday === undefined ? {} : { birthday: birthdayOf(input.birthday) }),
    ...(input.personalNotes === undefined ? {} : { personalNotes: input.personalNotes?.replaceAll(/\r?\n/g, '\r\n') }),
  }
}

function withNames(before: Contact, after: Contact, input: ContactInput): Contact {
  const isRenamed = nameParts.some((part) => input[part] !== undefined && after[part] !== before[part])
  const displayName = isRenamed && input.displayName === undefined ? toDisplayName(after) : after.displayName
  const shown = { ...after, displayName }
  const isFiledByItself = input.fileAs === undefined && (before.fileAs === undefined || before.fileAs === toFileAs(before))
  return isFiledByItself && toFileAs(shown) !== toFileAs(before) ? { ...shown, fileAs: toFileAs(shown) } : shown
}

function toDisplayName(contact: Contact): string | undefined {
  const name = nameParts.map((part) => contact[part]).filter((part) => part !== undefined).join(' ')
  return name === '' ? undefined : name
}

function listOf(name: (typeof contactListNames)[number], given: readonly string[] | null | undefined): readonly string[] {
  const list = (given ?? []).filter((text) => text !== '')
  if (list.length > listMaxima[name]) throw tooMany(name, listMaxima[name])
  return list
}

function mergeAddress(before: PhysicalAddress | undefined, input: AddressInput | null | undefined): PhysicalAddress | undefined {
  if (input === null || input === undefined) return undefined
  const given = Object.entries(input).filter(([part, text]) => text !== undefined && !part.includes('@'))
  return { ...before, ...Object.fromEntries(given.map(([part, text]) => [part, text ?? undefined])) }
}

function mergeEmails(before: readonly ContactEmail[], input: ContactInput): readonly ContactEmail[] {
  const { emailAddressesMax } = contactLimits
  if (input.emailAddresses !== undefined) {
    const emails = (input.emailAddresses ?? []).map(toEmail)
    if (emails.length > emailAddressesMax) throw tooMany('emailAddresses', emailAddressesMax)
    return emails
  }
  const places: (ContactEmail | undefined)[] = singleEmails.map((name, index) => {
    const given = input[name]
    return given === undefined ? before[index] : given === null ? undefined : toEmail(given)
  })
  return places.filter((email) => email !== undefined)
}

function toEmail({ name, address }: EmailInput): ContactEmail {
  const trimmed = address?.trim() ?? ''
  if (trimmed === '') throw new JsonRefusal(400, 'ErrorInvalidArgument', 'An e-mail address of the contact has no address.')
  return { address: trimmed, ...(name === null || name === undefined || name === '' ? {} : { name }) }
}

function birthdayOf(text: string | null): string | undefined {
  if (text === null) return undefined
  if (toStoredDay(text) === undefined) throw new JsonRefusal(400, 'ErrorInvalidArgument', `The birthday '${text}' is no date that a mailbox can hold.`)
  return text
}

function tooMany(name: string, itemsMax: number): JsonRefusal {
  return new JsonRefusal(400, 'ErrorInvalidArgument', `The collection '${name}' holds at most ${itemsMax} values.`)
}

/** Without the numbers that an item may hold beyond what a contact has room for: they stay where they are. */
function bounded(contact: Contact): Contact {
  return {
    ...contact,
    homePhones: contact.homePhones.slice(0, contactLimits.homePhonesMax),
    businessPhones: contact.businessPhones.slice(0, contactLimits.businessPhonesMax),
  }
}

/** Carries over what writing one contact instead of the other changes, and nothing else. */
function carryOver(properties: PropertyBag, before: ReadonlyPropertyBag, after: ReadonlyPropertyBag): void {
  const old = new Map([...before.entries()].map((entry) => [entry.property.key, entry]))
  const kept = new Set<string>()
  for (const { property, value } of after.entries()) {
    kept.add(property.key)
    if (!isSame(old.get(property.key)?.value, value)) properties.set(property, value)
  }
  for (const { property } of old.values()) if (!kept.has(property.key)) properties.delete(property)
}

function isSame(a: unknown, b: unknown): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, index) => isSame(one, b[index]))
  return a === b
}
