import { attachmentProperties } from '../mapi/attachment-properties.ts'
import { calendarProperties } from '../mapi/calendar-properties.ts'
import { toFileTime } from '../mapi/file-time.ts'
import { messageProperties } from '../mapi/message-properties.ts'
import type { MapiAttachment, MapiMessage } from '../mapi/message.ts'
import { PropertyBag } from '../mapi/property-bag.ts'
import { writeAppointmentBlob } from './appointment-recurrence-blob.ts'
import { recipientAddress } from './calendar-address.ts'
import { calendarError } from './calendar-error.ts'
import type { CalendarTime } from './calendar-time.ts'
import { localMsIn, readTime } from './calendar-time.ts'
import type { ConversionContext } from './conversion.ts'
import type { EventMessage } from './event-message.ts'
import { eventMessage } from './event-message.ts'
import { eventTimesOf } from './event-times.ts'
import type { CalendarComponent } from './icalendar-components.ts'
import { allOf, assertReadable, firstOf, integerOf } from './icalendar-components.ts'
import { yearsOf } from './item-zone.ts'
import { civilOf, dayMs, dayOf, minuteMs, toDate, toDayNumber, toLocalTime } from './local-time.ts'
import { extentOf, occurrenceDays } from './occurrence-dates.ts'
import { blobOfRecurrence } from './recurrence-of-blob.ts'
import type { RuleValue } from './recurrence-rule.ts'
import { recurrenceOfRule } from './recurrence-rule.ts'
import type { Recurrence, RecurrenceException } from './recurrence.ts'
import type { Zone } from './zone.ts'
import { toLocal, toUtc } from './zone.ts'

/** The class of a changed occurrence inside its series (MS-OXCICAL 2.1.3.1.1.20.20). */
export const exceptionClass = 'IPM.OLE.CLASS.{00061055-0000-0000-C000-000000000046}'
/** How many changed or deleted occurrences a series may have. */
const exceptionsMax = 10_000
/** Of a subject or place in the blob; the whole is in the embedded message. */
const textCharactersMax = 255
const recurrenceTypes = {
  daily: 1,
  weekly: 2,
  absoluteMonthly: 3,
  relativeMonthly: 3,
  absoluteYearly: 4,
  relativeYearly: 4,
} as const
/** PidLidClipEnd of a series without end (4500-08-31 23:59). */
const endlessClipMs = Date.UTC(4500, 7, 31, 23, 59)

/** A series, and the overrides that are no occurrences of it. */
export interface SeriesMessage {
  readonly message: MapiMessage
  readonly strays: readonly CalendarComponent[]
}

/** The RRULE of an event; undefined for one that does not repeat. Throws `calendar.recurrence-unsupported` for several. */
export function ruleOf(event: CalendarComponent): RuleValue | undefined {
  assertReadable(event, ['rrule', 'exrule'])
  const rules = allOf(event, 'rrule')
  if (rules.length > 1 || allOf(event, 'exrule').length > 0)
    throw calendarError('recurrence-unsupported', 'A series has several rules.')
  const value = rules[0]?.values[0]
  return typeof value === 'object' && value !== null ? (value as RuleValue) : undefined
}

/**
 * The message of a series: its rule as PidLidAppointmentRecur, EXDATEs as deleted dates, overrides as embedded messages
 * in attachments and as exceptions of the blob (MS-OXOCAL 2.2.10). As Exchange does, only the day of an EXDATE counts, and
 * those without an occurrence are dropped.
 */
export function seriesMessage(
  master: CalendarComponent,
  overrides: readonly CalendarComponent[],
  rule: RuleValue,
  uid: string,
  messageClass: string,
  context: ConversionContext,
): SeriesMessage {
  const { zones, lost } = context
  const { start, end } = eventTimesOf(master, zones, lost)
  const { zone } = start
  const base = recurrenceOfRule(rule, {
    localMs: start.localMs,
    isDate: start.isDate,
    toLocal: (utcMs) => toLocal(zone, utcMs),
  })
  const extent = extentOf(base)
  if (base.range.type !== 'noEnd' && extent === undefined)
    throw calendarError('recurrence-unsupported', 'A series has no occurrences.')
  const lastMs = extent === undefined ? undefined : toUtc(zone, extent.lastDay * dayMs)
  const years = yearsOf(start.utcMs, lastMs)
  const made = eventMessage(master, { uid, seriesYears: years, messageClass }, context)
  const changed = latestByDay(overrides, zone, context)
  const excluded = excludedDays(master, zone, context)
  if (changed.length + excluded.size > exceptionsMax) throw calendarError('too-large', 'A series has too many exceptions.')
  const real = realDays(base, new Set([...excluded, ...changed.map(({ originalDay }) => originalDay)]))
  const own = changed.filter(({ originalDay }) => real.has(originalDay))
  const startMinutes = Math.floor((start.localMs - dayOf(start.localMs) * dayMs) / minuteMs)
  const exceptions = own.map(({ override, originalDay }) => {
    const originalMs = originalDay * dayMs + startMinutes * minuteMs
    return exceptionOf(override, originalMs, uid, made, zone, context)
  })
  const recurrence: Recurrence = {
    ...base,
    startMinutes,
    durationMinutes: Math.round((localMsIn(zone, end) - start.localMs) / minuteMs),
    deletedDates: [...excluded]
      .filter((day) => real.has(day) && !own.some((each) => each.originalDay === day))
      .toSorted((a, b) => a - b)
      .map(toDate),
    exceptions: exceptions.map(({ exception }) => exception),
  }
  setSeries(made.message.properties, recurrence, zone, exceptions.length > 0)
  const attachments = [...made.message.attachments, ...exceptions.map(({ attachment }) => attachment)]
  return {
    message: { ...made.message, attachments },
    strays: changed.filter((each) => !own.includes(each)).map(({ override }) => override),
  }
}

/** Overrides by the day they replace; of several versions the one with the highest SEQUENCE, of equals the last. */
function latestByDay(
  overrides: readonly CalendarComponent[],
  zone: Zone,
  context: ConversionContext,
): readonly { readonly override: CalendarComponent; readonly originalDay: number }[] {
  const days = new Map<number, CalendarComponent>()
  for (const override of overrides) {
    const day = dayOf(localMsIn(zone, recurrenceIdOf(override, context)))
    const other = days.get(day)
    if (other !== undefined) context.lost.add('superseded')
    if (other === undefined || (integerOf(override, 'sequence') ?? 0) >= (integerOf(other, 'sequence') ?? 0))
      days.set(day, override)
  }
  return [...days].map(([originalDay, override]) => ({ override, originalDay }))
}

/** The original start that a RECURRENCE-ID names. Throws `calendar.unparsable`. */
export function recurrenceIdOf(override: CalendarComponent, { zones }: ConversionContext): CalendarTime {
  const property = firstOf(override, 'recurrence-id')
  if (property === undefined) throw calendarError('incomplete', 'A changed occurrence does not say which it is.')
  return readTime(property.values[0], property, zones)
}

/**
 * Sets what makes an appointment a series: PidLidAppointmentRecur, its kind, and the days on which it begins and ends.
 * Throws `calendar.recurrence-unsupported` beyond Exchange's limits.
 */
export function setSeries(bag: PropertyBag, recurrence: Recurrence, zone: Zone, hasExceptions: boolean): void {
  const blob = blobOfRecurrence(recurrence)
  const extent = extentOf(recurrence)
  const startDay = toDayNumber(recurrence.range.startDate)
  bag
    .set(calendarProperties.recurrence, writeAppointmentBlob(blob))
    .set(calendarProperties.recurrenceType, recurrenceTypes[recurrence.pattern.type])
    .set(calendarProperties.clipStart, toFileTime(toUtc(zone, startDay * dayMs)))
    .set(calendarProperties.clipEnd, toFileTime(extent === undefined ? endlessClipMs : toUtc(zone, extent.lastDay * dayMs)))
  if (hasExceptions) bag.set(messageProperties.hasAttachments, true)
}

/** The local days of EXDATEs. */
function excludedDays(master: CalendarComponent, zone: Zone, { zones }: ConversionContext): ReadonlySet<number> {
  return new Set(
    allOf(master, 'exdate').flatMap((property) =>
      property.values.map((value) => dayOf(localMsIn(zone, readTime(value, property, zones)))),
    ),
  )
}

/** Those of the days on which the rule has an occurrence. */
function realDays(base: Pick<Recurrence, 'pattern' | 'range'>, days: ReadonlySet<number>): ReadonlySet<number> {
  const last = Math.max(...days)
  const real = new Set<number>()
  if (days.size === 0) return real
  for (const day of occurrenceDays(base, Math.min(...days))) {
    if (day > last) break
    if (days.has(day)) real.add(day)
  }
  return real
}

function exceptionOf(
  override: CalendarComponent,
  originalMs: number,
  uid: string,
  master: EventMessage,
  zone: Zone,
  context: ConversionContext,
): { readonly exception: RecurrenceException; readonly attachment: MapiAttachment } {
  const originalUtcMs = toUtc(zone, originalMs)
  const role = { uid, instance: civilOf(dayOf(originalMs)), messageClass: exceptionClass }
  const made = eventMessage(override, role, context)
  const bag = made.message.properties.set(calendarProperties.exceptionReplaceTime, toFileTime(originalUtcMs))
  if (!hasSamePeople(made, master)) bag.set(calendarProperties.hasExceptionalAttendees, true)
  const [startMs, endMs] = [localMsIn(zone, made.times.start), localMsIn(zone, made.times.end)]
  const exception = {
    originalStart: toLocalTime(originalMs),
    start: toLocalTime(startMs),
    end: toLocalTime(endMs),
    ...exceptionFields(master, made),
  }
  return { exception, attachment: exceptionAttachment(made.message, { startMs, endMs, originalMs }) }
}

/** The attachment that holds a changed occurrence (MS-OXOCAL 2.2.10.1); the times are local ones of the series' zone. */
export function exceptionAttachment(
  embedded: MapiMessage,
  { startMs, endMs, originalMs }: { readonly startMs: number; readonly endMs: number; readonly originalMs: number },
): MapiAttachment {
  const properties = new PropertyBag()
    .set(attachmentProperties.method, 5)
    .set(attachmentProperties.renderingPosition, -1)
    .set(attachmentProperties.displayName, embedded.properties.get(messageProperties.subject))
    .set(attachmentProperties.flags, 0)
    .set(attachmentProperties.attachmentFlags, 2)
    .set(attachmentProperties.linkId, 0)
    .set(attachmentProperties.hidden, true)
    // Local times: so Outlook writes them (MS-OXCICAL 2.1.3.1.1.20.20).
    .set(attachmentProperties.exceptionStart, toFileTime(startMs))
    .set(attachmentProperties.exceptionEnd, toFileTime(endMs))
    .set(attachmentProperties.exceptionReplaceTime, toFileTime(originalMs))
  return { properties, embedded }
}

function hasSamePeople({ message: a }: EventMessage, { message: b }: EventMessage): boolean {
  const [own, others] = [a, b].map(({ recipients }) => recipients.map((bag) => recipientAddress(bag)?.address.toLowerCase()))
  return (
    own !== undefined && others !== undefined && own.length === others.length && own.every((each) => others.includes(each))
  )
}

/** What of an event the blob of a series compares. */
export interface ComparedEvent extends Pick<EventMessage, 'message' | 'reminderMinutes'> {
  readonly times: Pick<EventMessage['times'], 'allDay'>
}

/** The fields of the blob in which an occurrence differs from its series. */
export function exceptionFields(master: ComparedEvent, made: ComparedEvent): Partial<RecurrenceException> {
  const [series, own] = [master.message.properties, made.message.properties]
  const subject = own.get(messageProperties.subject) ?? ''
  const location = own.get(calendarProperties.location) ?? ''
  const busyStatus = own.get(calendarProperties.busyStatus) ?? 2
  const state = own.get(calendarProperties.stateFlags) ?? 0
  const hasReminder = made.reminderMinutes !== undefined
  return {
    ...(subject !== (series.get(messageProperties.subject) ?? '') && { subject: subject.slice(0, textCharactersMax) }),
    ...(location !== (series.get(calendarProperties.location) ?? '') && { location: location.slice(0, textCharactersMax) }),
    ...(busyStatus !== series.get(calendarProperties.busyStatus) && { busyStatus }),
    ...(state !== series.get(calendarProperties.stateFlags) && { meetingState: state }),
    ...(hasReminder !== (master.reminderMinutes !== undefined) && { reminderSet: hasReminder }),
    ...(hasReminder && made.reminderMinutes !== master.reminderMinutes && { reminderMinutes: made.reminderMinutes ?? 0 }),
    ...(made.times.allDay !== master.times.allDay && { allDay: made.times.allDay }),
    ...(made.message.attachments.length > 0 && { hasAttachments: true }),
    ...(own.get(messageProperties.body) !== series.get(messageProperties.body) && { hasOwnBody: true }),
  }
}
