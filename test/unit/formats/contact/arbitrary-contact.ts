import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { type ContactTextField, contactTextFieldNames } from '../../../../src/formats/contact/contact-fields.ts'
import { addressKinds, type Contact, type PhysicalAddress, sensitivities } from '../../../../src/formats/contact/contact.ts'

/** Texts that hurt: separators, escapes, quotes, non-Latin letters, pairs of surrogates. */
const unit = fc.constantFrom('a', 'Z', '7', ' ', ',', ';', ':', '\\', '"', '^', '=', 'é', 'Ł', 'コ', '𝄞', '.', '@', 'n', '-')

/** One line, with something in it at both ends. */
export const line = fc.string({ unit, maxLength: 40 }).map((middle) => `x${middle}y`)
const lines = fc.array(line, { minLength: 1, maxLength: 3 }).map((found) => found.join('\r\n'))
const word = fc.stringMatching(/^[a-z0-9]{1,12}$/)
const email = fc.tuple(word, word).map(([local, domain]) => `${local}@${domain}.example`)
const day = fc
  .date({ min: new Date('1605-01-01'), max: new Date('2400-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))
const chat = fc.oneof(
  email,
  email.map((address) => `xmpp:${address}`),
)

const address: fc.Arbitrary<PhysicalAddress> = fc
  .record(
    { street: lines, city: line, state: line, postalCode: line, countryOrRegion: line, postOfficeBox: line },
    { requiredKeys: ['city'] },
  )
  .chain((parts) =>
    fc.option(fc.constantFrom('DE', 'US', 'JP')).map((code) => (code === null ? parts : { ...parts, countryCode: code })),
  )

const texts: fc.Arbitrary<Partial<Record<ContactTextField, string>>> = fc.record(
  Object.fromEntries(contactTextFieldNames.map((field) => [field, line])),
  { requiredKeys: [] },
)

/** Contacts as Exchange can hold them, without lines kept from a vCard. */
export const contacts: fc.Arbitrary<Contact> = fc
  .record({
    texts,
    emails: fc.uniqueArray(fc.record({ address: email, name: line }), {
      maxLength: 3,
      selector: ({ address: text }) => text,
    }),
    businessPhones: fc.array(line, { maxLength: 2 }),
    homePhones: fc.array(line, { maxLength: 2 }),
    imAddresses: fc.uniqueArray(chat, { maxLength: 3 }),
    children: fc.array(line, { maxLength: 3 }),
    categories: fc.uniqueArray(line, { maxLength: 3 }),
    addresses: fc.record({ homeAddress: address, businessAddress: address, otherAddress: address }, { requiredKeys: [] }),
    rest: fc.record(
      {
        birthday: day.map((text) => `${text}T11:59:00Z`),
        weddingAnniversary: day,
        gender: fc.constantFrom('female' as const, 'male' as const),
        personalNotes: lines,
        sensitivity: fc.constantFrom(...sensitivities.filter((name) => name !== 'normal')),
        photo: fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => ({ bytes: Buffer.from(bytes) })),
      },
      { requiredKeys: [] },
    ),
    wanted: fc.option(fc.constantFrom(...addressKinds)),
  })
  .map(({ texts: found, emails, addresses, rest, wanted, ...lists }) => ({
    ...found,
    ...lists,
    emailAddresses: emails,
    ...addresses,
    ...rest,
    vcardLines: [],
    ...(wanted !== null && addresses[`${wanted}Address`] !== undefined ? { mailingAddress: wanted } : {}),
  }))
