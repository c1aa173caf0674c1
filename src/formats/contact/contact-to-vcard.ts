import { Buffer } from 'node:buffer'
import { toDay, toStoredDay } from './contact-dates.ts'
import type { ContactTextField } from './contact-fields.ts'
import { addressKinds, type Contact, toFileAs } from './contact.ts'
import { addressLines } from './vcard-addresses.ts'
import { chatLines } from './vcard-chat.ts'
import { dayValue } from './vcard-dates.ts'
import { foldLine, formatLine, parseLine, textLine, valueLine, type VcardLine } from './vcard-line.ts'
import { phoneLines } from './vcard-phones.ts'
import { bytesOf, photoLine } from './vcard-pictures.ts'
import { escapeText, toComponents } from './vcard-value.ts'

/** 3.0 is what most programs read; 4.0 is RFC 6350. */
export type VcardVersion = '3.0' | '4.0'

const textNames: readonly (readonly [ContactTextField, string])[] = [
  ['nickName', 'NICKNAME'],
  ['jobTitle', 'TITLE'],
  ['profession', 'ROLE'],
  ['manager', 'X-MS-MANAGER'],
  ['assistantName', 'X-MS-ASSISTANT'],
  ['spouseName', 'X-MS-SPOUSE'],
  ['hobbies', 'X-MS-INTERESTS'],
  ['initials', 'X-MS-INITIALS'],
  ['yomiGivenName', 'X-PHONETIC-FIRST-NAME'],
  ['yomiSurname', 'X-PHONETIC-LAST-NAME'],
  ['yomiCompanyName', 'X-PHONETIC-ORG'],
  ['freeBusyUrl', 'FBURL'],
]

const userFields = ['userField1', 'userField2', 'userField3', 'userField4'] as const

/** The card of a contact, lines folded and ended by CRLF (MS-OXVCARD section 2.1). Dates that are none are left out. */
export function contactToCard(contact: Contact, version: VcardVersion): string {
  const fullName = contact.displayName ?? toFileAs(contact) ?? ''
  const { surname, givenName, middleName, title, generation } = contact
  return toCard(version, [
    textLine('FN', fullName),
    valueLine('N', toComponents([surname, givenName, middleName, title, generation])),
    ...(contact.companyName === undefined && contact.department === undefined
      ? []
      : [
          valueLine(
            'ORG',
            toComponents([contact.companyName, ...(contact.department === undefined ? [] : [contact.department])]),
          ),
        ]),
    ...textNames.flatMap(([field, name]) => toLines(name, contact[field])),
    ...userFields.flatMap((field, index) => toLines('X-MS-TEXT', contact[field], { TYPE: String(index + 1) })),
    ...emailLines(contact),
    ...phoneLines(contact),
    ...addressLines(contact),
    ...mailingAddressLines(contact),
    ...chatLines(contact.imAddresses),
    ...toLines('URL', contact.businessHomePage, { TYPE: 'WORK' }),
    ...toLines('URL', contact.personalHomePage, { TYPE: 'HOME' }),
    ...dayLines(contact, version),
    ...contact.children.map((name) => textLine('X-MS-CHILD', name)),
    ...(contact.categories.length === 0 ? [] : [valueLine('CATEGORIES', contact.categories.map(escapeText).join(','))]),
    ...toLines('NOTE', contact.personalNotes),
    ...toLines(version === '4.0' ? 'LANG' : 'X-MS-LANGUAGE', contact.language),
    ...genderLines(contact, version),
    ...toLines('CLASS', contact.sensitivity?.toUpperCase()),
    ...(contact.fileAs === toFileAs(contact) ? [] : toLines('X-EVOLUTION-FILE-AS', contact.fileAs)),
    ...(contact.photo === undefined ? [] : [photoLine(contact.photo.bytes, version)]),
    ...keptLines(contact.vcardLines, version),
  ])
}

/** A card with these lines. */
export function toCard(version: VcardVersion, lines: readonly VcardLine[]): string {
  const all = ['BEGIN:VCARD', `VERSION:${version}`, 'PRODID:-//Mailvan//Mailvan//EN']
  const texts = lines.map((line) => formatLine(version === '4.0' ? withPref(line) : line))
  return [...all, ...texts, 'END:VCARD', ''].map(foldLine).join('\r\n')
}

/** Lines that were kept from a vCard, in the form of this version. */
export function keptLines(kept: readonly string[], version: VcardVersion): readonly VcardLine[] {
  const lines = kept.map((text) => parseLine(text)).filter((line) => line !== undefined)
  return version === '3.0' ? lines : lines.map(withDataUri)
}

function toLines(
  name: string,
  text: string | undefined,
  parameters?: Readonly<Record<string, string>>,
): readonly VcardLine[] {
  return text === undefined || text === '' ? [] : [textLine(name, text, parameters)]
}

function emailLines(contact: Contact): readonly VcardLine[] {
  return contact.emailAddresses.map(({ address, name }, index) => {
    const line = textLine('EMAIL', address, {
      TYPE: index === 0 && contact.emailAddresses.length > 1 ? 'INTERNET,PREF' : 'INTERNET',
    })
    if (name === undefined || name === '' || name === address) return line
    return { ...line, parameters: new Map([...line.parameters, ['X-CN', [name]]]) }
  })
}

/** Only where the address itself, being absent, cannot say it. */
function mailingAddressLines({ mailingAddress, ...contact }: Contact): readonly VcardLine[] {
  if (mailingAddress === undefined || contact[`${mailingAddress}Address`] !== undefined) return []
  return [valueLine('X-MS-OL-DEFAULT-POSTAL-ADDRESS', String(addressKinds.indexOf(mailingAddress) + 1))]
}

function dayLines(contact: Contact, version: VcardVersion): readonly VcardLine[] {
  const lines: VcardLine[] = []
  const isDay = (text: string | undefined): text is string => text !== undefined && toStoredDay(text) !== undefined
  if (isDay(contact.birthday)) lines.push(valueLine('BDAY', ...dayValue(toDay(contact.birthday), version)))
  if (isDay(contact.weddingAnniversary)) {
    const name = version === '4.0' ? 'ANNIVERSARY' : 'X-MS-ANNIVERSARY'
    lines.push(valueLine(name, ...dayValue(toDay(contact.weddingAnniversary), version)))
  }
  return lines
}

function genderLines({ gender }: Contact, version: VcardVersion): readonly VcardLine[] {
  if (gender === undefined) return []
  return [
    version === '4.0'
      ? valueLine('GENDER', gender === 'male' ? 'M' : 'F')
      : valueLine('X-GENDER', gender === 'male' ? 'Male' : 'Female'),
  ]
}

/** RFC 6350 section 5.3: the type PREF of 3.0 is a parameter of its own. */
function withPref(line: VcardLine): VcardLine {
  const types = line.parameters.get('TYPE')
  if (types === undefined) return line
  const others = types.filter((type) => type.toUpperCase() !== 'PREF')
  const parameters = new Map(line.parameters)
  parameters.delete('TYPE')
  if (others.length > 0) parameters.set('TYPE', others)
  if (others.length < types.length && !parameters.has('PREF')) parameters.set('PREF', ['1'])
  return { ...line, parameters }
}

/** RFC 6350 has no ENCODING: bytes are `data:` URIs. */
function withDataUri(line: VcardLine): VcardLine {
  const bytes = line.parameters.get('ENCODING')?.[0] === 'b' ? bytesOf(line) : undefined
  if (bytes === undefined) return line
  const type = line.parameters.get('TYPE')?.[0]?.toLowerCase() ?? 'octet-stream'
  const media = type.includes('/') ? type : line.name === 'LOGO' ? `image/${type}` : 'application/octet-stream'
  const parameters = new Map([...line.parameters].filter(([key]) => key !== 'ENCODING' && key !== 'TYPE'))
  return { ...line, parameters, value: `data:${media};base64,${Buffer.from(bytes).toString('base64')}` }
}
