import fc from 'fast-check'
import ICAL from 'ical.js'
import { describe, expect, it } from 'vitest'
import { MigrationError } from '../../../../src/core/errors.ts'
import { readAppointmentBlob, writeAppointmentBlob } from '../../../../src/formats/calendar/appointment-recurrence-blob.ts'
import { toDate, toDayNumber } from '../../../../src/formats/calendar/local-time.ts'
import { occurrenceDays, patternDays } from '../../../../src/formats/calendar/occurrence-dates.ts'
import { fromPatternedRecurrence, toPatternedRecurrence } from '../../../../src/formats/calendar/patterned-recurrence.ts'
import { readPatternBlob, writePatternBlob } from '../../../../src/formats/calendar/recurrence-blob.ts'
import {
  blobOfPattern,
  blobOfRecurrence,
  patternOfBlob,
  recurrenceOfBlob,
} from '../../../../src/formats/calendar/recurrence-of-blob.ts'
import { recurrenceOfRule, ruleOfRecurrence } from '../../../../src/formats/calendar/recurrence-rule.ts'
import type { RecurrencePattern, RecurrenceRange } from '../../../../src/formats/calendar/recurrence.ts'
import { arbitraryPattern, arbitraryRange, arbitraryRecurrence } from './arbitrary-recurrence.ts'

/** In UTC at nine o'clock: what zones do is tested elsewhere. */
const start = (startDate: string) => ({
  localMs: Date.parse(`${startDate}T09:00:00Z`),
  isDate: false,
  toLocal: (ms: number) => ms,
})
const end = { isDate: false, startMinutes: 540, toUtc: (ms: number) => ms }

describe('a recurrence', () => {
  it('is stored and read', () => {
    fc.assert(
      fc.property(arbitraryRecurrence, (recurrence) => {
        expect(recurrenceOfBlob(readAppointmentBlob(writeAppointmentBlob(blobOfRecurrence(recurrence))))).toEqual(recurrence)
      }),
    )
  })

  it('is stored for a task and read', () => {
    fc.assert(
      fc.property(arbitraryPattern(), arbitraryRange, (pattern, range) => {
        expect(patternOfBlob(readPatternBlob(writePatternBlob(blobOfPattern({ pattern, range }))))).toEqual({
          pattern,
          range,
        })
      }),
    )
  })

  it('is a rule and back, and means the same to ical.js', () => {
    fc.assert(
      fc.property(arbitraryPattern(28), arbitraryRange, (pattern, loose) => {
        // ical.js counts a start that is no occurrence where it should not (BYSETPOS), so the first one is the start.
        const [startDate = ''] = expanded(pattern, { ...loose, type: 'noEnd' }, 1)
        const range = { ...loose, startDate }
        fc.pre(range.type !== 'endDate' || range.endDate >= startDate)
        const rule = ruleOfRecurrence(pattern, range, end)
        expect(recurrenceOfRule(asRead(rule), start(range.startDate))).toEqual({ pattern, range })
        expect(expandedByIcal(asRead(rule), range.startDate, 8)).toEqual(expanded(pattern, range, 8))
      }),
      { numRuns: 300 },
    )
  })

  it('is in Graph as it is', () => {
    fc.assert(
      fc.property(arbitraryPattern(), arbitraryRange, (pattern, range) => {
        const json: unknown = JSON.parse(JSON.stringify(toPatternedRecurrence({ pattern, range }, 'UTC')))
        expect(fromPatternedRecurrence(json)).toEqual({ pattern, range })
      }),
    )
  })

  it('jumps to any day of it', () => {
    fc.assert(
      fc.property(arbitraryPattern(), fc.nat(20_000), (pattern, distance) => {
        const from = toDayNumber('2000-01-05')
        const all: number[] = []
        for (const day of patternDays(pattern, from)) {
          if (day > from + distance + 3000) break
          all.push(day)
        }
        const late: number[] = []
        for (const day of patternDays(pattern, from, from + distance)) {
          if (day > from + distance + 3000) break
          late.push(day)
        }
        expect(late).toEqual(all.filter((day) => day >= from + distance))
      }),
      { numRuns: 50 },
    )
  })

  it.each([
    [
      'the 31st in a month of thirty days',
      { type: 'absoluteMonthly', interval: 1, dayOfMonth: 31 },
      ['2024-01-31', '2024-02-29', '2024-03-31', '2024-04-30'],
    ],
    [
      '29 February in a year without',
      { type: 'absoluteYearly', interval: 1, dayOfMonth: 29, month: 2 },
      ['2024-02-29', '2025-02-28', '2026-02-28', '2027-02-28'],
    ],
    [
      'the last working day',
      {
        type: 'relativeMonthly',
        interval: 1,
        daysOfWeek: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
        index: 'last',
      },
      ['2024-01-31', '2024-02-29', '2024-03-29', '2024-04-30'],
    ],
    [
      'every other week from the middle of one',
      { type: 'weekly', interval: 2, daysOfWeek: ['monday', 'friday'], firstDayOfWeek: 'monday' },
      ['2024-01-19', '2024-01-29', '2024-02-02', '2024-02-12'],
    ],
  ] satisfies [string, RecurrencePattern, string[]][])('%s', (_, pattern, dates) => {
    const startDate = pattern.type === 'weekly' ? '2024-01-17' : '2024-01-01'
    expect(expanded(pattern, { type: 'noEnd', startDate }, 4)).toEqual(dates)
  })

  it.each([
    ['FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR', 'weekly'],
    ['FREQ=MONTHLY;BYDAY=TU', 'weekly'],
    ['FREQ=MONTHLY;BYMONTH=3;BYMONTHDAY=4', 'absoluteYearly'],
    ['FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=15', 'absoluteMonthly'],
    ['FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1', 'absoluteMonthly'],
    ['FREQ=MONTHLY;BYDAY=SA,SU;BYSETPOS=1', 'relativeMonthly'],
    ['FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10', 'relativeYearly'],
  ])('%s is a pattern of Exchange too', (rule, type) => {
    const value = parsed(rule)
    // ical.js passes over the first March when the start is before it.
    const startDate = rule.includes('BYMONTH=3') ? '2024-03-04' : '2024-01-15'
    const { pattern, range } = recurrenceOfRule(value, start(startDate))
    expect(pattern.type).toBe(type)
    if (!rule.includes('28,29,30')) expect(expanded(pattern, range, 10)).toEqual(expandedByIcal(value, startDate, 10))
  })

  it.each([
    'FREQ=SECONDLY',
    'FREQ=HOURLY;COUNT=3',
    'FREQ=DAILY;BYHOUR=9,12',
    'FREQ=YEARLY;BYWEEKNO=20',
    'FREQ=YEARLY;BYYEARDAY=100',
    'FREQ=MONTHLY;BYDAY=5MO',
    'FREQ=MONTHLY;BYDAY=-2MO',
    'FREQ=MONTHLY;BYMONTHDAY=1,15',
    'FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13',
    'FREQ=YEARLY;BYMONTH=1,2',
  ])('%s is refused', (rule) => {
    expect(() => recurrenceOfRule(parsed(rule), start('2024-01-15'))).toThrow(
      expect.objectContaining({ code: 'calendar.recurrence-unsupported' }),
    )
  })

  it('is refused with an interval that is none', () => {
    for (const interval of [0, -1, 1.5, 'x']) {
      expect(() => recurrenceOfRule({ freq: 'DAILY', interval }, start('2024-01-15'))).toThrow(MigrationError)
    }
  })

  it('is refused when it is longer than Exchange can keep', () => {
    const range = { type: 'noEnd', startDate: '2024-01-01' } as const
    for (const pattern of [
      { type: 'daily', interval: 1000 },
      { type: 'absoluteYearly', interval: 9, dayOfMonth: 1, month: 1 },
    ] as const) {
      expect(() => blobOfPattern({ pattern, range })).toThrow(
        expect.objectContaining({ code: 'calendar.recurrence-unsupported' }),
      )
    }
  })

  it('is refused when it is damaged, wherever it is cut', () => {
    fc.assert(
      fc.property(arbitraryRecurrence, fc.nat(), (recurrence, cut) => {
        const bytes = writeAppointmentBlob(blobOfRecurrence(recurrence))
        try {
          readAppointmentBlob(bytes.subarray(0, cut % bytes.length))
        } catch (error) {
          expect(error).toMatchObject({ code: 'calendar.blob-corrupt' })
        }
      }),
    )
    expect(() => readAppointmentBlob(Buffer.alloc(0))).toThrow(expect.objectContaining({ code: 'calendar.blob-corrupt' }))
  })

  it('is never read with counts that its size belies', () => {
    const bytes = writePatternBlob(
      blobOfPattern({ pattern: { type: 'daily', interval: 1 }, range: { type: 'noEnd', startDate: '2024-01-01' } }),
    )
    bytes.writeUInt32LE(0xffffffff, 34)
    expect(() => readPatternBlob(bytes)).toThrow(expect.objectContaining({ code: 'calendar.blob-corrupt' }))
  })
})

function expanded(pattern: RecurrencePattern, range: RecurrenceRange, count: number): readonly string[] {
  const dates: string[] = []
  for (const day of occurrenceDays({ pattern, range }, Number.NEGATIVE_INFINITY)) {
    if (dates.push(toDate(day)) >= count) break
  }
  return dates
}

function expandedByIcal(rule: Readonly<Record<string, unknown>>, startDate: string, count: number): readonly string[] {
  const iterator = ICAL.Recur.fromData(structuredClone(rule)).iterator(ICAL.Time.fromString(`${startDate}T09:00:00Z`, null))
  const dates: string[] = []
  for (let next = iterator.next() as ICAL.Time | null; next !== null && dates.length < count; next = iterator.next()) {
    dates.push(next.toString().slice(0, 10))
  }
  return dates
}

/** The rule as it is after it was written and read. */
function asRead(rule: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return parsed(ICAL.stringify.value(rule as never, 'recur', ICAL.design.icalendar, false))
}

function parsed(rule: string): Readonly<Record<string, unknown>> {
  const [, , , value] = ICAL.parse.property(`RRULE:${rule}`) as [string, object, string, Readonly<Record<string, unknown>>]
  return value
}
