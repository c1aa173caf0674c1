import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import ICAL from 'ical.js'
import { describe, expect, it } from 'vitest'
import { MigrationError } from '../../../../src/core/errors.ts'
import { type Contact, toFileAs } from '../../../../src/formats/contact/contact.ts'
import { readContact } from '../../../../src/formats/contact/read-contact.ts'
import { mapiToVcard, readVcards, vcardToMapi } from '../../../../src/formats/contact/vcard.ts'
import { writeContact } from '../../../../src/formats/contact/write-contact.ts'
import { contacts } from './arbitrary-contact.ts'

const card = (...lines: readonly string[]) => ['BEGIN:VCARD', 'VERSION:3.0', ...lines, 'END:VCARD', ''].join('\r\n')
const oldCard = (...lines: readonly string[]) => ['BEGIN:VCARD', 'VERSION:2.1', ...lines, 'END:VCARD', ''].join('\r\n')
const only = (input: string | Uint8Array): Contact => readContact(vcardToMapi(input)[0]!)

/** Contacts as a vCard says them: it needs a name to show, and files by the usual one. */
const namedContacts = contacts.map((contact) => {
  const named = { ...contact, displayName: contact.displayName ?? 'Nobody' }
  return { ...named, fileAs: named.fileAs ?? toFileAs(named) }
})

describe('a vCard', () => {
  it.each(['3.0', '4.0'] as const)('%s brings a contact back as it was', (version) => {
    fc.assert(
      fc.property(namedContacts, (contact) => {
        expect(only(mapiToVcard(writeContact(contact), version))).toEqual(contact)
      }),
      { numRuns: 200 },
    )
  })

  it('is read by another reader, with lines of at most 75 bytes', () => {
    fc.assert(
      fc.property(namedContacts, fc.constantFrom('3.0' as const, '4.0' as const), (contact, version) => {
        const text = mapiToVcard(writeContact(contact), version)
        expect(text.split('\r\n').every((line) => Buffer.byteLength(line) <= 75)).toBe(true)
        const read = new ICAL.Component(ICAL.parse(text))
        expect(read.getFirstPropertyValue('version')).toBe(version)
        // ical.js leaves the escape of a semicolon where it stands.
        expect(String(read.getFirstPropertyValue('fn')).replaceAll('\\;', ';')).toBe(contact.displayName)
        expect(read.getAllProperties('email').map((property) => property.getFirstValue())).toEqual(
          contact.emailAddresses.map(({ address }) => address),
        )
      }),
    )
  })

  it('of 2.1 is read with its quoted-printable, charsets, bare parameters and folds', () => {
    const contact = only(
      oldCard(
        'N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=FCller;J=F6rg',
        'FN;QUOTED-PRINTABLE;CHARSET=UTF-8:J=C3=B6rg =',
        'M=C3=BCller',
        'TEL;WORK;FAX:+49 228 1',
        'TEL;HOME;VOICE:+49 228 2',
        'EMAIL;PREF;INTERNET:j@x.example',
        'NOTE:one',
        ' two',
        'ADR;WORK;ENCODING=QUOTED-PRINTABLE:;;Haus 1=0D=0AHof 2;Bonn;;53111;',
      ),
    )
    expect(contact).toMatchObject({
      surname: 'Müller',
      givenName: 'Jörg',
      displayName: 'Jörg Müller',
      businessFax: '+49 228 1',
      homePhones: ['+49 228 2'],
      emailAddresses: [{ address: 'j@x.example' }],
      personalNotes: 'one two',
      businessAddress: { street: 'Haus 1\r\nHof 2', city: 'Bonn', postalCode: '53111' },
    })
  })

  it.each([
    ['a charset that its lines name', Buffer.from(oldCard('FN;CHARSET=Shift_JIS:\x83\x52\x83\x80'), 'latin1'), 'コム'],
    ['windows-1252 when nothing names it', Buffer.from(card('FN:M\xfcller'), 'latin1'), 'Müller'],
    ['UTF-8 with its mark', Buffer.from(`\ufeff${card('FN:Müller')}`), 'Müller'],
    ['UTF-16', Buffer.from(`\ufeff${card('FN:Müller')}`, 'utf16le'), 'Müller'],
    ['an unknown charset', Buffer.from(oldCard('FN;CHARSET=x-none;ENCODING=QUOTED-PRINTABLE:M=FCller'), 'latin1'), 'Müller'],
  ])('is read in %s', (_, bytes, name) => {
    expect(only(bytes).displayName).toBe(name)
  })

  it.each([
    ['TEL;TYPE=WORK,FAX:1', { businessFax: '1' }],
    ['TEL;TYPE=HOME;TYPE=FAX:1', { homeFax: '1' }],
    ['TEL;TYPE=FAX:1', { otherFax: '1' }],
    ['TEL;TYPE=CELL,VOICE:1', { mobilePhone: '1' }],
    ['TEL;TYPE=PAGER:1', { pager: '1' }],
    ['TEL;TYPE=CAR:1', { carPhone: '1' }],
    ['TEL;TYPE=ISDN:1', { isdn: '1' }],
    ['TEL;TYPE=PREF:1', { primaryPhone: '1' }],
    ['TEL;TYPE=MSG:1', { otherPhone: '1' }],
    ['TEL:1', { otherPhone: '1' }],
    ['TEL;VALUE=uri:tel:+1-555', { otherPhone: '+1-555' }],
    ['TEL;TYPE=WORK,VOICE:1', { businessPhones: ['1'] }],
    ['X-MS-TEL;TYPE=COMPANY:1', { companyMainPhone: '1' }],
    ['X-MS-TEL;TYPE=ASSISTANT:1', { assistantPhone: '1' }],
    ['X-MS-TEL;TYPE=CALLBACK:1', { callbackPhone: '1' }],
    ['X-MS-TEL;TYPE=RADIO:1', { radioPhone: '1' }],
    ['X-MS-TEL;TYPE=TTYTDD:1', { textPhone: '1' }],
    ['TEL;TYPE=X-EVOLUTION-TELEX:1', { telex: '1' }],
    [
      'ADR;TYPE=WORK:;20/1101;1 Way;Redmond;WA;98075;USA',
      { officeLocation: '20/1101', businessAddress: { street: '1 Way' } },
    ],
    ['ADR;TYPE=HOME:;Flat 2;1 Way;Bonn;;;', { homeAddress: { street: 'Flat 2\r\n1 Way', city: 'Bonn' } }],
    ['ADR:;;;Bonn;;;', { otherAddress: { city: 'Bonn' } }],
    ['ADR;TYPE=HOME;PREF=1:;;;Bonn;;;', { mailingAddress: 'home' }],
    ['BDAY:19740722', { birthday: '1974-07-22T11:59:00Z' }],
    ['BDAY:1974-07-22T23:00:00-05:00', { birthday: '1974-07-22T11:59:00Z' }],
    ['BDAY:--0722', { birthday: '1604-07-22T11:59:00Z' }],
    ['BDAY;X-APPLE-OMIT-YEAR=1900:1900-07-22', { birthday: '1604-07-22T11:59:00Z' }],
    ['X-EVOLUTION-ANNIVERSARY:1999-05-01', { weddingAnniversary: '1999-05-01' }],
    ['ORG:ABC\\, Inc.;North;Marketing', { companyName: 'ABC, Inc.', department: 'North; Marketing' }],
    [
      'N:Stevenson;John;Philip,Paul;Dr.;Jr.',
      { surname: 'Stevenson', middleName: 'Philip Paul', title: 'Dr.', generation: 'Jr.' },
    ],
    ['IMPP:sip:garthf@x.example', { imAddresses: ['sip:garthf@x.example'] }],
    ['X-JABBER:a@x.example', { imAddresses: ['xmpp:a@x.example'] }],
    ['CLASS:PRIVATE', { sensitivity: 'private' }],
    ['CATEGORIES:work,A\\,B', { categories: ['work', 'A,B'] }],
    ['URL;TYPE=home:http://h', { personalHomePage: 'http://h' }],
    ['URL:http://w', { businessHomePage: 'http://w' }],
    ['X-ABRELATEDNAMES;TYPE=pref:Maria\r\n', { vcardLines: ['X-ABRELATEDNAMES;TYPE=pref:Maria'] }],
    ['item1.X-ABRELATEDNAMES:Maria\r\nitem1.X-ABLabel:_$!<Spouse>!$_', { spouseName: 'Maria' }],
    ['item1.TEL:1\r\nitem1.X-ABLabel:_$!<HomeFAX>!$_', { homeFax: '1' }],
    ['item1.ADR;type=HOME:;;;Bonn;;;\r\nitem1.X-ABADR:de', { homeAddress: { city: 'Bonn', countryCode: 'DE' } }],
    ['PHOTO;ENCODING=b;TYPE=PNG:iVBORw0KGgo=', { photo: { bytes: Buffer.from('89504e470d0a1a0a', 'hex') } }],
    ['PHOTO:data:image/png;base64,iVBORw0KGgo=', { photo: { bytes: Buffer.from('89504e470d0a1a0a', 'hex') } }],
    ['GENDER:F', { gender: 'female' }],
    ['AGENT:\r\nBEGIN:VCARD\r\nFN:Susan\r\nEND:VCARD', { vcardLines: ['AGENT:BEGIN:VCARD\\nFN:Susan\\nEND:VCARD\\n'] }],
  ])('with %s has these fields', (line, fields) => {
    expect(only(card(line))).toMatchObject(fields)
  })

  it('keeps the fourth address, the third number and what nobody knows, and writes them again', () => {
    const lines = [
      'UID:42',
      'X-OWN;X-P="a;b":raw\\;value',
      'item7.X-ABRELATEDNAMES:Ann',
      'item7.X-ABLABEL:_$!<Mother>!$_',
      'GEO:37.38;-122.08',
      'PHOTO;VALUE=uri:http://x.example/p.jpg',
    ]
    const emails = ['a', 'b', 'c', 'd'].map((name) => `EMAIL;TYPE=INTERNET:${name}@x.example`)
    const phones = ['1', '2', '3', '4'].map((number) => `TEL;TYPE=HOME:${number}`)
    const contact = only(card('FN:A', ...emails, ...phones, ...lines))
    expect(contact.emailAddresses).toHaveLength(3)
    expect(contact).toMatchObject({ homePhones: ['1', '2'], otherPhone: '3' })
    const again = mapiToVcard(vcardToMapi(card('FN:A', ...emails, ...phones, ...lines))[0]!)
    for (const line of [...lines, emails[3], phones[3]]) expect(again.split('\r\n')).toContain(line)
    expect(only(again)).toEqual(contact)
  })

  it('tells what is lost', () => {
    const losses = (text: string) => readVcards(text)[0]?.losses
    expect(losses(card('FN:A', 'item1.TEL:1', 'item1.X-ABLabel:boat'))).toEqual(['X-ABLABEL'])
    expect(losses(card('FN:A', 'no colon here'))).toEqual(['a line that is no property'])
    expect(losses(card('FN:A', `X-BIG:${'x'.repeat(600_000)}`))).toEqual(['X-BIG'])
    expect(losses('BEGIN:VCARD\nFN:A\n')).toEqual(['END:VCARD is missing'])
    expect(losses(card('FN:A'))).toEqual([])
  })

  it('becomes one message for each card, also when an end is missing', () => {
    const names = vcardToMapi(`BEGIN:VCARD\nFN:A\n${card('FN:B')}rubbish\n${card('FN:C')}`).map(
      (message) => readContact(message).displayName,
    )
    expect(names).toEqual(['A', 'B', 'C'])
  })

  it.each(['', 'FN:A', 'BEGIN:VCALENDAR\r\nEND:VCALENDAR', 'BEGIN:VCARD\r\nEND:VCARD'])(
    'is refused when there is none: %j',
    (text) => {
      expect(() => vcardToMapi(text)).toThrow(expect.objectContaining({ kind: 'item', code: 'vcard.no-card' }))
    },
  )

  it('whatever it is, is read or refused with an item error', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'BEGIN:VCARD\n',
        'END:VCARD\n',
        'VERSION:2.1\n',
        'AGENT:\n',
        'N:',
        'ADR;',
        'TEL;TYPE=',
        'BDAY:',
        'PHOTO;ENCODING=b:',
        'KIND:group\n',
      ),
      fc.constantFrom(
        ';',
        ':',
        '"',
        '\\',
        ',',
        '=',
        '\n ',
        '\r',
        '\n',
        'item1.',
        'CHARSET=',
        'QUOTED-PRINTABLE',
        '=FC',
        '__proto__',
        'constructor',
      ),
      fc.string({ maxLength: 8 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        try {
          for (const message of vcardToMapi(`BEGIN:VCARD\n${pieces.join('')}`)) mapiToVcard(message)
        } catch (error) {
          expect(error).toBeInstanceOf(MigrationError)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('of hostile size and shape is still read', () => {
    const hostile = [
      `N:${';'.repeat(200_000)}`,
      `FN${';TYPE=a'.repeat(50_000)}:x`,
      `NOTE:${'\\'.repeat(300_001)}`,
      `CATEGORIES:${','.repeat(300_000)}`,
      `ORG:${'\\,'.repeat(200_000)}`,
      `PHOTO;ENCODING=b:${'A'.repeat(1_000_000)}`,
      `TEL;TYPE="${'"'.repeat(10_001)}:1`,
      'X:1\r\n '.repeat(50_000),
      `NOTE:${'n'.repeat(2000)}\r\n`.repeat(15_000),
      'CATEGORIES:c\r\nX-MS-CHILD:d\r\n'.repeat(9000),
      'KIND:group\r\n' + Array.from({ length: 19_000 }, (_, n) => `MEMBER:mailto:${n}@x.example\r\n`).join(''),
      `TEL${';TYPE=a'.repeat(2000)}:1\r\n`.repeat(200),
      'rubbish\r\n'.repeat(200_000),
      'BEGIN:VCARD\r\nAGENT:\r\n'.repeat(2_000),
    ]
    for (const line of hostile) expect(vcardToMapi(card('FN:A', line)).length).toBeGreaterThan(0)
  })
})
