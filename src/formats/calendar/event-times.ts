import { calendarError } from './calendar-error.ts'
import type { CalendarTime, CalendarZones } from './calendar-time.ts'
import { readDurationMs, readTime } from './calendar-time.ts'
import type { CalendarComponent } from './icalendar-components.ts'
import { firstOf, textOf } from './icalendar-components.ts'
import { dayMs } from './local-time.ts'
import { toLocal, toUtc } from './zone.ts'

/** When an event is. `end` may be in a zone of its own. */
export interface EventTimes {
  readonly start: CalendarTime
  readonly end: CalendarTime
  readonly allDay: boolean
}

/**
 * Start and end of an event: without DTEND by its DURATION, without both a day for a date and nothing for a time (RFC 5545
 * section 3.6.1). An end before the start is the start, or the
 * end of that day; `lost` learns of it. Throws `calendar.incomplete` without
 * DTSTART.
 */
export function eventTimesOf(event: CalendarComponent, zones: CalendarZones, lost: Set<string>): EventTimes {
  const property = firstOf(event, 'dtstart')
  if (property === undefined) throw calendarError('incomplete', 'An event has no start.')
  const start = readTime(property.values[0], property, zones)
  const end = endOf(event, start, zones)
  const isDay = start.isDate || isAllDayByOutlook(event, start, end)
  if (end.utcMs < start.utcMs) lost.add('dtend')
  if (end.utcMs > start.utcMs) return { start, end, allDay: isDay }
  // A whole day that ends where it begins is that day to every calendar program.
  return { start, end: isDay ? later(start, dayMs) : start, allDay: isDay }
}

function endOf(event: CalendarComponent, start: CalendarTime, zones: CalendarZones): CalendarTime {
  const property = firstOf(event, 'dtend')
  if (property !== undefined) {
    // An end without a zone is by the clock of the start.
    const tzid = property.parameters['tzid'] ?? firstOf(event, 'dtstart')?.parameters['tzid']
    const end = readTime(property.values[0], { parameters: tzid === undefined ? {} : { tzid } }, zones)
    // A date as the end of a time, or the other way round, is that day's midnight.
    return start.isDate === end.isDate ? end : { ...end, isDate: start.isDate }
  }
  const duration = firstOf(event, 'duration')
  if (duration === undefined) return start.isDate ? later(start, dayMs) : start
  return later(start, readDurationMs(duration.values[0]))
}

/** Days are counted on the clock, anything less as it passes. */
function later(start: CalendarTime, ms: number): CalendarTime {
  if (start.isDate || ms % dayMs === 0) {
    const localMs = start.localMs + ms
    return { ...start, localMs, utcMs: toUtc(start.zone, localMs) }
  }
  return { ...start, utcMs: start.utcMs + ms, localMs: toLocal(start.zone, start.utcMs + ms) }
}

/** X-MICROSOFT-CDO-ALLDAYEVENT, if it really is from midnight to midnight (MS-OXCICAL 2.1.3.1.1.20.28). */
function isAllDayByOutlook(event: CalendarComponent, start: CalendarTime, end: CalendarTime): boolean {
  if (!/^true$/i.test(textOf(event, 'x-microsoft-cdo-alldayevent') ?? '')) return false
  return start.localMs % dayMs === 0 && end.localMs % dayMs === 0 && end.localMs > start.localMs
}
