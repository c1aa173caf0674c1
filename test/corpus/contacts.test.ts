import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import MsgReaderModule from '@kenjiuno/msgreader'
import { describe, expect, it } from 'vitest'
import { type Contact, emptyContact } from '../../src/formats/contact/contact.ts'
import { readContact } from '../../src/formats/contact/read-contact.ts'
import { mapiToVcard, vcardToMapi } from '../../src/formats/contact/vcard.ts'
import { writeContact } from '../../src/formats/contact/write-contact.ts'
import { toFileTime } from '../../src/formats/mapi/file-time.ts'
import type { MapiMessage } from '../../src/formats/mapi/message.ts'
import { PropertyBag } from '../../src/formats/mapi/property-bag.ts'
import { propertyTypeOf, type PropertyType, type PropertyValues } from '../../src/formats/mapi/property-type.ts'
import { numbered, type Property, tagged } from '../../src/formats/mapi/property.ts'
import { readStickyNote } from '../../src/formats/note/sticky-note.ts'
import { corpusIsThere, corpusNote, corpusRoot } from './corpus.ts'

/** Both shapes in which the package's CommonJS arrives. */
const MsgReader = MsgReaderModule.default ?? (MsgReaderModule as unknown as typeof MsgReaderModule.default)

describe.skipIf(!corpusIsThere)(`Outlook's own contacts${corpusNote}`, () => {
  const bogus = {
    displayName: '(full name) A completely bogus contact',
    givenName: '(full name) A',
    middleName: 'completely bogus',
    surname: 'contact',
    initials: 'f.A.c.b.c.',
    fileAs: '(file as) contact, A completely bogus',
    jobTitle: '(job title) Manager, bogus division',
    mobilePhone: '(mobile) 0404 123 456',
    emailAddresses: [{ address: 'email@emailland.com', name: 'A completely bogus contact (email@emailland.com)' }],
  }
  const example = {
    displayName: 'Mr. イグザンプル ドット コム 殿',
    title: 'Mr.',
    givenName: 'コム',
    middleName: 'ドット',
    surname: 'イグザンプル',
    generation: '殿',
    fileAs: 'イグザンプル, コム ドット',
    yomiGivenName: 'komu',
    yomiSurname: 'eguzanpuru',
    yomiCompanyName: 'My work placecompany',
    companyName: 'My work company',
    department: 'My division',
    jobTitle: 'My position',
    businessHomePage: 'https://example.com',
    businessPhones: ['06-0001-0002'],
    homePhones: ['06-0001-0001'],
    mobilePhone: '080-0001-0001',
    businessFax: '06-0001-0003',
    emailAddresses: [{ address: 'test@example.com', name: 'コム ドット イグザンプル 殿 (test@example.com)' }],
    businessAddress: {
      street: 'Somewhere',
      city: 'Osaka',
      state: 'Osaka',
      postalCode: '544-0001',
      countryOrRegion: '日本',
      countryCode: 'JP',
    },
    mailingAddress: 'business' as const,
    birthday: '1999-12-31T15:00:00Z',
  }

  it.each([
    ['ruby-msg/contact-unicode.msg', bogus],
    ['ruby-msg/contact-plain.msg', bogus],
    ['msgreader-js/test/contactUnicode.msg', example],
    ['msgreader-js/test/contactAnsi.msg', example],
  ])('%s is read, and comes back from a message and from a vCard', (name, fields) => {
    const contact = readContact(readMsg(name))
    expect(contact).toEqual({ ...emptyContact, ...fields })
    expect(readContact(writeContact(contact, readMsg(name)))).toEqual(contact)
    const again = readContact(vcardToMapi(mapiToVcard(writeContact(contact)))[0]!)
    expect(again).toEqual('birthday' in fields ? { ...contact, birthday: '2000-01-01T11:59:00Z' } : contact)
  })

  it('are what the vCard that Outlook wrote of one says', () => {
    const [message] = vcardToMapi(readFileSync(join(corpusRoot, 'vcf/ruby-msg/contact.vcf')))
    const { initials: _, fileAs: __, ...said } = bogus
    expect(readContact(message!)).toMatchObject({ ...said, emailAddresses: [{ address: 'email@emailland.com' }] })
  })

  it('stand beside a sticky note', () => {
    const note = readStickyNote(readMsg('ruby-msg/note.msg'))
    expect(note.text.length).toBeGreaterThan(0)
    expect(note).toMatchObject({ color: 'yellow' })
    expect(note.widthPixels).toBeGreaterThan(0)
  })
})

describe.skipIf(!corpusIsThere)(`Graph's documented contacts${corpusNote}`, () => {
  const root = join(corpusRoot, 'graph/graph-docs')
  const files = corpusIsThere
    ? readdirSync(root).filter((name) => /contacts?[.-].*json$/.test(name) && !name.includes('folders'))
    : []

  it.each(files)('%s are contacts and come back', (name) => {
    const documented = contactsIn(JSON.parse(readFileSync(join(root, name), 'utf8')))
    for (const json of documented) {
      const contact = fromJson(json)
      const back = readContact(writeContact(contact))
      // A day without a time gets the one that Exchange gives it.
      const birthday =
        contact.birthday === undefined ? {} : { birthday: contact.birthday.replace(/^([\d-]{10})$/, '$1T11:59:00Z') }
      expect(back).toEqual({ ...contact, ...birthday })
      for (const [field, value] of Object.entries(json)) {
        if (isSaid(field, value))
          expect(back[field as keyof Contact]).toEqual({ ...contact, ...birthday }[field as keyof Contact])
      }
    }
  })

  it('are there', () => {
    const found = files.flatMap((name) => contactsIn(JSON.parse(readFileSync(join(root, name), 'utf8'))))
    expect(found.length).toBeGreaterThanOrEqual(7)
    const full = found.find((json) => json['displayName'] === 'Garth Fort')!
    expect(readContact(writeContact(fromJson(full)))).toMatchObject({
      fileAs: 'Fort, Garth',
      emailAddresses: [{ name: 'Garth', address: 'garth@a830edad9050849NDA1.onmicrosoft.com' }],
      imAddresses: ['sip:garthf@a830edad9050849nda1.onmicrosoft.com'],
      officeLocation: '20/1101',
      businessAddress: {
        street: '10 Contoso Way',
        city: 'Redmond',
        state: 'WA',
        countryOrRegion: 'USA',
        postalCode: '98075',
      },
      birthday: '1974-07-22T11:59:00Z',
    })
  })
})

type Json = Readonly<Record<string, unknown>>

function contactsIn(json: Json): readonly Json[] {
  return Array.isArray(json['value']) ? (json['value'] as Json[]) : [json]
}

/** What a documented example says of a contact: ids, dates of the item, nulls and empty addresses are nothing. */
function fromJson(json: Json): Contact {
  return { ...emptyContact, ...Object.fromEntries(Object.entries(json).filter(([field, value]) => isSaid(field, value))) }
}

const ofTheItem = ['id', 'createdDateTime', 'lastModifiedDateTime', 'changeKey', 'parentFolderId']

function isSaid(field: string, value: unknown): boolean {
  const isEmpty = typeof value === 'object' && !Array.isArray(value) && Object.keys(value ?? {}).length === 0
  return !ofTheItem.includes(field) && !isEmpty && value !== 'datetime-value'
}

interface RawProperty {
  readonly propertyTag?: string
  readonly propertySet?: string
  readonly propertyLid?: string
  readonly value: unknown
}

/** A .msg file as a message of ours, by another reader's list of its properties. */
function readMsg(name: string): MapiMessage {
  const reader = new MsgReader(readFileSync(join(corpusRoot, 'msg', name)) as unknown as ArrayBuffer)
  reader.parserConfig = { includeRawProps: true, ansiEncoding: name.includes('Ansi') ? 'cp932' : 'latin1' }
  const properties = new PropertyBag()
  for (const raw of (reader.getFileData().rawProps ?? []) as readonly RawProperty[]) setRaw(properties, raw)
  return { properties, recipients: [], attachments: [] }
}

function setRaw(bag: PropertyBag, { propertyTag = '', propertySet, propertyLid, value }: RawProperty): void {
  const code = Number.parseInt(propertyTag.slice(4), 16)
  const type = code === 0x1e ? 'string' : propertyTypeOf(code)
  const converted = type === undefined ? undefined : convert(type, value)
  if (type === undefined || converted === undefined) return
  const id = Number.parseInt(propertyTag.slice(0, 4), 16)
  const isNamed = propertySet !== undefined && propertyLid !== undefined
  const property: Property = isNamed ? numbered(propertySet, Number.parseInt(propertyLid, 16), type) : tagged(id, type)
  bag.set(property, converted)
}

function convert(type: PropertyType, value: unknown): PropertyValues[PropertyType] | undefined {
  if (type === 'time') return typeof value === 'string' ? toFileTime(Date.parse(value)) : undefined
  if (type === 'string') return typeof value === 'string' ? value : undefined
  if (type === 'boolean') return value === true
  if (type === 'integer32') return typeof value === 'number' ? value | 0 : undefined
  return type === 'binary' && value instanceof Uint8Array ? value : undefined
}
