import { Buffer } from 'node:buffer'
import { fromFileTime } from '../mapi/file-time.ts'
import type { MapiMessage } from '../mapi/message.ts'
import { messageProperties as message } from '../mapi/message-properties.ts'
import type { ReadonlyPropertyBag } from '../mapi/property-bag.ts'
import { propertySets } from '../mapi/property-sets.ts'
import { recipientProperties } from '../mapi/recipient-properties.ts'
import { fromRecipient, recipientTypes, representingOf, senderOf } from './address-properties.ts'
import { toCrlfLines } from './crlf-lines.ts'
import { readEnvelope } from './envelope.ts'
import { readFlatEntryList } from './flat-entry-list.ts'
import { HeaderBlock } from './header-block.ts'
import { addressLine, headerLine, textLine } from './header-writing.ts'
import type { MailAddress } from './mail-addresses.ts'
import { splitSubject } from './subject-prefix.ts'

/** Fields that describe the MIME structure, which is made anew. */
const structuralFields: ReadonlySet<string> = new Set([
  'mime-version',
  'content-type',
  'content-transfer-encoding',
  'content-disposition',
  'content-id',
  'content-location',
  'content-base',
  'content-length',
  'content-md5',
  'lines',
])

/**
 * The header of a message without its structural fields, with CRLF after each line and one character for each byte
 * (MS-OXCMAIL section 2.1.3.2). A header that the message came with is written as it is, but for the fields that no
 * longer say what the properties do, and for lines that are no fields; without one it is made of the properties.
 */
export function writeHeader(item: MapiMessage): string {
  const stored = item.properties.get(message.transportHeaders)
  const made = madeFields(item)
  if (stored === undefined || stored === '') return made.map(({ line }) => line).join('')
  const header = new HeaderBlock(toBytesText(stored))
  const stale = staleFields(item, header)
  const written: string[] = []
  for (const field of header.fields) {
    if (structuralFields.has(field.key) || stale.has(field.key)) continue
    written.push(`${toCrlfLines(header.written(field)).replaceAll('\0', '')}\r\n`)
  }
  const present = new Set(header.fields.map((field) => field.key))
  for (const { key, line } of made) {
    if (stale.has(key) || (key.startsWith('x-') && !present.has(key) && !key.startsWith('x-priority'))) written.push(line)
  }
  return written.join('')
}

/** Text of any client: one byte for each character where that is possible, else UTF-8. */
function toBytesText(stored: string): string {
  return /[^\0-\xff]/.test(stored) ? Buffer.from(stored, 'utf8').toString('latin1') : stored
}

interface MadeField {
  /** The name in lower case. */
  readonly key: string
  readonly line: string
}

/**
 * The fields of a stored header that say something else than the properties; the latter win. Those that only the old
 * Content-Type makes readable are written anew too.
 */
function staleFields({ properties, recipients }: MapiMessage, header: HeaderBlock): ReadonlySet<string> {
  const envelope = readEnvelope(header)
  const stale = new Set<string>()
  const ambiguous = new Set(header.fields.filter((field) => header.isAmbiguous(field)).map((field) => field.key))
  const from = representingOf(properties)
  const sender = senderOf(properties)
  const check = (key: string, isSameAsWritten: boolean): void => {
    if (!isSameAsWritten || ambiguous.has(key)) stale.add(key)
  }
  if (from !== undefined) check('from', isSame(from, envelope.from))
  if (sender !== undefined) check('sender', isSame(sender, envelope.sender))
  // What was the sender is then all that says who it is from.
  if (stale.has('sender') && !header.fields.some((field) => field.key === 'from')) stale.add('from')
  for (const [key, list] of listsOf(recipients)) if (list !== undefined) check(key, areSame(list, envelope[key]))
  check('reply-to', areSame(replyToOf(properties), envelope.replyTo))
  check('subject', isSameText(subjectOf(properties), envelope.subject))
  check('message-id', isSameText(properties.get(message.internetMessageId), envelope.messageId))
  check('date', submittedMsOf(properties) === envelope.submittedMs)
  if ((properties.get(message.importance) ?? 1) !== envelope.importance) {
    for (const key of ['importance', 'x-priority', 'x-msmail-priority', 'priority']) stale.add(key)
  }
  return stale
}

function madeFields(item: MapiMessage): readonly MadeField[] {
  const { properties } = item
  const fields: MadeField[] = []
  const add = (name: string, line: (name: string) => string): void =>
    void fields.push({ key: name.toLowerCase(), line: line(name) })
  const addText = (name: string, value: string | undefined): void => {
    if (value !== undefined && value !== '') add(name, (name) => textLine(name, value))
  }
  const addAddresses = (name: string, list: readonly MailAddress[] | undefined): void => {
    if (list !== undefined && list.length > 0) add(name, (name) => addressLine(name, list))
  }
  const from = representingOf(properties) ?? senderOf(properties)
  const sender = senderOf(properties)
  addAddresses('From', from === undefined ? [] : [from])
  if (sender !== undefined && from !== undefined && !isSame(sender, from)) addAddresses('Sender', [sender])
  addAddresses('Reply-To', replyToOf(properties))
  const lists = new Map(listsOf(item.recipients))
  addAddresses('To', lists.get('to'))
  addAddresses('Cc', lists.get('cc'))
  addAddresses('Bcc', lists.get('bcc'))
  addText('Subject', subjectOf(properties))
  addTopic(properties, addText)
  const submitted = submittedMsOf(properties)
  if (submitted !== undefined) add('Date', (name) => headerLine(name, formatDate(submitted)))
  for (const [name, property] of plainFields) {
    const value = properties.get(property)
    if (value !== undefined && value !== '') add(name, (name) => headerLine(name, value))
  }
  addText(
    'Importance',
    [undefined, undefined, 'high'][properties.get(message.importance) ?? 1] ?? importanceText(properties),
  )
  addText('Sensitivity', sensitivities[properties.get(message.sensitivity) ?? 0])
  addText('Keywords', properties.get(message.keywords)?.join(', '))
  for (const { property, value } of properties.entries()) {
    if (!('name' in property.name) || property.name.set !== propertySets.internetHeaders || typeof value !== 'string')
      continue
    const { name } = property.name
    if (/^x-[\x21-\x39\x3b-\x7e]+$/i.test(name) && name.toLowerCase() !== 'x-priority') addText(name, value)
  }
  return fields
}

const plainFields = [
  ['Message-ID', message.internetMessageId],
  ['In-Reply-To', message.inReplyTo],
  ['References', message.references],
  ['List-Help', message.listHelp],
  ['List-Subscribe', message.listSubscribe],
  ['List-Unsubscribe', message.listUnsubscribe],
] as const

const sensitivities = [undefined, 'Personal', 'Private', 'Company-Confidential'] as const

function importanceText(properties: ReadonlyPropertyBag): string | undefined {
  return properties.get(message.importance) === 0 ? 'low' : undefined
}

function addTopic(properties: ReadonlyPropertyBag, addText: (name: string, value: string | undefined) => void): void {
  const topic = properties.get(message.conversationTopic)
  const index = properties.get(message.conversationIndex)
  const isImplied = topic === splitSubject(subjectOf(properties) ?? '').normalized
  if (!isImplied) addText('Thread-Topic', topic)
  if (index !== undefined) {
    addText('Thread-Index', Buffer.from(index.buffer, index.byteOffset, index.byteLength).toString('base64'))
  }
}

function subjectOf(properties: ReadonlyPropertyBag): string | undefined {
  const whole = properties.get(message.subject)
  const normalized = properties.get(message.normalizedSubject)
  if (whole !== undefined || normalized === undefined) return whole
  return `${properties.get(message.subjectPrefix) ?? ''}${normalized}`
}

/** To whole seconds, as a Date field has it. */
function submittedMsOf(properties: ReadonlyPropertyBag): number | undefined {
  const ticks = properties.get(message.clientSubmitTime)
  return ticks === undefined ? undefined : Math.floor(fromFileTime(ticks) / 1000) * 1000
}

function replyToOf(properties: ReadonlyPropertyBag): readonly MailAddress[] {
  const entries = properties.get(message.replyRecipientEntries)
  return entries === undefined ? [] : readFlatEntryList(entries)
}

/** The recipients by field. A list is undefined when somebody in it has no address that a header could name. */
function listsOf(
  recipients: MapiMessage['recipients'],
): readonly (readonly ['to' | 'cc' | 'bcc', readonly MailAddress[] | undefined])[] {
  return (['to', 'cc', 'bcc'] as const).map((key) => {
    const rows = recipients.filter((row) => (row.get(recipientProperties.recipientType) ?? 0) % 16 === recipientTypes[key])
    const named = rows.map(fromRecipient).filter((who) => who !== undefined)
    return [key, named.length === rows.length ? named : undefined] as const
  })
}

function areSame(list: readonly MailAddress[], other: readonly MailAddress[]): boolean {
  return list.length === other.length && list.every((who, index) => isSame(who, other[index]))
}

function isSame(one: MailAddress, other: MailAddress | undefined): boolean {
  if (other === undefined || one.address !== other.address) return false
  return (one.name === one.address ? '' : one.name) === (other.name === other.address ? '' : other.name)
}

function isSameText(one: string | undefined, other: string | undefined): boolean {
  return (one ?? '') === (other ?? '')
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** RFC 5322 section 3.3, in UTC. */
function formatDate(ms: number): string {
  const date = new Date(ms)
  const two = (value: number): string => String(value).padStart(2, '0')
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
  const year = String(date.getUTCFullYear()).padStart(4, '0')
  return `${days[date.getUTCDay()]}, ${two(date.getUTCDate())} ${months[date.getUTCMonth()]} ${year} ${time} +0000`
}
