import { attachmentProperties } from '../mapi/attachment-properties.ts'
import { calendarProperties } from '../mapi/calendar-properties.ts'
import { fromFileTime, toFileTime } from '../mapi/file-time.ts'
import { messageProperties } from '../mapi/message-properties.ts'
import type { MapiAttachment, MapiMessage } from '../mapi/message.ts'
import type { ReadonlyPropertyBag } from '../mapi/property-bag.ts'
import type { Property } from '../mapi/property.ts'
import { propertySets } from '../mapi/property-sets.ts'
import { readAppointmentBlob } from './appointment-recurrence-blob.ts'
import { eventComponent } from './event-component.ts'
import type { ItemYears } from './item-zone.ts'
import { yearsOf } from './item-zone.ts'
import type { ItemTimes } from './item-times.ts'
import { itemTimesOf, timeValue } from './item-times.ts'
import type { JcalComponent, JcalProperty } from './jcal.ts'
import { valueProperty } from './jcal.ts'
import { dayMs, dayOf, minuteMs, toDate, toDayNumber, toLocalMs } from './local-time.ts'
import { extentOf } from './occurrence-dates.ts'
import { recurrenceOfBlob } from './recurrence-of-blob.ts'
import { ruleOfRecurrence } from './recurrence-rule.ts'
import type { Recurrence, RecurrenceException } from './recurrence.ts'
import type { Zone } from './zone.ts'
import { toLocal, toUtc } from './zone.ts'

/** The VEVENTs of a series, and the years for which their zones must be described. */
export interface SeriesComponents {
  readonly events: readonly JcalComponent[]
  readonly years: ItemYears
  /** The zones in which they are. */
  readonly zones: readonly Zone[]
}

/**
 * A series with its changed occurrences. Each of these is the embedded message laid over the series, or the series with
 * the fields of the blob where there is no message. Throws `calendar.blob-corrupt`.
 */
export function seriesComponents(message: MapiMessage): SeriesComponents {
  const { properties: bag } = message
  const recurrence = recurrenceOfBlob(readAppointmentBlob(bag.get(calendarProperties.recurrence) ?? Buffer.alloc(0)))
  const times = itemTimesOf(bag)
  const master = eventComponent(message, times, [ruleProperty(recurrence, times), ...exdates(recurrence, times)])
  const changed = recurrence.exceptions.map((exception) => {
    const occurrence = occurrenceMessage(message, exception, times.startZone)
    return { occurrence, times: { ...itemTimesOf(occurrence.properties), startZone: times.startZone } }
  })
  const extent = extentOf(recurrence)
  const lastMs =
    extent === undefined ? undefined : Math.max(extent.lastDay * dayMs, ...changed.map((each) => each.times.endMs))
  return {
    events: [master, ...changed.map((each) => eventComponent(each.occurrence, each.times, []))],
    years: yearsOf(Math.min(times.startMs, ...changed.map((each) => each.times.startMs)), lastMs),
    zones: [times, ...changed.map((each) => each.times)].flatMap(({ startZone, endZone }) => [startZone, endZone]),
  }
}

function ruleProperty({ pattern, range, startMinutes }: Recurrence, { startZone, allDay }: ItemTimes): JcalProperty {
  const end = { isDate: allDay, startMinutes, toUtc: (localMs: number) => toUtc(startZone, localMs) }
  return valueProperty('rrule', 'recur', ruleOfRecurrence(pattern, range, end))
}

/** At the second of the series' start, so that other programs find the occurrence. */
function exdates({ deletedDates }: Recurrence, { startMs, startZone, allDay }: ItemTimes): readonly JcalProperty[] {
  const localMs = toLocal(startZone, startMs)
  const timeOfDayMs = localMs - dayOf(localMs) * dayMs
  const values = deletedDates.map((date) =>
    timeValue(toUtc(startZone, toDayNumber(date) * dayMs + timeOfDayMs), startZone, allDay),
  )
  const [first] = values
  if (first === undefined) return []
  const tzid: Record<string, string> = allDay || startZone.id === 'UTC' ? {} : { tzid: startZone.id }
  return [['exdate', tzid, first[0], ...values.map(([, value]) => value)]]
}

/** A changed occurrence as an item of its own: what is embedded laid over the series, else the fields of the blob. */
export function occurrenceMessage(series: MapiMessage, exception: RecurrenceException, zone: Zone): MapiMessage {
  const embedded = series.attachments.find((attachment) => isAttachmentOf(attachment, exception, zone))?.embedded
  const bag = series.properties.copy()
  for (const property of seriesOnly) bag.delete(property)
  const [startMs, endMs] = [toUtc(zone, toLocalMs(exception.start)), toUtc(zone, toLocalMs(exception.end))]
  bag
    .set(calendarProperties.startWhole, toFileTime(startMs))
    .set(calendarProperties.endWhole, toFileTime(endMs))
    .set(messageProperties.subject, exception.subject)
    .set(calendarProperties.location, exception.location)
    .set(calendarProperties.busyStatus, exception.busyStatus)
    .set(calendarProperties.stateFlags, exception.meetingState)
    .set(calendarProperties.allDay, exception.allDay)
    .set(messageProperties.reminderSet, exception.reminderSet)
    .set(messageProperties.reminderDeltaMinutes, exception.reminderMinutes)
  if (embedded !== undefined) {
    for (const property of ownOnly(bag, embedded)) bag.delete(property)
    for (const { property, value } of embedded.properties.entries()) bag.set(property, value)
  }
  bag
    .set(calendarProperties.cleanGlobalObjectId, series.properties.get(calendarProperties.cleanGlobalObjectId))
    .set(calendarProperties.exceptionReplaceTime, toFileTime(originalMs(exception, series, zone)))
  return {
    properties: bag,
    recipients: hasOwnPeople(embedded) ? embedded.recipients : series.recipients,
    attachments: embedded?.attachments ?? [],
  }
}

function hasOwnPeople(embedded: MapiMessage | undefined): embedded is MapiMessage {
  if (embedded === undefined) return false
  return embedded.recipients.length > 0 || embedded.properties.get(calendarProperties.hasExceptionalAttendees) === true
}

/**
 * What an embedded message without it does not have: categories, contacts, other programs' properties, and HTML beside
 * its own text.
 */
function ownOnly(bag: ReadonlyPropertyBag, { properties }: MapiMessage): readonly Property[] {
  const others = [...bag.entries()].flatMap(({ property }) =>
    'set' in property.name && property.name.set === propertySets.publicStrings ? [property] : [],
  )
  const texts = properties.has(messageProperties.body) ? [messageProperties.html] : []
  return [...others, ...texts, messageProperties.contacts]
}

const seriesOnly = [
  calendarProperties.recurrence,
  calendarProperties.recurring,
  calendarProperties.durationMinutes,
  calendarProperties.globalObjectId,
]

/** The original start with the seconds of the series, which the blob does not hold. */
function originalMs({ originalStart }: RecurrenceException, series: MapiMessage, zone: Zone): number {
  const start = series.properties.get(calendarProperties.startWhole)
  const seconds = start === undefined ? 0 : fromFileTime(start) % minuteMs
  return toUtc(zone, toLocalMs(originalStart)) + Math.max(seconds, 0)
}

/** Whether an attachment of a series holds this changed occurrence. */
export function isAttachmentOf(
  { properties, embedded }: MapiAttachment,
  { originalStart }: RecurrenceException,
  zone: Zone,
): boolean {
  if (embedded === undefined) return false
  const replaced = embedded.properties.get(calendarProperties.exceptionReplaceTime)
  const local = properties.get(attachmentProperties.exceptionReplaceTime)
  const localMs =
    replaced === undefined ? (local === undefined ? undefined : fromFileTime(local)) : toLocal(zone, fromFileTime(replaced))
  return localMs !== undefined && toDate(dayOf(localMs)) === originalStart.slice(0, 10)
}
