import { MigrationError } from '../../core/errors.ts'
import { fromFileTime, toFileTime } from '../mapi/file-time.ts'
import { messageProperties } from '../mapi/message-properties.ts'
import type { MapiMessage } from '../mapi/message.ts'
import { journalProperties } from '../mapi/note-properties.ts'
import { PropertyBag } from '../mapi/property-bag.ts'

/** The icons of the kinds of activity that Outlook offers (MS-OXOJRNL section 2.2.2.2); of any other, the first. */
const icons: Readonly<Record<string, number>> = {
  Conversation: 0x601,
  'E-mail Message': 0x602,
  'Meeting request': 0x603,
  'Meeting response': 0x604,
  'Task request': 0x606,
  'Task response': 0x607,
  Note: 0x608,
  Fax: 0x609,
  'Phone call': 0x60a,
  Task: 0x60b,
  Letter: 0x60c,
  'Microsoft Office Word': 0x60d,
  'Microsoft Office Excel': 0x60e,
  'Microsoft Office PowerPoint': 0x60f,
  'Microsoft Office Access': 0x610,
  Document: 0x612,
  Meeting: 0x613,
  'Meeting cancellation': 0x614,
  'Remote session': 0x615,
}

/** A journal entry (`IPM.Activity`) as plain data; times are ISO 8601 moments in UTC. */
export interface JournalEntry {
  readonly subject: string
  /** "Phone call", "Meeting", or any other words. */
  readonly entryType: string
  readonly text: string
  readonly start?: string | undefined
  readonly end?: string | undefined
  readonly companies: readonly string[]
  readonly contacts: readonly string[]
  readonly categories: readonly string[]
}

/** The journal entry that a message is. Never throws. */
export function readJournalEntry({ properties: bag }: MapiMessage): JournalEntry {
  const start = bag.get(journalProperties.start) ?? bag.get(messageProperties.commonStart)
  const minutes = bag.get(journalProperties.durationMinutes)
  const counted = start === undefined || minutes === undefined ? undefined : start + BigInt(minutes) * 600_000_000n
  return {
    subject: bag.get(messageProperties.subject) ?? '',
    entryType: bag.get(journalProperties.typeDescription) || bag.get(journalProperties.type) || '',
    text: bag.get(messageProperties.body) ?? '',
    start: toMoment(start),
    end: toMoment(bag.get(journalProperties.end) ?? bag.get(messageProperties.commonEnd) ?? counted),
    companies: bag.get(journalProperties.companies) ?? [],
    contacts: bag.get(messageProperties.contacts) ?? [],
    categories: bag.get(messageProperties.keywords) ?? [],
  }
}

/**
 * The message of a journal entry, with its duration. Throws an item error `journal.bad-date` when a time is none, or
 * the end comes before the start.
 */
export function writeJournalEntry(entry: JournalEntry): MapiMessage {
  const start = toTicks(entry.start)
  const end = toTicks(entry.end) ?? start
  if (start !== undefined && end !== undefined && end < start) throw badDate()
  const minutes = start === undefined || end === undefined ? 0 : Number((end - start) / 600_000_000n)
  const properties = new PropertyBag()
    .set(messageProperties.messageClass, 'IPM.Activity')
    .set(messageProperties.subject, entry.subject)
    .set(messageProperties.normalizedSubject, entry.subject)
    .set(messageProperties.body, entry.text)
    .set(messageProperties.iconIndex, Object.hasOwn(icons, entry.entryType) ? icons[entry.entryType] : 0x601)
    .set(journalProperties.type, entry.entryType)
    .set(journalProperties.typeDescription, entry.entryType)
    .set(journalProperties.start, start)
    .set(journalProperties.end, end)
    .set(messageProperties.commonStart, start)
    .set(messageProperties.commonEnd, end)
    .set(journalProperties.durationMinutes, minutes)
    .set(journalProperties.flags, 0)
    .set(journalProperties.companies, listOf(entry.companies))
    .set(messageProperties.contacts, listOf(entry.contacts))
    .set(messageProperties.keywords, listOf(entry.categories))
  return { properties, recipients: [], attachments: [] }
}

function listOf(texts: readonly string[]): readonly string[] | undefined {
  return texts.length === 0 ? undefined : texts
}

function toTicks(text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined
  const timeMs = Date.parse(text)
  if (Number.isNaN(timeMs) || timeMs < Date.UTC(1601, 0, 1)) throw badDate()
  return toFileTime(timeMs)
}

function toMoment(ticks: bigint | undefined): string | undefined {
  if (ticks === undefined) return undefined
  const date = new Date(fromFileTime(ticks))
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
}

function badDate(): MigrationError {
  return new MigrationError('item', 'journal.bad-date', {
    message: 'A time of the journal entry cannot be stored.',
    hint: 'Times are written in ISO 8601, begin in 1601, and the end does not come before the start.',
  })
}
