import { calendarError } from './calendar-error.ts'
import type { CalendarComponent } from './icalendar-components.ts'
import { allOf, firstOf } from './icalendar-components.ts'
import { civilOf, dayMs, dayNumberOf, dayOf, daysInMonth, toDayNumber, toLocalMs, weekdayOf } from './local-time.ts'
import type { Zone } from './zone.ts'

const observancesMax = 1_000
const cachedYearsMax = 2_000
const dayNames = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA']

/**
 * A zone with the rules of a VTIMEZONE (RFC 5545 section 3.6.5). Rules other than yearly ones count once, at their
 * start. Throws `calendar.unparsable` when it has no observance that can be read.
 */
export function vtimezoneZone(id: string, definition: CalendarComponent): Zone {
  const observances = definition.components
    .filter(({ name }) => name === 'standard' || name === 'daylight')
    .map(readObservance)
  if (observances.length > observancesMax) throw calendarError('too-large', 'A time zone has too many rules.')
  const [first] = observances.toSorted((a, b) => a.startMs - b.startMs)
  if (first === undefined) throw calendarError('unparsable', 'A time zone has no rules.')
  const years = new Map<number, readonly Onset[]>()
  const onsetsIn = (year: number): readonly Onset[] => {
    let found = years.get(year)
    if (years.size >= cachedYearsMax) years.clear()
    if (found === undefined) {
      found = observances.flatMap((each) => onsetsOf(each, year)).toSorted((a, b) => a.utcMs - b.utcMs)
      years.set(year, found)
    }
    return found
  }
  const lastBefore = (utcMs: number): Onset | undefined => {
    const { year } = civilOf(dayOf(utcMs))
    for (let n = year + 1; n >= Math.max(year - 1, firstYear); n--) {
      const onset = onsetsIn(n).findLast((each) => each.utcMs <= utcMs)
      if (onset !== undefined) return onset
    }
    // Rules that ended long ago, or that never repeated.
    const ended = observances.flatMap((each) => lastOnsets(each, year)).filter((onset) => onset.utcMs <= utcMs)
    return ended.toSorted((a, b) => a.utcMs - b.utcMs).at(-1)
  }
  return { id, offsetMsAt: (utcMs) => lastBefore(utcMs)?.toMs ?? first.fromMs }
}

const firstYear = 1601

interface Observance {
  readonly startMs: number
  readonly fromMs: number
  readonly toMs: number
  readonly rule: YearlyRule | undefined
  readonly dates: readonly number[]
}

interface YearlyRule {
  readonly months: readonly number[]
  readonly days: readonly { readonly weekday: number; readonly nth: number }[]
  readonly monthDays: readonly number[]
  readonly untilUtcMs: number
}

interface Onset {
  readonly utcMs: number
  readonly toMs: number
}

function readObservance(component: CalendarComponent): Observance {
  const start = firstOf(component, 'dtstart')?.values[0]
  const startMs = localMsOf(start)
  const dates = allOf(component, 'rdate').flatMap(({ values }) => values.map(localMsOf))
  const [fromMs, toMs] = ['tzoffsetfrom', 'tzoffsetto'].map((name) => offsetMsOf(firstOf(component, name)?.values[0]))
  if (fromMs === undefined || toMs === undefined) throw unreadable()
  return {
    startMs,
    fromMs,
    toMs,
    rule: readRule(firstOf(component, 'rrule')?.values[0], startMs),
    dates: [startMs, ...dates],
  }
}

function localMsOf(value: unknown): number {
  const text = String(value).replace(/Z$/, '')
  try {
    return text.length === 10 ? toDayNumber(text) * dayMs : toLocalMs(text)
  } catch {
    throw unreadable()
  }
}

function offsetMsOf(value: unknown): number | undefined {
  const match = /^([+-])(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(String(value))
  if (match === null) return undefined
  const ms = ((Number(match[2]) * 60 + Number(match[3])) * 60 + Number(match[4] ?? 0)) * 1000
  return match[1] === '-' ? -ms : ms
}

function readRule(value: unknown, startMs: number): YearlyRule | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const rule = value as Readonly<Record<string, unknown>>
  if (rule['freq'] !== 'YEARLY') return undefined
  const start = civilOf(dayOf(startMs))
  const list = (key: string): readonly unknown[] => (rule[key] === undefined ? [] : [rule[key]].flat())
  const months = list('bymonth').map(Number)
  const days = list('byday').flatMap((each) => {
    const match = /^([+-]?\d*)(\w\w)$/.exec(String(each))
    return match === null ? [] : [{ weekday: dayNames.indexOf(match[2] ?? ''), nth: Number(match[1]) }]
  })
  const monthDays = list('bymonthday').map(Number)
  const until = rule['until']
  return {
    months: months.length > 0 ? months : [start.month],
    days,
    monthDays: days.length > 0 || monthDays.length > 0 ? monthDays : [start.day],
    untilUtcMs: until === undefined ? Number.POSITIVE_INFINITY : localMsOf(until),
  }
}

function onsetsOf({ startMs, fromMs, toMs, rule, dates }: Observance, year: number): readonly Onset[] {
  const startDay = dayOf(startMs)
  const timeMs = startMs - startDay * dayMs
  const local = dates.filter((each) => civilOf(dayOf(each)).year === year)
  if (rule !== undefined && year >= civilOf(startDay).year) {
    for (const day of rule.months.flatMap((month) => matchingDays(rule, year, month))) {
      const localMs = day * dayMs + timeMs
      if (localMs > startMs && localMs - fromMs <= rule.untilUtcMs) local.push(localMs)
    }
  }
  return local.map((localMs) => ({ utcMs: localMs - fromMs, toMs }))
}

/** The dates of an observance and, when its rule has ended, the last onsets of that. */
function lastOnsets(observance: Observance, beforeYear: number): readonly Onset[] {
  const { rule, dates, fromMs, toMs } = observance
  const own = dates.map((localMs) => ({ utcMs: localMs - fromMs, toMs }))
  if (rule === undefined || !Number.isFinite(rule.untilUtcMs)) return own
  const year = Math.min(civilOf(dayOf(rule.untilUtcMs)).year, beforeYear)
  return [...onsetsOf(observance, year), ...onsetsOf(observance, year - 1), ...own]
}

function matchingDays({ days, monthDays }: YearlyRule, year: number, month: number): readonly number[] {
  if (!(month >= 1 && month <= 12)) return []
  const first = dayNumberOf(year, month, 1)
  const length = daysInMonth(year, month)
  return Array.from({ length }, (_, n) => n + 1)
    .filter((day) => monthDays.length === 0 || monthDays.some((each) => (each < 0 ? length + 1 + each : each) === day))
    .filter((day) => {
      if (days.length === 0) return true
      const nth = Math.ceil(day / 7)
      const nthLast = -Math.ceil((length - day + 1) / 7)
      const weekday = weekdayOf(first + day - 1)
      return days.some((each) => each.weekday === weekday && (each.nth === 0 || each.nth === nth || each.nth === nthLast))
    })
    .map((day) => first + day - 1)
}

function unreadable(): Error {
  return calendarError('unparsable', 'The rules of a time zone cannot be read.')
}
