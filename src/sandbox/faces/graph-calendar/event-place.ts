import type { Occurrence } from '../../../formats/calendar/occurrences-of.ts'
import { decodeAttachment } from '../../mailbox/item-encoding.ts'
import { occurrenceOn, type SeriesItem } from '../../graph-json/event-occurrence.ts'
import { seriesOf } from '../../graph-json/event-recurrence.ts'
import { itemNotFound, itemOf } from '../../graph-mailbox/item-references.ts'
import { type MailboxStores, openMailbox } from '../../graph-mailbox/open-mailbox.ts'
import type { GraphRequest } from '../../http/route.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { FolderRow, ItemRow } from '../../mailbox/rows.ts'
import { findUser } from '../../tenant/directory-store.ts'
import type { EventOwner } from '../../graph-json/event-attendees.ts'
import { calendarOf, defaultCalendar } from './calendar-folders.ts'
import { fromOccurrenceId } from './occurrence-id.ts'

/** The calendar that a request to events speaks of. */
export interface OpenedCalendar {
  readonly mailbox: Mailbox
  /** The default calendar where the path names none. */
  readonly calendar: FolderRow
  readonly owner: EventOwner
}

/** An event that a request names. */
export interface OpenedEvent extends OpenedCalendar {
  /** Of an occurrence: the item of its series. */
  readonly item: ItemRow
  readonly instance: OpenedOccurrence | undefined
}

/** One occurrence with its series. */
export interface OpenedOccurrence {
  readonly series: SeriesItem
  readonly occurrence: Occurrence
}

/** Opens the mailbox and the calendar of the path. Throws as `openMailbox` and `calendarOf`. */
export function openCalendar(request: GraphRequest, stores: MailboxStores): OpenedCalendar {
  const mailbox = openMailbox(request, stores)
  const { calendarId, groupId } = request.params
  const calendar = calendarId === undefined ? defaultCalendar(mailbox) : calendarOf(mailbox, calendarId, groupId)
  return { mailbox, calendar, owner: ownerOf(request, mailbox) }
}

/**
 * The event of the path, an item or one occurrence of a series. Throws 400 `ErrorInvalidIdMalformed`, and 404
 * `ErrorItemNotFound`, too, for occurrences that are deleted or never were and for events of another calendar than the path's.
 */
export function openEvent(request: GraphRequest, stores: MailboxStores): OpenedEvent {
  const opened = openCalendar(request, stores)
  const { mailbox } = opened
  const id = request.params['eventId'] ?? ''
  const reference = fromOccurrenceId(id)
  const item = itemOf(mailbox, reference?.seriesId ?? id)
  const isElsewhere = request.params['calendarId'] !== undefined && item.folderId !== opened.calendar.id
  if (!isEvent(item) || isElsewhere) throw itemNotFound()
  return { ...opened, item, instance: reference === undefined ? undefined : openOccurrence(mailbox, item, reference.dayNumber) }
}

/** Whether an item is one that calendars show. */
export function isEvent({ messageClass, isAssociated }: ItemRow): boolean {
  return !isAssociated && /^IPM\.Appointment(?:\.|$)/i.test(messageClass)
}

/** A series with the changed occurrences inside it; undefined for a single event. Other attachments stay closed. */
export function openSeries(mailbox: Mailbox, item: ItemRow): SeriesItem | undefined {
  const head = mailbox.items.head(item.id)
  const series = seriesOf(head.properties)
  if (series === undefined) return undefined
  const embedded = series.recurrence.exceptions.length === 0 ? [] : mailbox.items.attachments(item.id).filter(({ isEmbedded }) => isEmbedded)
  const attachments = embedded.map(({ number }) => decodeAttachment(mailbox.items.storedAttachment(item.id, number)))
  return { ...series, message: { ...head, attachments } }
}

/** The same with everything, for writing it back. */
export function openWholeSeries(mailbox: Mailbox, item: ItemRow): SeriesItem | undefined {
  const message = mailbox.items.message(item.id)
  const series = seriesOf(message.properties)
  return series === undefined ? undefined : { ...series, message }
}

function openOccurrence(mailbox: Mailbox, item: ItemRow, dayNumber: number): OpenedOccurrence {
  const series = openSeries(mailbox, item)
  const occurrence = series === undefined ? undefined : occurrenceOn(series, dayNumber)
  if (series === undefined || occurrence === undefined) throw itemNotFound()
  return { series, occurrence }
}

/** Whose mailbox it is, as people see it. */
export function ownerOf(request: GraphRequest, mailbox: Mailbox): EventOwner {
  const user = findUser(request.tenant.directory, mailbox.row.userId)
  return { name: user?.displayName ?? mailbox.row.address, address: mailbox.row.address }
}
