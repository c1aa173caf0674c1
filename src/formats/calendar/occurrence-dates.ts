import { calendarError } from './calendar-error.ts'
import { civilOf, dayNumberOf, daysInMonth, toDayNumber, weekdayOf } from './local-time.ts'
import type { Recurrence, RecurrencePattern, Weekday, WeekIndex } from './recurrence.ts'
import { weekdays, weekIndexes } from './recurrence.ts'

/** Exchange's calendars end here (4500-08-31). */
const lastDay = dayNumberOf(4500, 8, 31)
/** More occurrences than any series between 1601 and 4500 has. */
const occurrencesMax = 1_100_000

/**
 * The days of a pattern in order, from the first one that is not before both `startDay` and `fromDay`; `startDay` fixes
 * which weeks and months count. Ends with the calendar in the year 4500, so it always ends.
 */
export function* patternDays(pattern: RecurrencePattern, startDay: number, fromDay = startDay): Generator<number> {
  const first = Math.max(startDay, fromDay)
  for (const day of periodDays(pattern, startDay, first)) {
    if (day > lastDay) return
    if (day >= first) yield day
  }
}

/** The days on which a series has occurrences by its rule, deleted and changed ones included, from `fromDay` on. */
export function* occurrenceDays(
  { pattern, range }: Pick<Recurrence, 'pattern' | 'range'>,
  fromDay: number,
): Generator<number> {
  const startDay = toDayNumber(range.startDate)
  if (range.type === 'numbered') {
    let count = 0
    for (const day of patternDays(pattern, startDay)) {
      if (++count > range.numberOfOccurrences) return
      if (day >= fromDay) yield day
    }
    return
  }
  const endDay = range.type === 'endDate' ? toDayNumber(range.endDate) : lastDay
  for (const day of patternDays(pattern, startDay, fromDay)) {
    if (day > endDay) return
    yield day
  }
}

/** How many occurrences the rule of a series gives and the day of the last; undefined for one without end or without any. */
export function extentOf(recurrence: Pick<Recurrence, 'pattern' | 'range'>): { count: number; lastDay: number } | undefined {
  if (recurrence.range.type === 'noEnd') return undefined
  let count = 0
  let last = 0
  for (const day of occurrenceDays(recurrence, Number.NEGATIVE_INFINITY)) {
    if (++count > occurrencesMax) throw calendarError('too-large', 'A series has too many occurrences.')
    last = day
  }
  return count === 0 ? undefined : { count, lastDay: last }
}

/** Candidates by whole periods, beginning with the one that holds `fromDay`; some may be before it. */
function* periodDays(pattern: RecurrencePattern, startDay: number, fromDay: number): Generator<number> {
  switch (pattern.type) {
    case 'daily': {
      for (let day = startDay + alignedDown(fromDay - startDay, pattern.interval); day <= lastDay; day += pattern.interval)
        yield day
      return
    }
    case 'weekly': {
      const firstOfWeek = weekdays.indexOf(pattern.firstDayOfWeek)
      const offsets = pattern.daysOfWeek
        .map((name) => (weekdays.indexOf(name) - firstOfWeek + 7) % 7)
        .toSorted((a, b) => a - b)
      const startWeek = startDay - ((weekdayOf(startDay) - firstOfWeek + 7) % 7)
      const step = 7 * pattern.interval
      for (let week = startWeek + alignedDown(fromDay - startWeek, step); week <= lastDay; week += step) {
        for (const offset of offsets) yield week + offset
      }
      return
    }
    case 'absoluteMonthly':
    case 'relativeMonthly': {
      yield* monthDays(pattern, startDay, fromDay, pattern.interval)
      return
    }
    case 'absoluteYearly':
    case 'relativeYearly': {
      const phase = dayNumberOf(civilOf(startDay).year, pattern.month, 1)
      yield* monthDays(pattern, phase, fromDay, 12 * pattern.interval)
      return
    }
  }
}

function* monthDays(
  pattern: Exclude<RecurrencePattern, { type: 'daily' | 'weekly' }>,
  startDay: number,
  fromDay: number,
  intervalMonths: number,
): Generator<number> {
  const start = civilOf(startDay)
  const from = civilOf(fromDay)
  const startMonth = start.year * 12 + start.month - 1
  for (
    let n = startMonth + alignedDown(from.year * 12 + from.month - 1 - startMonth, intervalMonths);
    ;
    n += intervalMonths
  ) {
    const year = Math.floor(n / 12)
    const month = (n % 12) + 1
    const monthStart = dayNumberOf(year, month, 1)
    if (monthStart > lastDay) return
    const days = daysInMonth(year, month)
    if ('dayOfMonth' in pattern) yield monthStart + Math.min(pattern.dayOfMonth, days) - 1
    else yield monthStart + nthDay(pattern.daysOfWeek, pattern.index, weekdayOf(monthStart), days)
  }
}

/** How many days after the first of the month. */
function nthDay(daysOfWeek: readonly Weekday[], index: WeekIndex, firstWeekday: number, days: number): number {
  const matches = Array.from({ length: days }, (_, n) => n).filter((n) =>
    daysOfWeek.includes(weekdays[(firstWeekday + n) % 7] ?? 'sunday'),
  )
  const at = index === 'last' ? matches.length - 1 : weekIndexes.indexOf(index)
  return matches[at] ?? 0
}

function alignedDown(distance: number, step: number): number {
  return distance <= 0 ? 0 : Math.floor(distance / step) * step
}
