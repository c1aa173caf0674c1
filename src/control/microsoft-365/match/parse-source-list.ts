import { withoutFormulaMark } from '../../pairs/csv-text.ts'
import { badlyQuoted, parseListRows } from '../../pairs/list-rows.ts'
import { UsageError } from '../../usage-error.ts'
import { type SourcePerson, toResourceKind } from './source-person.ts'

/** What a column of a source list may hold. */
type Field = 'login' | 'address' | 'source' | 'displayName' | 'firstName' | 'lastName' | 'kind' | 'password'

/** A row that names nobody, and why. */
interface FaultyRow {
  readonly line: number
  readonly reason: string
}

/** The people of a list. */
export interface SourceList {
  readonly people: readonly SourcePerson[]
  readonly faulty: readonly FaultyRow[]
  /** The header of a column that seems to hold passwords and was not named: it was left alone. */
  readonly passwordColumn?: string
}

/** How a source list is read. */
export interface SourceListOptions {
  readonly delimiter: string | undefined
  /** `login=Name of the column`, before what the headers say by themselves. */
  readonly columns: readonly string[]
  /** The URL of each mailbox, with `{login}` and `{address}` in it; without one the login stands for it. */
  readonly sourceUrl: string | undefined
}

/** Headers by which columns are known: letters and digits only, case does not matter. */
const headers: Readonly<Record<Field, readonly string[]>> = {
  login: ['login', 'user', 'username', 'account', 'accountname', 'userprincipalname', 'upn', 'loginname'],
  address: ['address', 'email', 'emailaddress', 'mail', 'mailaddress', 'primarysmtpaddress', 'smtpaddress', 'primaryemail'],
  source: ['source', 'sourceurl', 'url'],
  displayName: ['displayname', 'fullname', 'name'],
  firstName: ['firstname', 'givenname', 'forename'],
  lastName: ['lastname', 'surname', 'familyname', 'sn'],
  // As "mailvan discover" and Exchange's Get-Mailbox write it.
  kind: ['kind', 'recipienttypedetails'],
  // Only when somebody names the column.
  password: [],
}

const passwordHeader = /^(?:source)?(?:password|pass|pwd|passwort|kennwort|motdepasse)$/

const fieldNames: Readonly<Record<string, Field>> = {
  login: 'login',
  address: 'address',
  source: 'source',
  displayname: 'displayName',
  firstname: 'firstName',
  lastname: 'lastName',
  kind: 'kind',
  password: 'password',
}

const delimitersToGuess = [',', ';', '\t', '|']

/**
 * The people of a list with a header row, in any delimiter. Columns that are not known are left alone,
 * and so are passwords unless their column is named.
 * Without any header that is known, a list of one column holds addresses. Throws `UsageError` when the list as a whole
 * cannot be meant.
 */
export function parseSourceList(fileText: string, options: SourceListOptions): SourceList {
  const rows = parseListRows(fileText, { delimiter: options.delimiter, delimitersToGuess })
  const first = rows[0]
  if (first === undefined) throw new UsageError('source-list', 'The source list is empty.', 'Write one row per person, below a row of headers.')
  const order = toOrder(first.cells, options.columns)
  const people: SourcePerson[] = []
  const faulty: FaultyRow[] = []
  const seen = new Map<string, number>()
  for (const { line, cells, isBadlyQuoted } of order.isHeader ? rows.slice(1) : rows) {
    const person = isBadlyQuoted ? { line, reason: badlyQuoted } : toPerson(line, cells, order.fields, options.sourceUrl)
    const firstLine = 'reason' in person ? undefined : seen.get(person.source.toLowerCase())
    if ('reason' in person) faulty.push(person)
    else if (firstLine !== undefined) faulty.push({ line, reason: `the same mailbox as in line ${firstLine}` })
    else {
      seen.set(person.source.toLowerCase(), line)
      people.push(person)
    }
  }
  const unread = order.isHeader ? first.cells.find((cell, index) => order.fields[index] === undefined && passwordHeader.test(wordOf(cell))) : undefined
  const isNamed = order.fields.includes('password')
  return { people, faulty, ...(unread !== undefined && !isNamed && { passwordColumn: unread }) }
}

interface Order {
  readonly fields: readonly (Field | undefined)[]
  readonly isHeader: boolean
}

function toOrder(cells: readonly string[], given: readonly string[]): Order {
  const named = new Map(given.map((text) => readMapping(text, cells)))
  const known = cells.map((cell, index) => named.get(index) ?? fieldOf(cell))
  // The first of several columns for one field counts, and one that was named before all.
  const isTaken = (field: Field, index: number): boolean =>
    !named.has(index) && ([...named.values()].includes(field) || known.indexOf(field) < index)
  const fields = known.map((field, index) => (field === undefined || isTaken(field, index) ? undefined : field))
  if (fields.some((field) => field === 'login' || field === 'address' || field === 'source')) return { fields, isHeader: true }
  if (cells.length === 1 && (cells[0] as string).includes('@')) return { fields: ['address'], isHeader: false }
  throw new UsageError(
    'source-list',
    'The source list has no column of logins or addresses that is known by its header.',
    'Name it: --column login="Name of the column", or --column address="...".',
  )
}

function readMapping(text: string, cells: readonly string[]): readonly [number, Field] {
  const [, name = '', header = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? []
  const field = fieldNames[wordOf(name)]
  if (field === undefined) {
    throw new UsageError('column', `--column: "${text.slice(0, 80)}" names no field.`, 'Write for example login="User name"; fields are login, address, source, displayName, firstName, lastName, kind, password.')
  }
  const index = cells.findIndex((cell) => cell.toLowerCase() === header.trim().toLowerCase())
  if (index < 0) throw new UsageError('column', `--column: the list has no column "${header.slice(0, 80)}".`, `Its first row has: ${cells.join(', ').slice(0, 300)}.`)
  return [index, field]
}

function fieldOf(cell: string): Field | undefined {
  const word = wordOf(cell)
  return (Object.keys(headers) as Field[]).find((field) => headers[field].includes(word))
}

function wordOf(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
}

function toPerson(line: number, cells: readonly string[], fields: readonly (Field | undefined)[], sourceUrl: string | undefined): SourcePerson | FaultyRow {
  const row: Partial<Record<Field, string>> = {}
  for (const [index, field] of fields.entries()) {
    const cell = cells[index] ?? ''
    if (field !== undefined && cell !== '') row[field] = field === 'password' ? cell : withoutFormulaMark(cell)
  }
  const { login, address, displayName, firstName, lastName, password } = row
  const resource = toResourceKind((row.kind ?? '').replace(/mailbox$/i, ''))
  const addresses = [address, login].filter((text): text is string => text !== undefined && /^[^@\s]+@[^@\s]+$/.test(text))
  const mailbox = login ?? address
  const source = row.source ?? (sourceUrl === undefined ? mailbox : fillUrl(sourceUrl, mailbox, address ?? login))
  if (source === undefined) return { line, reason: 'no login and no address' }
  return {
    line,
    source,
    addresses: [...new Set(addresses)],
    ...(displayName !== undefined && { displayName }),
    ...(firstName !== undefined && { firstName }),
    ...(lastName !== undefined && { lastName }),
    ...(password !== undefined && { password }),
    ...(resource !== undefined && { resource }),
  }
}

function fillUrl(template: string, login: string | undefined, address: string | undefined): string | undefined {
  if (login === undefined || address === undefined) return undefined
  return template.replaceAll('{login}', encodeURIComponent(login)).replaceAll('{address}', encodeURIComponent(address))
}
