import { ByteCursor, ByteSink } from './byte-cursor.ts'
import { calendarError } from './calendar-error.ts'

/** RecurFrequency (MS-OXOCAL 2.2.1.44.1). */
export const recurFrequency = { daily: 0x200a, weekly: 0x200b, monthly: 0x200c, yearly: 0x200d } as const
/** PatternType: the Hijri ones are read, not converted. */
export const patternType = {
  day: 0,
  week: 1,
  month: 2,
  monthNth: 3,
  monthEnd: 4,
  hijriMonth: 10,
  hijriNth: 11,
  hijriEnd: 12,
} as const
/** EndType. */
export const endType = { onDate: 0x2021, afterCount: 0x2022, never: 0x2023, neverToo: 0xffffffff } as const
/** EndDate of a series without end (4500-08-31). */
export const noEndDateMinutes = 0x5ae980df

/** RecurrencePattern (MS-OXOCAL 2.2.1.44.1), field by field. Dates are minutes since 1601-01-01, local. */
export interface PatternBlob {
  readonly frequency: number
  readonly patternType: number
  readonly calendarType: number
  readonly firstDateTime: number
  /** Minutes, weeks or months. */
  readonly period: number
  readonly slidingFlag: number
  /** Days of the week as bits (1 Sunday), for the week and nth patterns. */
  readonly weekdayBits?: number
  /** For the month patterns. */
  readonly dayOfMonth?: number
  /** 1 to 4, or 5 for the last; for the nth patterns. */
  readonly nth?: number
  readonly endType: number
  readonly occurrenceCount: number
  readonly firstDayOfWeek: number
  readonly deletedDates: readonly number[]
  readonly modifiedDates: readonly number[]
  readonly startDate: number
  readonly endDate: number
}

const version = 0x3004
const weekPatterns: readonly number[] = [patternType.week]
const monthPatterns: readonly number[] = [
  patternType.month,
  patternType.monthEnd,
  patternType.hijriMonth,
  patternType.hijriEnd,
]
const nthPatterns: readonly number[] = [patternType.monthNth, patternType.hijriNth]

/** PidLidTaskRecurrence, which is a pattern and nothing more. Throws `calendar.blob-corrupt`. */
export function readPatternBlob(bytes: Uint8Array): PatternBlob {
  return readPattern(new ByteCursor(bytes))
}

/** Reads on from a cursor. Throws `calendar.blob-corrupt`. */
export function readPattern(cursor: ByteCursor): PatternBlob {
  if (cursor.u16() !== version) throw calendarError('blob-corrupt', 'A stored recurrence has an unknown version.')
  cursor.u16()
  const [frequency, type, calendarType] = [cursor.u16(), cursor.u16(), cursor.u16()]
  const [firstDateTime, period, slidingFlag] = [cursor.u32(), cursor.u32(), cursor.u32()]
  const specific = readSpecific(cursor, type)
  const [end, occurrenceCount, firstDayOfWeek] = [cursor.u32(), cursor.u32(), cursor.u32()]
  const deletedDates = readDates(cursor)
  const modifiedDates = readDates(cursor)
  return {
    frequency,
    patternType: type,
    calendarType,
    firstDateTime,
    period,
    slidingFlag,
    ...specific,
    endType: end,
    occurrenceCount,
    firstDayOfWeek,
    deletedDates,
    modifiedDates,
    startDate: cursor.u32(),
    endDate: cursor.u32(),
  }
}

function readSpecific(cursor: ByteCursor, type: number): Pick<PatternBlob, 'weekdayBits' | 'dayOfMonth' | 'nth'> {
  if (weekPatterns.includes(type)) return { weekdayBits: cursor.u32() }
  if (monthPatterns.includes(type)) return { dayOfMonth: cursor.u32() }
  if (nthPatterns.includes(type)) return { weekdayBits: cursor.u32(), nth: cursor.u32() }
  if (type === patternType.day) return {}
  throw calendarError('blob-corrupt', 'A stored recurrence has an unknown pattern.')
}

function readDates(cursor: ByteCursor): number[] {
  return Array.from({ length: cursor.count(cursor.u32(), 4) }, () => cursor.u32())
}

/** The bytes of a pattern: the whole of PidLidTaskRecurrence, the beginning of PidLidAppointmentRecur. */
export function writePatternBlob(pattern: PatternBlob): Buffer {
  const { weekdayBits, dayOfMonth, nth } = pattern
  const sink = new ByteSink()
    .u16(version)
    .u16(version)
    .u16(pattern.frequency)
    .u16(pattern.patternType)
    .u16(pattern.calendarType)
  sink.u32(pattern.firstDateTime).u32(pattern.period).u32(pattern.slidingFlag)
  for (const field of [weekdayBits, dayOfMonth, nth]) if (field !== undefined) sink.u32(field)
  sink.u32(pattern.endType).u32(pattern.occurrenceCount).u32(pattern.firstDayOfWeek)
  for (const dates of [pattern.deletedDates, pattern.modifiedDates]) {
    sink.u32(dates.length)
    for (const date of dates) sink.u32(date)
  }
  return sink.u32(pattern.startDate).u32(pattern.endDate).toBuffer()
}
