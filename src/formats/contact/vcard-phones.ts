import type { ContactTextField } from './contact-fields.ts'
import type { Contact } from './contact.ts'
import { preferredFirst, textLine, typesOf, type VcardLine } from './vcard-line.ts'
import { unescapeText } from './vcard-value.ts'

type PhoneList = 'businessPhones' | 'homePhones'
type PhoneField = Extract<ContactTextField, `${string}Phone` | `${string}Fax` | 'pager' | 'isdn' | 'telex'>

/** How each field is written, and so found again (MS-OXVCARD sections 2.1.3.3.1 and 2.1.3.9.5). */
const fieldTypes: readonly (readonly [PhoneField, 'TEL' | 'X-MS-TEL', string])[] = [
  ['mobilePhone', 'TEL', 'CELL'],
  ['otherPhone', 'TEL', 'VOICE'],
  ['primaryPhone', 'TEL', 'PREF'],
  ['businessFax', 'TEL', 'WORK,FAX'],
  ['homeFax', 'TEL', 'HOME,FAX'],
  ['otherFax', 'TEL', 'FAX'],
  ['pager', 'TEL', 'PAGER'],
  ['carPhone', 'TEL', 'CAR'],
  ['isdn', 'TEL', 'ISDN'],
  ['assistantPhone', 'X-MS-TEL', 'ASSISTANT'],
  ['callbackPhone', 'X-MS-TEL', 'CALLBACK'],
  ['companyMainPhone', 'X-MS-TEL', 'COMPANY'],
  ['radioPhone', 'X-MS-TEL', 'RADIO'],
  ['textPhone', 'X-MS-TEL', 'TTYTDD'],
  ['telex', 'X-MS-TEL', 'TELEX'],
]

const specialTypes: readonly (readonly [string, PhoneField])[] = [
  ...fieldTypes.filter(([, name]) => name === 'X-MS-TEL').map(([field, , type]) => [type.toLowerCase(), field] as const),
  ...fieldTypes
    .filter(([, name]) => name === 'X-MS-TEL')
    .map(([field, , type]) => [`x-evolution-${type.toLowerCase()}`, field] as const),
  ['textphone', 'textPhone'],
  ['pager', 'pager'],
  ['car', 'carPhone'],
  ['isdn', 'isdn'],
]

const mobileTypes = ['cell', 'mobile', 'iphone', 'pcs']

/** Numbers by field, and the lines that no field had room for. */
export interface FoundPhones {
  readonly fields: Partial<Record<PhoneField, string>>
  readonly lists: Readonly<Record<PhoneList, readonly string[]>>
  readonly left: readonly VcardLine[]
}

/**
 * Puts telephone lines into a contact's fields: preferred ones first, two numbers each at home and at work. A number
 * whose own place is taken is the other number, so that a person sees it; when that is taken too, its line is left.
 * `label` gives what a person called a line.
 */
export function readPhones(lines: readonly VcardLine[], label: (line: VcardLine) => string | undefined): FoundPhones {
  const fields: Partial<Record<PhoneField, string>> = {}
  const lists: Record<PhoneList, string[]> = { businessPhones: [], homePhones: [] }
  const left: VcardLine[] = []
  const put = (place: PhoneField | PhoneList, number: string): boolean => {
    if (place === 'businessPhones' || place === 'homePhones') {
      if (lists[place].length >= 2) return false
      lists[place].push(number)
      return true
    }
    if (fields[place] !== undefined) return false
    fields[place] = number
    return true
  }
  for (const line of preferredFirst(lines)) {
    const number = numberOf(line)
    if (number === '') continue
    const place = placeOf(withLabel(typesOf(line), label(line)))
    const isFax = place.endsWith('Fax')
    if (!put(place, number) && !put(isFax ? 'otherFax' : 'otherPhone', number)) left.push(line)
  }
  return { fields, lists, left }
}

/** The telephone lines of a contact. */
export function phoneLines(contact: Contact): readonly VcardLine[] {
  const lines: VcardLine[] = []
  for (const number of contact.businessPhones) lines.push(textLine('TEL', number, { TYPE: 'WORK,VOICE' }))
  for (const number of contact.homePhones) lines.push(textLine('TEL', number, { TYPE: 'HOME,VOICE' }))
  for (const [field, name, type] of fieldTypes) {
    const number = contact[field]
    if (number !== undefined) lines.push(textLine(name, number, { TYPE: type }))
  }
  return lines
}

function numberOf(line: VcardLine): string {
  const text = unescapeText(line.value).trim()
  return /^tel:/i.test(text) ? text.slice(4) : text
}

function placeOf(types: ReadonlySet<string>): PhoneField | PhoneList {
  if (types.has('fax')) return types.has('home') ? 'homeFax' : types.has('work') ? 'businessFax' : 'otherFax'
  const special = specialTypes.find(([type]) => types.has(type))
  if (special !== undefined) return special[1]
  if (mobileTypes.some((type) => types.has(type))) return 'mobilePhone'
  if (types.has('work')) return 'businessPhones'
  if (types.has('home')) return 'homePhones'
  return types.size === 1 && types.has('pref') ? 'primaryPhone' : 'otherPhone'
}

/** Apple keeps what its TYPE cannot say in a label: `_$!<HomeFAX>!$_`. */
function withLabel(types: ReadonlySet<string>, label: string | undefined): ReadonlySet<string> {
  if (label === undefined) return types
  const word = label.toLowerCase()
  if (word.endsWith('fax')) return new Set([...types, 'fax', word.slice(0, -3)])
  return new Set([...types, word])
}
