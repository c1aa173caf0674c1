import { calendarProperties } from '../../formats/mapi/calendar-properties.ts'
import type { PropertyBag, ReadonlyPropertyBag } from '../../formats/mapi/property-bag.ts'
import { readAppointmentBlob } from '../../formats/calendar/appointment-recurrence-blob.ts'
import { setZones, yearsOf, zoneOf } from '../../formats/calendar/item-zone.ts'
import { dayMs, dayOf, minuteMs, toDate } from '../../formats/calendar/local-time.ts'
import { extentOf, occurrenceDays } from '../../formats/calendar/occurrence-dates.ts'
import { fromPatternedRecurrence, type PatternedRecurrence, toPatternedRecurrence } from '../../formats/calendar/patterned-recurrence.ts'
import { recurrenceOfBlob } from '../../formats/calendar/recurrence-of-blob.ts'
import { type Recurrence, type RecurrenceRange, weekdays, weekIndexes } from '../../formats/calendar/recurrence.ts'
import { setSeries } from '../../formats/calendar/series-message.ts'
import { toUtc, type Zone } from '../../formats/calendar/zone.ts'
import { type NewTimes, setEventTimes, zoneNameOf, zoneOfName } from './event-times.ts'
import { oneOfNames } from './event-enums.ts'
import { JsonRefusal } from './refusal.ts'

/** A series as an item has it. */
export interface Series {
  readonly recurrence: Recurrence
  /** By whose clock it repeats. */
  readonly zone: Zone
}

/** What may come in as `patternedRecurrence`; its values are checked when it is read. */
export interface RecurrenceInput {
  readonly pattern?: Readonly<Record<string, unknown>> | null
  readonly range?: Readonly<Record<string, unknown>> | null
}

const patternTypes = ['daily', 'weekly', 'absoluteMonthly', 'relativeMonthly', 'absoluteYearly', 'relativeYearly'] as const
const rangeTypes = ['endDate', 'noEnd', 'numbered'] as const

/** The series of an item; undefined for a single event, and for a series whose blob nobody can read. */
export function seriesOf(bag: ReadonlyPropertyBag): Series | undefined {
  const blob = bag.get(calendarProperties.recurrence)
  if (blob === undefined || bag.get(calendarProperties.recurring) === false) return undefined
  try {
    return { recurrence: recurrenceOfBlob(readAppointmentBlob(blob)), zone: zoneOf(bag, 'start') }
  } catch (error) {
    if (isCalendarError(error)) return undefined
    throw error
  }
}

/** Graph's `recurrence` of a series. */
export function recurrenceJson({ recurrence, zone }: Series): PatternedRecurrence {
  return toPatternedRecurrence(recurrence, zoneNameOf(zone, toUtc(zone, dayMsOf(recurrence.range.startDate))))
}

/**
 * Pattern and range of a request, with the zone that it names, the given one else. Throws a JsonRefusal,
 * `ErrorCalendarInvalidRecurrence`.
 */
export function readRecurrence(input: RecurrenceInput, zone: Zone): Pick<Recurrence, 'pattern' | 'range'> & { readonly zone: Zone } {
  const { recurrenceTimeZone, ...range } = withoutNulls(input.range ?? {})
  const pattern = withoutNulls(input.pattern ?? {})
  const named = typeof recurrenceTimeZone === 'string' && recurrenceTimeZone !== '' ? zoneOfName(recurrenceTimeZone) : zone
  const read = refusing(() =>
    fromPatternedRecurrence({
      pattern: {
        ...pattern,
        type: nameOf(pattern['type'], patternTypes),
        ...('index' in pattern && { index: nameOf(pattern['index'], weekIndexes) }),
        ...('firstDayOfWeek' in pattern && { firstDayOfWeek: nameOf(pattern['firstDayOfWeek'], weekdays) }),
      },
      range: { ...range, type: nameOf(range['type'], rangeTypes) },
    }),
  )
  return { ...read, zone: named }
}

/**
 * Makes a series of an item whose texts and people are set: times, zones and PidLidAppointmentRecur. It begins with the
 * first day of the pattern that is not before its start, as Exchange has it; deleted and changed occurrences are not
 * carried over. Throws a JsonRefusal for a series without any occurrence or beyond Exchange's limits.
 */
export function setRecurrence(bag: PropertyBag, times: NewTimes, { pattern, range }: Pick<Recurrence, 'pattern' | 'range'>): void {
  const { zone } = times.start
  const [firstDay] = occurrenceDays({ pattern, range }, Number.NEGATIVE_INFINITY)
  if (firstDay === undefined) throw new JsonRefusal(400, 'ErrorRecurrenceHasNoOccurrence', 'The recurrence has no occurrences in its range.')
  const timeOfDayMs = times.start.localMs - dayOf(times.start.localMs) * dayMs
  const localMs = firstDay * dayMs + timeOfDayMs
  const lengthMs = times.end.utcMs - times.start.utcMs
  const start = { zone, localMs, utcMs: toUtc(zone, localMs) }
  const endLocalMs = localMs + lengthMs
  const recurrence: Recurrence = {
    pattern,
    range: { ...range, startDate: toDate(firstDay) },
    startMinutes: Math.floor(timeOfDayMs / minuteMs),
    durationMinutes: Math.round(lengthMs / minuteMs),
    deletedDates: [],
    exceptions: [],
  }
  setEventTimes(bag, { start, end: { zone: times.end.zone, localMs: endLocalMs, utcMs: toUtc(zone, endLocalMs) }, allDay: times.allDay })
  refusing(() => {
    const extent = extentOf(recurrence)
    setZones(bag, zone, times.end.zone, true, yearsOf(start.utcMs, extent === undefined ? undefined : toUtc(zone, extent.lastDay * dayMs)))
    setSeries(bag, recurrence, zone, false)
  })
}

/** A range that begins on another day. Throws a JsonRefusal when it has ended by then. */
export function rangeFrom(range: RecurrenceRange, startDate: string): RecurrenceRange {
  if (range.type === 'endDate' && range.endDate < startDate) {
    throw new JsonRefusal(400, 'ErrorRecurrenceEndsBeforeStart', 'The recurrence ends before it starts.')
  }
  return { ...range, startDate }
}

/** Makes a single event of a series. */
export function clearRecurrence(bag: PropertyBag): void {
  for (const property of [
    calendarProperties.recurrence,
    calendarProperties.recurrenceType,
    calendarProperties.recurrenceText,
    calendarProperties.zoneStruct,
    calendarProperties.zoneDefinitionRecurrence,
  ]) {
    bag.delete(property)
  }
}

/** Runs work of the calendar's formats; what they refuse is refused in Exchange's words. */
export function refusing<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (isCalendarError(error)) throw new JsonRefusal(400, 'ErrorCalendarInvalidRecurrence', error.message)
    throw error
  }
}

/** Errors of `formats/calendar` have codes of their own. */
function isCalendarError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('calendar.')
}

function nameOf<T extends string>(value: unknown, names: readonly T[]): T | undefined {
  return typeof value === 'string' ? oneOfNames(value, names) : undefined
}

function withoutNulls(json: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(json).filter(([, value]) => value !== null && value !== undefined))
}

function dayMsOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`)
}
