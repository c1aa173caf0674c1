import { calendarProperties } from '../../formats/mapi/calendar-properties.ts'
import type { PropertyBag, ReadonlyPropertyBag } from '../../formats/mapi/property-bag.ts'
import { setTimes } from '../../formats/calendar/event-message.ts'
import { type ItemTimes, itemTimesOf } from '../../formats/calendar/item-times.ts'
import { dayMs, dayOf, toLocalMs, toLocalTime } from '../../formats/calendar/local-time.ts'
import { windowsNameOf, zoneByName } from '../../formats/calendar/windows-zone.ts'
import { toLocal, toUtc, type Zone, utcZone } from '../../formats/calendar/zone.ts'
import type { DateTimeTimeZoneInput, DateTimeTimeZoneJson } from './date-time.ts'
import { JsonRefusal } from './refusal.ts'

/** The zone in which an answer shows times, by the name that the request gave it. */
export interface ShownZone {
  readonly name: string
  readonly zone: Zone
}

/** What answers are in unless the request prefers another zone. */
export const shownInUtc: ShownZone = { name: 'UTC', zone: utcZone }

/** A time of a request. */
export interface ZonedTime {
  readonly utcMs: number
  readonly localMs: number
  readonly zone: Zone
}

/** What Exchange calls a zone that has no name (Graph's page on event, originalStartTimeZone). */
const customZone = 'tzone://Microsoft/Custom'
/** exchange.md 3.6, and EWS's ErrorCalendarDurationIsTooLong: "cannot exceed 5 years". */
const durationMsMax = 5 * 366 * dayMs

/** A zone by its Windows or IANA name. Throws a JsonRefusal, `TimeZoneNotSupportedException`. */
export function zoneOfName(name: string): Zone {
  const zone = zoneByName(name === 'tzone://Microsoft/Utc' ? 'UTC' : name)
  if (zone !== undefined) return zone
  throw new JsonRefusal(400, 'TimeZoneNotSupportedException', `The following TimeZone value is not supported: ${name}.`)
}

/** A dateTimeTimeZone; UTC where it names no zone. One with an offset of its own is that instant. Throws a JsonRefusal. */
export function readZonedTime({ dateTime, timeZone }: DateTimeTimeZoneInput): ZonedTime {
  const zone = zoneOfName(timeZone ?? 'UTC')
  const text = dateTime ?? ''
  if (/(?:Z|[+-]\d{2}:\d{2})$/.test(text) && !Number.isNaN(Date.parse(text))) {
    const utcMs = Date.parse(text)
    return { utcMs, localMs: toLocal(zone, utcMs), zone }
  }
  const localMs = localMsOf(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00` : /T\d{2}:\d{2}$/.test(text) ? `${text}:00` : text)
  if (localMs === undefined) throw invalid(`The value '${text}' is no valid date and time.`)
  return { utcMs: toUtc(zone, localMs), localMs, zone }
}

function localMsOf(text: string): number | undefined {
  try {
    return toLocalMs(text)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** An instant as the clock of a zone shows it. */
export function zonedTimeJson(utcMs: number, { name, zone }: ShownZone): DateTimeTimeZoneJson {
  return { dateTime: `${toLocalTime(toLocal(zone, utcMs))}.0000000`, timeZone: name }
}

/** Start or end of an event. Whole days are the same days in every zone (Graph's page on event, isAllDay). */
export function eventTimeJson(times: ItemTimes, part: 'start' | 'end', shown: ShownZone): DateTimeTimeZoneJson {
  const utcMs = part === 'start' ? times.startMs : times.endMs
  if (!times.allDay) return zonedTimeJson(utcMs, shown)
  const day = dayOf(toLocal(times.startZone, utcMs) + dayMs / 2)
  return { dateTime: `${toLocalTime(day * dayMs)}.0000000`, timeZone: shown.name }
}

/** The times of an event; undefined for an item without any. */
export function eventTimesOf(bag: ReadonlyPropertyBag): ItemTimes | undefined {
  const hasStart = bag.has(calendarProperties.startWhole) || bag.has(calendarProperties.startDate)
  return hasStart ? itemTimesOf(bag) : undefined
}

/** The name that Exchange gives a stored zone. */
export function zoneNameOf(zone: Zone, atMs: number): string {
  return windowsNameOf(zone, new Date(atMs).getUTCFullYear()) ?? customZone
}

/** What of a request places an event. */
export interface EventTimesInput {
  readonly start?: DateTimeTimeZoneInput | null
  readonly end?: DateTimeTimeZoneInput | null
  readonly isAllDay?: boolean | null
}

/** When an event is to be, and whether that differs from before. */
export interface NewTimes {
  readonly start: ZonedTime
  readonly end: ZonedTime
  readonly allDay: boolean
}

/**
 * The times that a request gives an event, those it had where the request does not speak of them. Throws a JsonRefusal in
 * Exchange's words: a missing time, an end before the start, more than five years, whole days that are none.
 */
export function newTimesOf(bag: ReadonlyPropertyBag, input: EventTimesInput): NewTimes {
  const before = eventTimesOf(bag)
  const start = input.start ? readZonedTime(input.start) : before && zoned(before.startMs, before.startZone)
  const end = input.end ? readZonedTime(input.end) : before && zoned(before.endMs, before.endZone)
  const allDay = input.isAllDay ?? before?.allDay ?? false
  if (start === undefined || end === undefined) throw invalid(`The Event.${start === undefined ? 'Start' : 'End'} property is required.`)
  if (end.utcMs < start.utcMs) {
    throw new JsonRefusal(400, 'ErrorCalendarEndDateIsEarlierThanStartDate', 'The end date of the event is earlier than its start date.')
  }
  if (end.utcMs - start.utcMs > durationMsMax) throw new JsonRefusal(400, 'ErrorCalendarDurationIsTooLong', 'An event cannot last longer than 5 years.')
  if (allDay) requireDays(start, end)
  return { start, end, allDay }
}

function requireDays(start: ZonedTime, end: ZonedTime): void {
  for (const [name, time] of [['Start', start], ['End', end]] as const) {
    if (time.localMs % dayMs !== 0) throw invalid(`The Event.${name} property for an all-day event needs to be set to midnight.`)
  }
  if (start.zone.id !== end.zone.id && zoneNameOf(start.zone, start.utcMs) !== zoneNameOf(end.zone, end.utcMs)) {
    throw invalid('The Event.Start and Event.End properties for an all-day event need to be in the same time zone.')
  }
  if (end.localMs - start.localMs < dayMs) throw invalid('The duration of an event marked as All day must be at least 24 hours.')
}

/** Sets them where they stand, the zones apart. */
export function setEventTimes(bag: PropertyBag, { start, end, allDay }: NewTimes): void {
  setTimes(bag, { start: { ...start, isDate: allDay }, end: { ...end, isDate: allDay }, allDay })
}

function zoned(utcMs: number, zone: Zone): ZonedTime {
  return { utcMs, localMs: toLocal(zone, utcMs), zone }
}

function invalid(message: string): JsonRefusal {
  return new JsonRefusal(400, 'ErrorPropertyValidationFailure', message)
}
