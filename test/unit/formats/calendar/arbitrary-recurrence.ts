import fc from 'fast-check'
import { toDate, toDayNumber, toLocalTime } from '../../../../src/formats/calendar/local-time.ts'
import { occurrenceDays } from '../../../../src/formats/calendar/occurrence-dates.ts'
import type { Recurrence, RecurrencePattern, RecurrenceRange, Weekday } from '../../../../src/formats/calendar/recurrence.ts'
import { weekdays, weekIndexes } from '../../../../src/formats/calendar/recurrence.ts'

const daysOfWeek = fc.subarray([...weekdays], { minLength: 1 })
const month = fc.integer({ min: 1, max: 12 })
const index = fc.constantFrom(...weekIndexes)
const firstDayOfWeek = fc.constantFrom<Weekday>(...weekdays)

/** Patterns within Exchange's limits. `dayMax` 28 keeps out the days that months may lack. */
export function arbitraryPattern(dayMax = 31): fc.Arbitrary<RecurrencePattern> {
  const dayOfMonth = fc.integer({ min: 1, max: dayMax })
  const [daysMax, monthsMax, yearsMax] = [999, 99, 8]
  return fc.oneof(
    fc.record({ type: fc.constant('daily' as const), interval: fc.integer({ min: 1, max: daysMax }) }),
    fc.record({
      type: fc.constant('weekly' as const),
      interval: fc.integer({ min: 1, max: 99 }),
      daysOfWeek,
      firstDayOfWeek,
    }),
    fc.record({ type: fc.constant('absoluteMonthly' as const), interval: everyMonths(monthsMax), dayOfMonth }),
    fc.record({ type: fc.constant('relativeMonthly' as const), interval: everyMonths(monthsMax), daysOfWeek, index }),
    fc.record({
      type: fc.constant('absoluteYearly' as const),
      interval: fc.integer({ min: 1, max: yearsMax }),
      dayOfMonth,
      month,
    }),
    fc.record({
      type: fc.constant('relativeYearly' as const),
      interval: fc.integer({ min: 1, max: yearsMax }),
      daysOfWeek,
      index,
      month,
    }),
  )
}

/** Twelve months are a year, and come back as one. */
function everyMonths(max: number): fc.Arbitrary<number> {
  return fc.integer({ min: 1, max }).filter((months) => months % 12 !== 0)
}

const date = fc.integer({ min: toDayNumber('1990-01-01'), max: toDayNumber('2060-12-31') }).map(toDate)

/** Ranges of every kind. */
export const arbitraryRange: fc.Arbitrary<RecurrenceRange> = fc.oneof(
  date.map((startDate) => ({ type: 'noEnd' as const, startDate })),
  fc.record({ startDate: date, days: fc.integer({ min: 0, max: 4000 }) }).map(({ startDate, days }) => ({
    type: 'endDate' as const,
    startDate,
    endDate: toDate(toDayNumber(startDate) + days),
  })),
  fc.record({
    type: fc.constant('numbered' as const),
    startDate: date,
    numberOfOccurrences: fc.integer({ min: 1, max: 200 }),
  }),
)

/** Whole series with deleted and changed occurrences, in the order in which the stored form has them. */
export const arbitraryRecurrence: fc.Arbitrary<Recurrence> = fc
  .record({
    pattern: arbitraryPattern(),
    range: arbitraryRange,
    startMinutes: fc.integer({ min: 0, max: 1439 }),
    durationMinutes: fc.integer({ min: 0, max: 10_000 }),
    fates: fc.array(fc.constantFrom('kept', 'deleted', 'changed'), { maxLength: 12 }),
    subject: fc.option(fc.string({ maxLength: 40, unit: 'grapheme' }), { nil: undefined }),
    location: fc.option(fc.string({ maxLength: 40 }), { nil: undefined }),
    busyStatus: fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined }),
    reminderMinutes: fc.option(fc.nat(10_000), { nil: undefined }),
    allDay: fc.option(fc.boolean(), { nil: undefined }),
    hasOwnBody: fc.option(fc.constant(true), { nil: undefined }),
  })
  .map(({ pattern, range, startMinutes, durationMinutes, fates, ...overrides }) => {
    const days: number[] = []
    for (const day of occurrenceDays({ pattern, range }, Number.NEGATIVE_INFINITY)) {
      if (days.length >= fates.length) break
      days.push(day)
    }
    const present = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined))
    const at = (day: number, minutes: number): string => toLocalTime((day * 1440 + minutes) * 60_000)
    return {
      pattern,
      range,
      startMinutes,
      durationMinutes,
      deletedDates: days.filter((_, n) => fates[n] === 'deleted').map(toDate),
      exceptions: days.flatMap((day, n) =>
        fates[n] === 'changed'
          ? [
              {
                originalStart: at(day, startMinutes),
                start: at(day, startMinutes + n),
                end: at(day, startMinutes + n + 30),
                ...present,
              },
            ]
          : [],
      ),
    }
  })
