import { attachmentProperties } from '../../formats/mapi/attachment-properties.ts'
import { calendarProperties } from '../../formats/mapi/calendar-properties.ts'
import { toFileTime } from '../../formats/mapi/file-time.ts'
import type { MessageHead } from '../../formats/fast-transfer/stored-form.ts'
import { messageProperties } from '../../formats/mapi/message-properties.ts'
import type { MapiMessage } from '../../formats/mapi/message.ts'
import { PropertyBag, type ReadonlyPropertyBag } from '../../formats/mapi/property-bag.ts'
import { propertySets } from '../../formats/mapi/property-sets.ts'
import { setIds } from '../../formats/calendar/event-message.ts'
import { uidOfItem } from '../../formats/calendar/event-component.ts'
import { itemTimesOf } from '../../formats/calendar/item-times.ts'
import { civilOf, dayMs, dayOf, minuteMs, toDayNumber, toLocalMs, toLocalTime } from '../../formats/calendar/local-time.ts'
import { occurrenceDays } from '../../formats/calendar/occurrence-dates.ts'
import { type Occurrence } from '../../formats/calendar/occurrences-of.ts'
import type { Recurrence, RecurrenceException } from '../../formats/calendar/recurrence.ts'
import { isAttachmentOf, occurrenceMessage } from '../../formats/calendar/series-components.ts'
import { exceptionAttachment, exceptionClass, exceptionFields, setSeries } from '../../formats/calendar/series-message.ts'
import { toLocal, toUtc } from '../../formats/calendar/zone.ts'
import { isSameValue } from './event-values.ts'
import { refusing, type Series } from './event-recurrence.ts'
import { setEventTimes } from './event-times.ts'
import { JsonRefusal } from './refusal.ts'

/** A series with its item; of the attachments those with changed occurrences have to be there. */
export interface SeriesItem extends Series {
  readonly message: MapiMessage
}

/** Properties that belong to the series and to none of its occurrences. */
const seriesOnly = [
  calendarProperties.recurrence,
  calendarProperties.recurring,
  calendarProperties.recurrenceType,
  calendarProperties.zoneStruct,
  calendarProperties.zoneDefinitionRecurrence,
  calendarProperties.clipStart,
  calendarProperties.clipEnd,
] as const

/** Properties that an embedded exception has even where the series has the same (MS-OXOCAL 2.2.10.1). */
const always = new Set(
  [
    messageProperties.messageClass,
    messageProperties.subject,
    calendarProperties.startWhole,
    calendarProperties.endWhole,
    calendarProperties.exceptionReplaceTime,
    calendarProperties.globalObjectId,
    calendarProperties.cleanGlobalObjectId,
    calendarProperties.isException,
    calendarProperties.recurring,
    messageProperties.contacts,
  ].map(({ key }) => key),
)
const bodies = [messageProperties.body, messageProperties.html, messageProperties.rtfCompressed, messageProperties.nativeBody]

/** The occurrence that the rule has on a day, changed or not; undefined for a day without one and for a deleted one. */
export function occurrenceOn({ recurrence, zone }: Series, dayNumber: number): Occurrence | undefined {
  const date = toLocalTime(dayNumber * dayMs).slice(0, 10)
  const exception = recurrence.exceptions.find(({ originalStart }) => originalStart.slice(0, 10) === date)
  if (exception !== undefined) {
    const [startMs, endMs] = [toUtc(zone, toLocalMs(exception.start)), toUtc(zone, toLocalMs(exception.end))]
    return { originalStart: exception.originalStart, startMs, endMs, exception }
  }
  if (recurrence.deletedDates.includes(date)) return undefined
  const [day] = occurrenceDays(recurrence, dayNumber)
  if (day !== dayNumber) return undefined
  const localMs = dayNumber * dayMs + recurrence.startMinutes * minuteMs
  return { originalStart: toLocalTime(localMs), startMs: toUtc(zone, localMs), endMs: toUtc(zone, localMs + recurrence.durationMinutes * minuteMs) }
}

/** The day that an occurrence is known by, in the zone of its series. */
export function dayOfOccurrence({ originalStart }: Pick<Occurrence, 'originalStart'>): number {
  return toDayNumber(originalStart.slice(0, 10))
}

/** An occurrence as if it were an item: the series with its own times, and what an exception changes laid over it. */
export function occurrenceHead(series: SeriesItem, occurrence: Occurrence): MessageHead {
  const { message, zone } = series
  const { exception, startMs, endMs } = occurrence
  const { properties, recipients } = exception === undefined ? message : occurrenceMessage(message, exception, zone)
  const bag = properties.copy()
  // What an exception's own message says of its class and its being a series is about the embedded form.
  for (const property of seriesOnly) bag.delete(property)
  const { startZone, endZone, allDay } = itemTimesOf(exception === undefined ? message.properties : bag)
  const [start, end] = [
    { utcMs: startMs, localMs: toLocal(zone, startMs), zone: exception === undefined ? zone : startZone },
    { utcMs: endMs, localMs: toLocal(zone, endMs), zone: endZone },
  ]
  setEventTimes(bag, { start, end, allDay })
  setIds(bag, { uid: uidOfItem(message.properties), instance: civilOf(dayOfOccurrence(occurrence)) })
  bag
    .set(messageProperties.messageClass, message.properties.get(messageProperties.messageClass))
    .set(calendarProperties.exceptionReplaceTime, toFileTime(toUtc(zone, toLocalMs(occurrence.originalStart))))
    .set(calendarProperties.recurring, false)
  return { properties: bag, recipients }
}

/**
 * The series with one occurrence changed: an exception in the blob and an embedded message (MS-OXOCAL 2.2.10). `changed` is
 * the occurrence as `occurrenceHead` gives it, with the changes. Throws a JsonRefusal when it would pass its neighbours.
 */
export function withException(series: SeriesItem, occurrence: Occurrence, changed: MessageHead): MapiMessage {
  const { message, recurrence, zone } = series
  const times = itemTimesOf(changed.properties)
  const [startMs, endMs] = [toLocal(zone, times.startMs), toLocal(zone, times.endMs)]
  // Whoever made the series may have put an occurrence where this one refuses to; there it may stay.
  const isOnOtherDay = dayOf(startMs) !== dayOf(toLocal(zone, occurrence.startMs))
  if (isOnOtherDay) requireBetweenNeighbours(series, occurrence, dayOf(startMs))
  const embedded = embeddedException(series, changed)
  const originalMs = toLocalMs(occurrence.originalStart)
  const compare = ({ properties }: MessageHead, attachments: MapiMessage['attachments']) => ({
    message: { properties, recipients: [], attachments },
    reminderMinutes:
      properties.get(messageProperties.reminderSet) === true ? (properties.get(messageProperties.reminderDeltaMinutes) ?? 0) : undefined,
    times: { allDay: properties.get(calendarProperties.allDay) === true },
  })
  const exception: RecurrenceException = {
    originalStart: occurrence.originalStart,
    start: toLocalTime(startMs),
    end: toLocalTime(endMs),
    ...exceptionFields(compare(message, []), compare(changed, [])),
  }
  const others = recurrence.exceptions.filter((each) => each.originalStart !== occurrence.originalStart)
  const exceptions = [...others, exception].toSorted((a, b) => (a.start < b.start ? -1 : 1))
  const attachment = exceptionAttachment(embedded, { startMs, endMs, originalMs })
  return rewritten(series, { ...recurrence, exceptions }, [...withoutException(series, occurrence), attachment])
}

/** The series without one of its occurrences; undefined when none would be left. */
export function withoutOccurrence(series: SeriesItem, occurrence: Occurrence): MapiMessage | undefined {
  const { recurrence } = series
  const exceptions = recurrence.exceptions.filter((each) => each.originalStart !== occurrence.originalStart)
  const date = occurrence.originalStart.slice(0, 10)
  const deletedDates = [...new Set([...recurrence.deletedDates, date])].toSorted()
  const changed = { ...recurrence, exceptions, deletedDates }
  return hasOccurrence(changed) ? rewritten(series, changed, withoutException(series, occurrence)) : undefined
}

function rewritten({ message, zone }: SeriesItem, recurrence: Recurrence, attachments: MapiMessage['attachments']): MapiMessage {
  const properties = message.properties.copy()
  refusing(() => setSeries(properties, recurrence, zone, recurrence.exceptions.length > 0))
  return { ...message, properties, attachments }
}

function withoutException({ message, zone }: SeriesItem, { originalStart, startMs, endMs }: Occurrence): MapiMessage['attachments'] {
  const [start, end] = [startMs, endMs].map((ms) => toLocalTime(toLocal(zone, ms))) as [string, string]
  return message.attachments.filter((attachment) => !isAttachmentOf(attachment, { originalStart, start, end }, zone))
}

/** Whether an attachment holds a changed occurrence, and so is none that people see. */
export function isExceptionAttachment(properties: ReadonlyPropertyBag): boolean {
  return properties.has(attachmentProperties.exceptionReplaceTime)
}

function hasOccurrence(recurrence: Recurrence): boolean {
  if (recurrence.exceptions.length > 0 || recurrence.range.type === 'noEnd') return true
  const deleted = new Set(recurrence.deletedDates.map(toDayNumber))
  for (const day of occurrenceDays(recurrence, Number.NEGATIVE_INFINITY)) if (!deleted.has(day)) return true
  return false
}

/** What the occurrence has and the series has not: the rest follows the series, also when that is changed later. */
function embeddedException({ message }: SeriesItem, { properties, recipients }: MessageHead): MapiMessage {
  const bag = new PropertyBag()
  const hasOwnBody = bodies.some((property) => !isSameValue(properties.get(property), message.properties.get(property)))
  for (const { property, value } of properties.entries()) {
    const isOwn = 'set' in property.name && property.name.set === propertySets.publicStrings
    const isBody = hasOwnBody && bodies.some(({ key }) => key === property.key)
    if (always.has(property.key) || isOwn || isBody || !isSameValue(value, message.properties.get(property))) bag.set(property, value)
  }
  bag.set(messageProperties.messageClass, exceptionClass).set(messageProperties.messageFlags, message.properties.get(messageProperties.messageFlags))
  const hasOwnPeople = !isSameValue(addressKeys(recipients), addressKeys(message.recipients))
  if (hasOwnPeople) bag.set(calendarProperties.hasExceptionalAttendees, true)
  return { properties: bag, recipients: hasOwnPeople ? recipients.map((row) => row.copy()) : [], attachments: [] }
}

function addressKeys(rows: readonly ReadonlyPropertyBag[]): readonly string[] {
  return rows.map((row) => JSON.stringify([...row.entries()].map(({ property, value }) => [property.key, String(value)])))
}

/** An occurrence stays between its neighbours, on a day of its own (MS-OXOCAL 2.2.1.44.2; EWS: ErrorOccurrenceCrossingBoundary). */
function requireBetweenNeighbours({ recurrence }: SeriesItem, occurrence: Occurrence, newDay: number): void {
  const ownDay = dayOfOccurrence(occurrence)
  const moved = new Map(recurrence.exceptions.map(({ originalStart, start }) => [toDayNumber(originalStart.slice(0, 10)), toDayNumber(start.slice(0, 10))]))
  const deleted = new Set(recurrence.deletedDates.map(toDayNumber))
  let before: number | undefined
  let after: number | undefined
  for (const day of occurrenceDays(recurrence, Number.NEGATIVE_INFINITY)) {
    if (deleted.has(day) || day === ownDay) continue
    const place = moved.get(day) ?? day
    if (day < ownDay) before = place
    else {
      after = place
      break
    }
  }
  if ((before === undefined || newDay > before) && (after === undefined || newDay < after)) return
  throw new JsonRefusal(
    400,
    'ErrorOccurrenceCrossingBoundary',
    'Modified occurrence is crossing or overlapping adjacent occurrence.',
  )
}
