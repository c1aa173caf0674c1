import type { MessageHead } from '../../formats/fast-transfer/stored-form.ts'
import { type Contact, type ContactEmail, type PhysicalAddress } from '../../formats/contact/contact.ts'
import type { ContactTextField } from '../../formats/contact/contact-fields.ts'
import { readContact } from '../../formats/contact/read-contact.ts'
import type { ItemRow } from '../mailbox/rows.ts'
import { toChangeKey } from '../mailbox/ids.ts'
import { toGraphTime } from './date-time.ts'

/** A contact as its JSON is made of. */
export interface ContactSource {
  readonly row: ItemRow
  /** As the request wants ids. */
  readonly id: string
  readonly parentFolderId: string
  readonly mailboxGuid: string
  head(): MessageHead
}

/** Texts of Graph's `contact` (v1.0); `Contact` has them under the same names. */
export const contactTextNames = [
  'fileAs',
  'displayName',
  'givenName',
  'initials',
  'middleName',
  'nickName',
  'surname',
  'title',
  'yomiGivenName',
  'yomiSurname',
  'yomiCompanyName',
  'generation',
  'jobTitle',
  'companyName',
  'department',
  'officeLocation',
  'profession',
  'businessHomePage',
  'assistantName',
  'manager',
  'mobilePhone',
  'spouseName',
] as const satisfies readonly ContactTextField[]

/** Its lists of texts, likewise. */
export const contactListNames = ['imAddresses', 'homePhones', 'businessPhones', 'children'] as const satisfies readonly (keyof Contact)[]

/** Its postal addresses, likewise. */
export const contactAddressNames = ['homeAddress', 'businessAddress', 'otherAddress'] as const satisfies readonly (keyof Contact)[]

const rowNames = ['id', 'createdDateTime', 'lastModifiedDateTime', 'changeKey', 'categories', 'parentFolderId'] as const
const emailNames = ['emailAddresses', 'primaryEmailAddress', 'secondaryEmailAddress', 'tertiaryEmailAddress'] as const

/** The property names that `$select`, `$filter` and `$orderby` of contacts may name. */
export const contactFieldNames: ReadonlySet<string> = new Set([
  ...rowNames,
  'birthday',
  ...contactTextNames,
  ...contactListNames,
  ...contactAddressNames,
  'personalNotes',
  ...emailNames,
])

/** Whether an item is a contact as Graph lists them; distribution lists are not (exchange.md 3.5). */
export function isContact(row: Pick<ItemRow, 'messageClass' | 'isAssociated'>): boolean {
  return !row.isAssociated && /^IPM\.Contact(?:\.|$)/i.test(row.messageClass)
}

/** A contact as Graph answers it: everything, or what was selected with its id and etag. */
export function contactJson(source: ContactSource, select?: readonly string[]): Record<string, unknown> {
  const { row } = source
  const changeKey = toChangeKey(source.mailboxGuid, row.change)
  const contact = readContact({ ...source.head(), attachments: [] })
  const [primary, secondary, tertiary] = contact.emailAddresses.map(emailJson)
  const whole: Record<string, unknown> = {
    '@odata.etag': `W/"${changeKey}"`,
    id: source.id,
    createdDateTime: toGraphTime(row.createdMs),
    lastModifiedDateTime: toGraphTime(row.modifiedMs),
    changeKey,
    categories: row.categories,
    parentFolderId: source.parentFolderId,
    birthday: contact.birthday ?? null,
    ...Object.fromEntries(contactTextNames.map((name) => [name, contact[name] ?? null])),
    ...Object.fromEntries(contactListNames.map((name) => [name, contact[name]])),
    personalNotes: contact.personalNotes ?? null,
    emailAddresses: contact.emailAddresses.map(emailJson),
    primaryEmailAddress: primary ?? null,
    secondaryEmailAddress: secondary ?? null,
    tertiaryEmailAddress: tertiary ?? null,
    ...Object.fromEntries(contactAddressNames.map((name) => [name, addressJson(contact[name])])),
  }
  if (select === undefined || select.includes('*')) return whole
  const isWanted = (name: string) => name.startsWith('@') || name === 'id' || select.some((one) => one.split('/')[0] === name)
  return Object.fromEntries(Object.entries(whole).filter(([name]) => isWanted(name)))
}

function emailJson({ name, address }: ContactEmail): object {
  return { name: name ?? address, address }
}

/** Graph has no box and no country code; an address of which nothing is known is `{}`. */
function addressJson(address: PhysicalAddress | undefined): object {
  const { street, city, state, countryOrRegion, postalCode } = address ?? {}
  return Object.fromEntries(Object.entries({ street, city, state, countryOrRegion, postalCode }).filter(([, part]) => part !== undefined))
}
