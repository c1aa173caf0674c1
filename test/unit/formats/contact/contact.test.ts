import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Contact, emptyContact, toFileAs } from '../../../../src/formats/contact/contact.ts'
import { readContact } from '../../../../src/formats/contact/read-contact.ts'
import { writeContact } from '../../../../src/formats/contact/write-contact.ts'
import { attachmentProperties } from '../../../../src/formats/mapi/attachment-properties.ts'
import { contactProperties } from '../../../../src/formats/mapi/contact-properties.ts'
import { toFileTime } from '../../../../src/formats/mapi/file-time.ts'
import { messageProperties } from '../../../../src/formats/mapi/message-properties.ts'
import { readOneOffEntryId } from '../../../../src/formats/mapi/one-off-entry-id.ts'
import { PropertyBag } from '../../../../src/formats/mapi/property-bag.ts'
import { named } from '../../../../src/formats/mapi/property.ts'
import { contacts } from './arbitrary-contact.ts'

const at = (iso: string) => toFileTime(Date.parse(iso))
const read = (fill: (bag: PropertyBag) => unknown): Contact => {
  const properties = new PropertyBag()
  fill(properties)
  return readContact({ properties, recipients: [], attachments: [] })
}

describe('a contact', () => {
  it('comes back from its message as it was', () => {
    fc.assert(
      fc.property(contacts, (contact) => {
        expect(readContact(writeContact(contact))).toEqual(contact)
      }),
      { numRuns: 200 },
    )
  })

  it('written onto the message of another one says only what it says itself', () => {
    fc.assert(
      fc.property(contacts, contacts, (one, other) => {
        expect(readContact(writeContact(other, writeContact(one)))).toEqual(other)
      }),
    )
  })

  it('written onto a message keeps what a contact has no field for, and leaves that message alone', () => {
    const own = named('00020329-0000-0000-c000-000000000046', 'x-own', 'string')
    const before = writeContact({ ...emptyContact, givenName: 'Garth' })
    before.properties.set(own, 'kept').set(messageProperties.messageClass, 'IPM.Contact.Custom')
    const after = writeContact({ ...emptyContact, surname: 'Fort' }, before)
    expect(after.properties.get(own)).toBe('kept')
    expect(after.properties.get(messageProperties.messageClass)).toBe('IPM.Contact.Custom')
    expect(after.properties.has(contactProperties.givenName)).toBe(false)
    expect(before.properties.get(contactProperties.givenName)).toBe('Garth')
  })

  it('has everything that Outlook looks for beside the fields', () => {
    const jpeg = Buffer.from('ffd8ffe000104a46', 'hex')
    const { properties: bag, attachments } = writeContact({
      ...emptyContact,
      displayName: 'Pavel Bansky',
      emailAddresses: [{ address: 'pavelb@fabrikam.example', name: 'Pavel' }, { address: 'p@x.example' }],
      businessAddress: {
        street: '10 Contoso Way',
        city: 'Redmond',
        state: 'WA',
        postalCode: '98075',
        countryOrRegion: 'USA',
      },
      mailingAddress: 'business',
      sensitivity: 'private',
      photo: { bytes: jpeg },
    })
    const [first, second] = contactProperties.emails
    expect(bag.get(messageProperties.subject)).toBe('Pavel Bansky')
    expect(bag.get(first!.originalDisplayName)).toBe('pavelb@fabrikam.example')
    expect(bag.get(second!.displayName)).toBe('p@x.example')
    expect(readOneOffEntryId(bag.get(first!.originalEntryId)!)).toEqual({
      name: 'Pavel',
      addressType: 'SMTP',
      address: 'pavelb@fabrikam.example',
    })
    expect(bag.get(contactProperties.addressBookProviderEmails)).toEqual([0, 1])
    expect(bag.get(contactProperties.addressBookProviderArrayType)).toBe(3)
    expect(bag.get(contactProperties.businessAddress.complete)).toBe('10 Contoso Way\r\nRedmond, WA 98075\r\nUSA')
    expect(bag.get(contactProperties.mailingAddress.city)).toBe('Redmond')
    expect(bag.get(contactProperties.postalAddressId)).toBe(2)
    expect(bag.get(messageProperties.isPrivate)).toBe(true)
    expect(bag.get(contactProperties.hasPicture)).toBe(true)
    expect(attachments[0]?.properties.get(attachmentProperties.contactPhoto)).toBe(true)
    expect(attachments[0]?.properties.get(attachmentProperties.longFileName)).toBe('ContactPicture.jpg')
    expect(attachments[0]?.properties.get(attachmentProperties.mimeType)).toBe('image/jpeg')
  })

  it('has the day that its local form tells when the other one is midnight of a time zone', () => {
    // As in contactUnicode.msg, written in Japan.
    const born = { utc: at('1999-12-31T15:00:00Z'), local: at('2000-01-01T00:00:00Z') }
    const days = (utc: bigint, local?: bigint) =>
      read((bag) => bag.set(contactProperties.birthday, utc).set(contactProperties.birthdayLocal, local)).birthday
    expect(days(born.utc, born.local)).toBe('1999-12-31T15:00:00Z')
    expect(days(at('1999-12-31T04:00:00Z'), born.local)).toBe('2000-01-01T11:59:00Z')
    expect(days(at('1974-07-22T11:59:00Z'))).toBe('1974-07-22T11:59:00Z')
    expect(days(at('4501-01-01T00:00:00Z'))).toBeUndefined()
  })

  it('shows the SMTP address of somebody from the directory', () => {
    const [email] = contactProperties.emails
    const contact = read((bag) =>
      bag
        .set(email.addressType, 'EX')
        .set(email.address, '/o=ExchangeLabs/cn=Recipients/cn=garthf')
        .set(email.originalDisplayName, 'garthf@contoso.example')
        .set(email.displayName, 'Garth Fort'),
    )
    expect(contact.emailAddresses).toEqual([{ address: 'garthf@contoso.example', name: 'Garth Fort' }])
  })

  it('has its address from the only one that old stores know, and in one piece when it has no parts', () => {
    expect(read((bag) => bag.set(contactProperties.mailingAddress.city, 'Bonn')).businessAddress).toEqual({ city: 'Bonn' })
    expect(read((bag) => bag.set(contactProperties.homeAddress.complete, 'A\r\nB')).homeAddress).toEqual({
      street: 'A\r\nB',
    })
  })

  it.each([
    ['contact.too-many', { businessPhones: ['1', '2', '3'] }],
    ['contact.too-many', { emailAddresses: ['a', 'b', 'c', 'd'].map((name) => ({ address: `${name}@x.example` })) }],
    ['contact.bad-date', { birthday: '1974-02-30' }],
    ['contact.bad-date', { birthday: '1599-12-31' }],
    ['contact.bad-date', { weddingAnniversary: 'soon' }],
  ])('is refused with %s', (code, fields) => {
    expect(() => writeContact({ ...emptyContact, ...fields })).toThrow(expect.objectContaining({ kind: 'item', code }))
  })

  it.each([
    ['Fort, Garth L.', { surname: 'Fort', givenName: 'Garth', middleName: 'L.', companyName: 'Contoso' }],
    ['Garth', { givenName: 'Garth' }],
    ['Contoso', { companyName: 'Contoso', displayName: 'x' }],
    ['a@x.example', { emailAddresses: [{ address: 'a@x.example' }] }],
    [undefined, {}],
  ])('is filed as %s', (fileAs, fields) => {
    expect(toFileAs({ ...emptyContact, ...fields })).toBe(fileAs)
  })
})
