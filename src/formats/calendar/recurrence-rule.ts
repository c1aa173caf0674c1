import { calendarError } from './calendar-error.ts'
import { civilOf, dayMs, daysInMonth, minuteMs, toDate, toDayNumber, toLocalMs, weekdayOf } from './local-time.ts'
import type { RecurrencePattern, RecurrenceRange, Weekday, WeekIndex } from './recurrence.ts'
import { weekdays, weekIndexes } from './recurrence.ts'

/** An RRULE as jCal has it (RFC 7265 section 3.6.10): keys in lower case, single values not in lists. */
export type RuleValue = Readonly<Record<string, unknown>>

/** What a rule is relative to: the DTSTART of the series in its zone, and how its UNTIL becomes local. */
export interface RuleStart {
  readonly localMs: number
  readonly isDate: boolean
  /** The local time, in the zone of the series, of an UNTIL in UTC. */
  readonly toLocal: (utcMs: number) => number
}

const dayNames = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA']
const partsKnown: readonly string[] =
  'freq interval count until wkst rscale skip bysetpos bymonth bymonthday byday byhour byminute bysecond'.split(' ')
const dayOfMonthMax = 31
const leapYear = 2024

/**
 * Pattern and range of an RRULE. Exchange has six patterns; every rule that means the same as one of them is taken, any
 * other throws `calendar.recurrence-unsupported`: several times a day, weeks of the year, days of the year, fifth
 * weekdays, several days of the month.
 */
export function recurrenceOfRule(rule: RuleValue, start: RuleStart): { pattern: RecurrencePattern; range: RecurrenceRange } {
  const unknown = Object.keys(rule).find((key) => !partsKnown.includes(key))
  if (unknown !== undefined) throw unsupported(`A rule uses ${unknown.toUpperCase()}.`)
  assertOneTimeOfDay(rule, start)
  if (rule['rscale'] !== undefined && rule['rscale'] !== 'GREGORIAN') throw unsupported('A rule follows another calendar.')
  return { pattern: toPattern(rule, start), range: toRange(rule, start) }
}

function assertOneTimeOfDay(rule: RuleValue, { localMs, isDate }: RuleStart): void {
  const date = new Date(localMs)
  const own = { byhour: date.getUTCHours(), byminute: date.getUTCMinutes(), bysecond: date.getUTCSeconds() }
  for (const [key, value] of Object.entries(own)) {
    const wanted = numbers(rule, key)
    if (wanted.length > 0 && !isDate && !(wanted.length === 1 && wanted[0] === value))
      throw unsupported('A rule sets times of day.')
  }
}

function toPattern(rule: RuleValue, { localMs }: RuleStart): RecurrencePattern {
  const interval = rule['interval'] === undefined ? 1 : Number(rule['interval'])
  if (!Number.isInteger(interval) || interval < 1) throw unsupported('The interval of a rule is no positive number.')
  const startDay = Math.floor(localMs / dayMs)
  switch (rule['freq']) {
    case 'DAILY':
      return dailyPattern(rule, interval)
    case 'WEEKLY':
      return weeklyPattern(rule, interval, startDay)
    case 'MONTHLY':
      return monthlyPattern(rule, interval, startDay)
    case 'YEARLY':
      return yearlyPattern(rule, interval, startDay)
    default:
      throw unsupported('A rule repeats within a day.')
  }
}

function dailyPattern(rule: RuleValue, interval: number): RecurrencePattern {
  assertWithout(rule, ['bymonth', 'bymonthday', 'bysetpos'])
  const days = dayParts(rule)
  if (days.length === 0) return { type: 'daily', interval }
  if (interval !== 1) throw unsupported('A daily rule leaves out days of the week.')
  return { type: 'weekly', interval, daysOfWeek: plainDays(days), firstDayOfWeek: weekStart(rule) }
}

function weeklyPattern(rule: RuleValue, interval: number, startDay: number): RecurrencePattern {
  assertWithout(rule, ['bymonth', 'bymonthday', 'bysetpos'])
  const days = dayParts(rule).map(({ day }) => ({ day, nth: 0 }))
  const daysOfWeek = days.length === 0 ? [weekdays[weekdayOf(startDay)] ?? 'sunday'] : plainDays(days)
  return { type: 'weekly', interval, daysOfWeek, firstDayOfWeek: weekStart(rule) }
}

function monthlyPattern(rule: RuleValue, interval: number, startDay: number): RecurrencePattern {
  const months = numbers(rule, 'bymonth')
  if (months.length > 0) {
    if (interval !== 1) throw unsupported('A monthly rule leaves out months.')
    return yearlyPattern({ ...rule, bymonth: months }, 1, startDay)
  }
  const days = dayParts(rule)
  const isEvery = days.length > 0 && days.every(({ nth }) => nth === 0) && numbers(rule, 'bysetpos').length === 0
  if (isEvery && interval === 1 && numbers(rule, 'bymonthday').length === 0) {
    return { type: 'weekly', interval, daysOfWeek: plainDays(days), firstDayOfWeek: 'monday' }
  }
  return { ...dayInMonth(rule, startDay), interval }
}

function yearlyPattern(rule: RuleValue, interval: number, startDay: number): RecurrencePattern {
  const months = [...new Set(numbers(rule, 'bymonth'))].toSorted((a, b) => a - b)
  const [month = civilOf(startDay).month] = months
  if (months.some((each) => each < 1 || each > 12)) throw unsupported('A rule names a month that there is not.')
  if (months.length === 0 && (dayParts(rule).length > 0 || numbers(rule, 'bymonthday').length > 0)) {
    // Without BYMONTH these are days of every month, or of the year.
    if (interval !== 1 || dayParts(rule).some(({ nth }) => nth !== 0) || numbers(rule, 'bysetpos').length > 0) {
      throw unsupported('A yearly rule counts weekdays of the year.')
    }
    return monthlyPattern(rule, interval, startDay)
  }
  if (months.length > 1) {
    const step = 12 / months.length
    const isEven = interval === 1 && months.every((each, n) => each === month + n * step)
    if (!isEven || (civilOf(startDay).month - month) % step !== 0)
      throw unsupported('A rule is on several months of the year.')
    return { ...dayInMonth(rule, startDay), interval: step }
  }
  const inMonth = dayInMonth(rule, startDay)
  if (inMonth.type === 'absoluteMonthly') return { ...inMonth, type: 'absoluteYearly', interval, month }
  return { ...inMonth, type: 'relativeYearly', interval, month }
}

type DayInMonth =
  | { readonly type: 'absoluteMonthly'; readonly dayOfMonth: number }
  | { readonly type: 'relativeMonthly'; readonly daysOfWeek: readonly Weekday[]; readonly index: WeekIndex }

function dayInMonth(rule: RuleValue, startDay: number): DayInMonth {
  const days = dayParts(rule)
  const monthDays = numbers(rule, 'bymonthday')
  const positions = numbers(rule, 'bysetpos')
  if (days.length > 0) {
    if (monthDays.length > 0) throw unsupported('A rule joins days of the week with days of the month.')
    const [position] = positions.length > 0 ? positions : days.map(({ nth }) => nth)
    if (positions.length > 1 || (positions.length === 0 && days.length > 1))
      throw unsupported('A rule is on several days of the month.')
    return { type: 'relativeMonthly', daysOfWeek: plainDays(days, positions.length === 0), index: indexOf(position ?? 0) }
  }
  if (monthDays.length === 0) {
    if (positions.length > 0) throw unsupported('A rule counts days it does not name.')
    return { type: 'absoluteMonthly', dayOfMonth: civilOf(startDay).day }
  }
  return { type: 'absoluteMonthly', dayOfMonth: dayOfMonthOf(monthDays, positions) }
}

function dayOfMonthOf(monthDays: readonly number[], positions: readonly number[]): number {
  const [day = 0] = monthDays
  if (monthDays.length === 1 && positions.every((each) => each === 1 || each === -1)) {
    if (day === -1) return dayOfMonthMax
    if (day >= 1 && day <= dayOfMonthMax) return day
  }
  // The 30th, or the last day of February: 28,29,30 and the last of them.
  const last = Math.max(...monthDays)
  const isClipped = positions.length === 1 && positions[0] === -1 && last >= 29 && last <= dayOfMonthMax
  const expected = Array.from({ length: last - 27 }, (_, n) => n + 28)
  if (isClipped && monthDays.length === expected.length && expected.every((each) => monthDays.includes(each))) return last
  throw unsupported('A rule is on several days of the month, or counts them from its end.')
}

function toRange(rule: RuleValue, start: RuleStart): RecurrenceRange {
  const startDate = toDate(Math.floor(start.localMs / dayMs))
  const { count, until } = rule
  if (count !== undefined) {
    const numberOfOccurrences = Number(count)
    if (!Number.isInteger(numberOfOccurrences) || numberOfOccurrences < 1) throw unsupported('A rule has no occurrences.')
    return { type: 'numbered', startDate, numberOfOccurrences }
  }
  if (until === undefined) return { type: 'noEnd', startDate }
  const endDate = lastDate(String(until), start)
  return { type: 'endDate', startDate, endDate: endDate < startDate ? startDate : endDate }
}

/** The last date on which an occurrence may start. */
function lastDate(until: string, { localMs, isDate, toLocal }: RuleStart): string {
  const date = until.slice(0, 10)
  try {
    if (until.length === 10) return toDate(toDayNumber(date))
    const untilMs = toLocalMs(until.replace(/Z$/, ''))
    if (isDate) return date
    const untilLocalMs = until.endsWith('Z') ? toLocal(untilMs) : untilMs
    const startOfDayMs = Math.floor(localMs / dayMs) * dayMs
    // UNTIL counts to the second, an end date in whole days.
    return toDate(Math.floor((untilLocalMs - (localMs - startOfDayMs)) / dayMs))
  } catch (error) {
    if (error instanceof RangeError) throw calendarError('unparsable', 'The end of a rule cannot be read.', error)
    throw error
  }
}

/** How a rule ends in text: dates for whole days, else the UTC time that a local one is. */
export interface RuleEnd {
  readonly isDate: boolean
  readonly startMinutes: number
  readonly toUtc: (localMs: number) => number
}

/**
 * The RRULE of pattern and range, as Exchange writes it (MS-OXCICAL 2.1.3.2.2): the 31st as the last day, nth weekdays
 * by BYSETPOS where they are several.
 */
export function ruleOfRecurrence(pattern: RecurrencePattern, range: RecurrenceRange, end: RuleEnd): RuleValue {
  return {
    ...ruleOfPattern(pattern),
    ...(range.type === 'numbered' && { count: range.numberOfOccurrences }),
    ...(range.type === 'endDate' && { until: untilOf(range.endDate, end) }),
  }
}

function untilOf(endDate: string, { isDate, startMinutes, toUtc }: RuleEnd): string {
  if (isDate) return endDate
  const utcMs = toUtc(toDayNumber(endDate) * dayMs + startMinutes * minuteMs)
  return `${new Date(utcMs).toISOString().slice(0, 19)}Z`
}

function ruleOfPattern(pattern: RecurrencePattern): RuleValue {
  const interval = pattern.interval === 1 ? {} : { interval: pattern.interval }
  switch (pattern.type) {
    case 'daily':
      return { freq: 'DAILY', ...interval }
    case 'weekly': {
      const wkst = weekdays.indexOf(pattern.firstDayOfWeek) + 1
      return { freq: 'WEEKLY', ...interval, byday: pattern.daysOfWeek.map(shortName), wkst }
    }
    case 'absoluteMonthly':
      return { freq: 'MONTHLY', ...interval, bymonthday: lastAsMinusOne(pattern.dayOfMonth) }
    case 'absoluteYearly':
      return {
        freq: 'YEARLY',
        ...interval,
        bymonthday: lastAsMinusOne(pattern.dayOfMonth, pattern.month),
        bymonth: pattern.month,
      }
    case 'relativeMonthly':
      return { freq: 'MONTHLY', ...interval, ...nthOf(pattern) }
    case 'relativeYearly':
      return { freq: 'YEARLY', ...interval, ...nthOf(pattern), bymonth: pattern.month }
  }
}

/** The 31st of each month is its last day to Exchange, and so is any day that the month of a yearly rule never has. */
function lastAsMinusOne(dayOfMonth: number, month?: number): number {
  const daysMax = month === undefined ? dayOfMonthMax - 1 : daysInMonth(leapYear, month)
  return dayOfMonth > daysMax ? -1 : dayOfMonth
}

function nthOf({ daysOfWeek, index }: { readonly daysOfWeek: readonly Weekday[]; readonly index: WeekIndex }): RuleValue {
  const nth = index === 'last' ? -1 : weekIndexes.indexOf(index) + 1
  const [only] = daysOfWeek
  if (daysOfWeek.length === 1 && only !== undefined) return { byday: `${nth}${shortName(only)}` }
  return { byday: daysOfWeek.map(shortName), bysetpos: nth }
}

function shortName(day: Weekday): string {
  return dayNames[weekdays.indexOf(day)] ?? 'SU'
}

function dayParts(rule: RuleValue): readonly { readonly day: Weekday; readonly nth: number }[] {
  return list(rule, 'byday').map((each) => {
    const match = /^([+-]?\d*)(\w\w)$/.exec(String(each))
    const day = weekdays[dayNames.indexOf(match?.[2] ?? '')]
    if (day === undefined) throw unsupported('A rule names a day of the week that there is not.')
    return { day, nth: Number(match?.[1] ?? 0) }
  })
}

/** Each day once, Sunday first; with `anyNth` whatever number stood before it. */
function plainDays(days: readonly { readonly day: Weekday; readonly nth: number }[], anyNth = false): readonly Weekday[] {
  if (!anyNth && days.some(({ nth }) => nth !== 0)) throw unsupported('A rule joins nth weekdays with other parts.')
  return weekdays.filter((name) => days.some(({ day }) => day === name))
}

function indexOf(position: number): WeekIndex {
  if (position === -1) return 'last'
  const index = position >= 1 && position <= 4 ? weekIndexes[position - 1] : undefined
  if (index === undefined) throw unsupported('A rule is on a fifth weekday, or on one counted from the end.')
  return index
}

function weekStart(rule: RuleValue): Weekday {
  return rule['wkst'] === undefined ? 'monday' : (weekdays[Number(rule['wkst']) - 1] ?? 'monday')
}

function assertWithout(rule: RuleValue, keys: readonly string[]): void {
  const key = keys.find((each) => list(rule, each).length > 0)
  if (key !== undefined) throw unsupported(`A rule of days or weeks uses ${key.toUpperCase()}.`)
}

function numbers(rule: RuleValue, key: string): readonly number[] {
  return list(rule, key).map(Number)
}

function list(rule: RuleValue, key: string): readonly unknown[] {
  return rule[key] === undefined ? [] : [rule[key]].flat()
}

function unsupported(detail: string): Error {
  return calendarError('recurrence-unsupported', detail)
}
