import type { ContactTextField } from './contact-fields.ts'
import { addressKinds, type Contact, type ContactEmail, contactLimits, emptyContact, toFileAs } from './contact.ts'
import { readAddresses } from './vcard-addresses.ts'
import { isChatLine, readChats } from './vcard-chat.ts'
import { dayOf } from './vcard-dates.ts'
import { formatLine, preferredFirst, typesOf, type VcardLine } from './vcard-line.ts'
import { readPhones } from './vcard-phones.ts'
import { bytesOf } from './vcard-pictures.ts'
import type { VcardCard } from './vcard-text.ts'
import { componentTexts, listTexts, unescapeText } from './vcard-value.ts'

/** Lines kept beyond this many characters are left out and listed as lost. */
const keptCharactersMax = 512 * 1024

/** Fields that one line of text fills; the first line of any of these names does. */
const textLineFields: Readonly<Record<string, ContactTextField>> = {
  FN: 'displayName',
  TITLE: 'jobTitle',
  ROLE: 'profession',
  FBURL: 'freeBusyUrl',
  LANG: 'language',
  'X-EVOLUTION-ASSISTANT': 'assistantName',
  'X-EVOLUTION-FILE-AS': 'fileAs',
  'X-EVOLUTION-MANAGER': 'manager',
  'X-EVOLUTION-OFFICE': 'officeLocation',
  'X-EVOLUTION-SPOUSE': 'spouseName',
  'X-ASSISTANT': 'assistantName',
  'X-MANAGER': 'manager',
  'X-MS-ASSISTANT': 'assistantName',
  'X-MS-INITIALS': 'initials',
  'X-MS-INTERESTS': 'hobbies',
  'X-MS-LANGUAGE': 'language',
  'X-MS-MANAGER': 'manager',
  'X-MS-SPOUSE': 'spouseName',
  'X-PHONETIC-FIRST-NAME': 'yomiGivenName',
  'X-PHONETIC-LAST-NAME': 'yomiSurname',
  'X-PHONETIC-ORG': 'yomiCompanyName',
  'X-SPOUSE': 'spouseName',
}

/** What Apple's labels and `RELATED` call a person, and the field for it. */
const relations: Readonly<Record<string, ContactTextField>> = {
  assistant: 'assistantName',
  manager: 'manager',
  spouse: 'spouseName',
  partner: 'spouseName',
}

const birthdayNames = new Set(['BDAY'])
const anniversaryNames = new Set(['ANNIVERSARY', 'X-ANNIVERSARY', 'X-EVOLUTION-ANNIVERSARY', 'X-MS-ANNIVERSARY'])

/** Lines about the card, not about the person: a new card gets its own. */
const aboutTheCard = new Set(['VERSION', 'PRODID', 'REV', 'PROFILE', 'BEGIN', 'END'])

/** A contact, and the names of lines that it has no room for at all. */
export interface ContactReading {
  readonly contact: Contact
  readonly losses: readonly string[]
}

/** What grows with every line stands beside the fields until the end. */
type Draft = { -readonly [K in keyof Contact]: Contact[K] } & {
  readonly notes: string[]
  readonly words: Set<string>
  readonly childNames: string[]
}

/**
 * What a card says as a contact (MS-OXVCARD section 2.1, and beyond it what Apple, Evolution and others write). A line
 * that no field takes, and one more than its field has room for, is kept in `vcardLines` as it is, up to 512 K
 * characters; the rest, and the labels of lines that became fields, are listed. Parameters of lines that became fields
 * are not kept. Never throws.
 */
export function cardToContact(card: VcardCard): ContactReading {
  const labels = groupTexts(card.lines, 'X-ABLABEL')
  const countries = groupTexts(card.lines, 'X-ABADR')
  const label = (line: VcardLine) => labels.get(line.group?.toLowerCase() ?? '')
  const country = (line: VcardLine) => countries.get(line.group?.toLowerCase() ?? '')
  const lines = card.lines.filter(({ name }) => !aboutTheCard.has(name) && name !== 'X-ABLABEL' && name !== 'X-ABADR')
  const draft: Draft = { ...emptyContact, notes: [], words: new Set(), childNames: [] }
  const emails = readEmails(linesOf(lines, ['EMAIL']))
  const phones = readPhones(linesOf(lines, ['TEL', 'X-MS-TEL']), label)
  const addresses = readAddresses(linesOf(lines, ['ADR']), label, country)
  const chats = readChats(lines.filter(isChatLine))
  Object.assign(draft, phones.fields, phones.lists)
  for (const kind of addressKinds) {
    if (addresses.addresses[kind] !== undefined) draft[`${kind}Address`] = withLineEnds(addresses.addresses[kind])
  }
  if (addresses.officeLocation !== undefined) draft.officeLocation = addresses.officeLocation
  if (addresses.mailingAddress !== undefined) draft.mailingAddress = addresses.mailingAddress
  draft.emailAddresses = emails.addresses
  draft.imAddresses = chats.addresses
  const sorted = new Set(['EMAIL', 'TEL', 'X-MS-TEL', 'ADR'])
  const left: VcardLine[] = [...emails.left, ...phones.left, ...addresses.left, ...chats.left]
  for (const line of lines) {
    if (sorted.has(line.name) || isChatLine(line)) continue
    if (!readLine(draft, line, label(line))) left.push(line)
  }
  complete(draft)
  const kept = keepLines(left, card.lines)
  const { notes, words, childNames, ...fields } = draft
  const contact: Contact = {
    ...fields,
    ...(notes.length === 0 ? {} : { personalNotes: notes.join('\r\n\r\n') }),
    categories: [...words],
    children: childNames,
    vcardLines: kept.lines,
  }
  return { contact, losses: [...card.losses, ...kept.losses] }
}

/** Puts one line into the draft; false when there is no place for it, or none left. */
function readLine(draft: Draft, line: VcardLine, label: string | undefined): boolean {
  const text = unescapeText(line.value)
  if (text.trim() === '') return true
  if (Object.hasOwn(textLineFields, line.name)) return fill(draft, textLineFields[line.name]!, text)
  if (birthdayNames.has(line.name)) return fillDay(draft, 'birthday', line)
  if (anniversaryNames.has(line.name)) return fillDay(draft, 'weddingAnniversary', line)
  switch (line.name) {
    case 'N':
      return readName(draft, line)
    case 'ORG':
      return readCompany(draft, line)
    case 'NICKNAME':
      return fill(draft, 'nickName', listTexts(line.value).join(', '))
    case 'NOTE':
      draft.notes.push(toCrlf(text))
      return true
    case 'CATEGORIES':
      for (const word of listTexts(line.value)) draft.words.add(word)
      return true
    case 'URL':
      return readPage(draft, text.trim(), typesOf(line).has('home') || label === 'Home')
    case 'PHOTO':
      return readPhoto(draft, line)
    case 'GENDER':
    case 'X-GENDER':
      return readGender(draft, text)
    case 'CLASS':
      return readClass(draft, text.trim().toLowerCase())
    case 'KIND':
      return text.trim().toLowerCase() === 'individual'
    case 'X-ABDATE':
      return label?.toLowerCase() === 'anniversary' && fillDay(draft, 'weddingAnniversary', line)
    case 'X-ABRELATEDNAMES':
      return readRelation(draft, label?.toLowerCase() ?? '', text)
    case 'RELATED':
      return (
        line.parameters.get('VALUE')?.[0]?.toLowerCase() === 'text' &&
        [...typesOf(line)].some((type) => readRelation(draft, type, text))
      )
    case 'X-MS-CHILD':
      for (const name of listTexts(line.value)) draft.childNames.push(name)
      return true
    case 'X-MS-TEXT':
      return readUserField(draft, line, text)
    case 'X-MS-OL-DEFAULT-POSTAL-ADDRESS':
      return readMailingAddress(draft, Number(text))
    default:
      return false
  }
}

function fill(draft: Draft, field: ContactTextField, text: string): boolean {
  if (draft[field] !== undefined) return draft[field] === text
  draft[field] = text
  return true
}

function fillDay(draft: Draft, field: 'birthday' | 'weddingAnniversary', line: VcardLine): boolean {
  const day = dayOf(line)
  if (day === undefined || draft[field] !== undefined) return false
  draft[field] = field === 'birthday' ? `${day}T11:59:00Z` : day
  return true
}

function readName(draft: Draft, line: VcardLine): boolean {
  const fields = ['surname', 'givenName', 'middleName', 'title', 'generation'] as const
  if (fields.some((field) => draft[field] !== undefined)) return false
  const texts = componentTexts(line.value, ' ')
  for (const [index, field] of fields.entries()) {
    const text = texts[index]
    if (text !== undefined && text.trim() !== '') draft[field] = text
  }
  return true
}

function readCompany(draft: Draft, line: VcardLine): boolean {
  if (draft.companyName !== undefined || draft.department !== undefined) return false
  const [company = '', ...units] = componentTexts(line.value, ', ')
  const department = units.filter((unit) => unit.trim() !== '').join('; ')
  if (company.trim() !== '') draft.companyName = company
  if (department !== '') draft.department = department
  return true
}

function readPage(draft: Draft, page: string, isHome: boolean): boolean {
  const fields = isHome
    ? (['personalHomePage', 'businessHomePage'] as const)
    : (['businessHomePage', 'personalHomePage'] as const)
  return fields.some((field) => fill(draft, field, page))
}

function readPhoto(draft: Draft, line: VcardLine): boolean {
  const bytes = draft.photo === undefined ? bytesOf(line) : undefined
  if (bytes === undefined) return false
  draft.photo = { bytes }
  return true
}

function readGender(draft: Draft, text: string): boolean {
  const gender = { m: 'male', male: 'male', f: 'female', female: 'female' }[text.trim().toLowerCase()]
  if (gender === undefined || draft.gender !== undefined) return false
  draft.gender = gender === 'male' ? 'male' : 'female'
  return true
}

function readClass(draft: Draft, word: string): boolean {
  if (word === 'private' || word === 'confidential' || word === 'personal') draft.sensitivity = word
  return word === 'public' || draft.sensitivity === word
}

function readRelation(draft: Draft, relation: string, name: string): boolean {
  if (relation === 'child') draft.childNames.push(name)
  const field = Object.hasOwn(relations, relation) ? relations[relation] : undefined
  return relation === 'child' || (field !== undefined && fill(draft, field, name))
}

function readMailingAddress(draft: Draft, number: number): boolean {
  const kind = addressKinds[number - 1]
  if (kind !== undefined && draft[`${kind}Address`] !== undefined) draft.mailingAddress = kind
  return number === 0 || draft.mailingAddress === kind
}

/** A line that does not say which of the four it is takes the first that is free. */
function readUserField(draft: Draft, line: VcardLine, text: string): boolean {
  const fields = ['userField1', 'userField2', 'userField3', 'userField4'] as const
  const named = fields.find((_, index) => typesOf(line).has(String(index + 1)))
  return named === undefined ? fields.some((field) => fill(draft, field, text)) : fill(draft, named, text)
}

function readEmails(lines: readonly VcardLine[]): {
  readonly addresses: readonly ContactEmail[]
  readonly left: readonly VcardLine[]
} {
  const addresses: ContactEmail[] = []
  const left: VcardLine[] = []
  for (const line of preferredFirst(lines)) {
    const address = unescapeText(line.value)
      .trim()
      .replace(/^mailto:/i, '')
    if (address === '' || addresses.some((known) => known.address === address)) continue
    const name = line.parameters.get('X-CN')?.[0]
    if (addresses.length < contactLimits.emailAddressesMax)
      addresses.push({ address, ...(name === undefined ? {} : { name }) })
    else left.push(line)
  }
  return { addresses, left }
}

/** What Outlook needs and a card may lack: a name to show, and one to sort by. */
function complete(draft: Draft): void {
  if (draft.displayName === undefined) {
    const full = [draft.title, draft.givenName, draft.middleName, draft.surname, draft.generation]
    const name = full.filter((part) => part !== undefined).join(' ')
    const made = name || draft.companyName || draft.nickName || draft.emailAddresses[0]?.address
    if (made !== undefined) draft.displayName = made
  }
  const fileAs = draft.fileAs ?? toFileAs(draft)
  if (fileAs !== undefined) draft.fileAs = fileAs
}

/** The lines as they are stored, with those of the labels in `all` that belong to one of them; and what is too much. */
export function keepLines(
  left: readonly VcardLine[],
  all: readonly VcardLine[],
): { readonly lines: readonly string[]; readonly losses: readonly string[] } {
  const groups = new Set(left.map(({ group }) => group?.toLowerCase()).filter((group) => group !== undefined))
  const isKept = (line: VcardLine) => groups.has(line.group?.toLowerCase() ?? '')
  const labels = all.filter(({ name }) => name === 'X-ABLABEL' || name === 'X-ABADR')
  const losses = labels
    .filter((line) => line.name === 'X-ABLABEL' && !isKept(line) && !line.value.startsWith('_$!<'))
    .map(({ name }) => name)
  const lines: string[] = []
  let characters = 0
  for (const line of [...left, ...labels.filter(isKept)]) {
    const text = formatLine(line)
    characters += text.length
    if (characters <= keptCharactersMax) lines.push(text)
    else losses.push(line.name)
  }
  return { lines, losses }
}

/** What the lines of this name say of their groups; Apple's own words (`_$!<Home>!$_`) without their marks. */
function groupTexts(lines: readonly VcardLine[], name: string): ReadonlyMap<string, string> {
  const found = lines.filter((line) => line.name === name && line.group !== undefined)
  return new Map(
    found.map((line) => [
      line.group!.toLowerCase(),
      unescapeText(line.value)
        .trim()
        .replace(/^_\$!<(.*)>!\$_$/, '$1'),
    ]),
  )
}

function linesOf(lines: readonly VcardLine[], names: readonly string[]): readonly VcardLine[] {
  return lines.filter(({ name }) => names.includes(name))
}

function withLineEnds<T extends { readonly street?: string | undefined }>(address: T): T {
  return address.street === undefined ? address : { ...address, street: toCrlf(address.street) }
}

function toCrlf(text: string): string {
  return text.replace(/\r?\n/g, '\r\n')
}
