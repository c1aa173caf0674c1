import { calendarError } from './calendar-error.ts'
import type { CalendarComponent, CalendarProperty } from './icalendar-components.ts'
import { dayMs, dayNumberOf, daysInMonth } from './local-time.ts'
import { vtimezoneZone } from './vtimezone-zone.ts'
import { zoneByName } from './windows-zone.ts'
import type { Zone } from './zone.ts'
import { toLocal, toUtc, utcZone } from './zone.ts'

/** A time of an entry, in the zone it was given in. */
export interface CalendarTime {
  readonly localMs: number
  readonly utcMs: number
  readonly zone: Zone
  /** A date without a time. */
  readonly isDate: boolean
}

/** The zones of one calendar: those it defines, those everybody knows, and the one for times without any. */
export class CalendarZones {
  readonly #definitions: ReadonlyMap<string, CalendarComponent>
  readonly #zones = new Map<string, Zone>()
  readonly floating: Zone

  constructor(calendar: CalendarComponent, floating: Zone) {
    const zones = calendar.components.filter((each) => each.name === 'vtimezone')
    this.#definitions = new Map(
      zones.map((each) => [String(each.properties.find(({ name }) => name === 'tzid')?.values[0]), each]),
    )
    this.floating = floating
  }

  /**
   * The zone of a TZID: by its name first, as every calendar program does (RFC 7809), else by the rules of its VTIMEZONE.
   * Throws `calendar.incomplete` when neither says anything.
   */
  get(tzid: string): Zone {
    let zone = this.#zones.get(tzid)
    if (zone === undefined) this.#zones.set(tzid, (zone = this.#find(tzid)))
    return zone
  }

  #find(tzid: string): Zone {
    const named = zoneByName(tzid)
    if (named !== undefined) return named
    const definition = this.#definitions.get(tzid)
    if (definition === undefined)
      throw calendarError('incomplete', 'A time zone is named that the calendar does not define.')
    const location = definition.properties.find(({ name }) => name === 'x-lic-location')?.values[0]
    return (typeof location === 'string' ? zoneByName(location) : undefined) ?? vtimezoneZone(tzid, definition)
  }
}

/**
 * A date or date-time value, as jCal or, for properties that ical.js does not know, as iCalendar has it. Times without
 * zone and dates are in the zone for floating times. Throws `calendar.unparsable` for what is neither.
 */
export function readTime(
  value: unknown,
  { parameters }: Pick<CalendarProperty, 'parameters'>,
  zones: CalendarZones,
): CalendarTime {
  const match = /^(\d{4})-?(\d{2})-?(\d{2})(?:T(?:(\d{2}):?(\d{2}):?(\d{2})|::)(Z?))?$/.exec(String(value))
  if (match === null) throw unreadable()
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map((each) => Number(each ?? 0))
  const isDate = match[4] === undefined
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) throw unreadable()
  if (hour > 23 || minute > 59 || second > 60) throw unreadable()
  // A leap second is none to any store; year 1601 is where Windows begins.
  if (year < 1601 || year > 4500) throw calendarError('unsupported', 'A date is before 1601 or after 4500.')
  const localMs = dayNumberOf(year, month, day) * dayMs + ((hour * 60 + minute) * 60 + second) * 1000
  if (match[7] === 'Z') return { localMs, utcMs: localMs, zone: utcZone, isDate }
  const { tzid } = parameters
  const zone = isDate || tzid === undefined || tzid === '' ? zones.floating : zones.get(tzid)
  return { localMs, utcMs: toUtc(zone, localMs), zone, isDate }
}

/** What the clock of another zone shows at that time; a date stays that date. */
export function localMsIn(zone: Zone, time: CalendarTime): number {
  return time.isDate || time.zone === zone ? time.localMs : toLocal(zone, time.utcMs)
}

/** The ms of a DURATION (RFC 5545 section 3.3.6). Throws `calendar.unparsable`. */
export function readDurationMs(value: unknown): number {
  const match = /^([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(String(value))
  if (match === null) throw calendarError('unparsable', 'A duration cannot be read.')
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(2).map((each) => Number(each ?? 0))
  const ms = (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1000
  if (ms > 400 * 366 * dayMs) throw calendarError('unsupported', 'A duration is longer than 400 years.')
  return match[1] === '-' ? -ms : ms
}

function unreadable(): Error {
  return calendarError('unparsable', 'A date or time cannot be read.')
}
