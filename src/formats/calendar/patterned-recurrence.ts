import { calendarError } from './calendar-error.ts'
import { toDayNumber } from './local-time.ts'
import type { Recurrence, RecurrencePattern, RecurrenceRange, Weekday } from './recurrence.ts'
import { weekdays, weekIndexes } from './recurrence.ts'

/** A patternedRecurrence of Graph with all its properties, as answers have it. */
export interface PatternedRecurrence {
  readonly pattern: {
    readonly type: RecurrencePattern['type']
    readonly interval: number
    readonly month: number
    readonly dayOfMonth: number
    readonly daysOfWeek?: readonly Weekday[]
    readonly firstDayOfWeek: Weekday
    readonly index: string
  }
  readonly range: {
    readonly type: RecurrenceRange['type']
    readonly startDate: string
    readonly endDate: string
    readonly recurrenceTimeZone: string
    readonly numberOfOccurrences: number
  }
}

const noDate = '0001-01-01'

/** What Graph answers for a series; `recurrenceTimeZone` is a Windows name. */
export function toPatternedRecurrence(
  { pattern, range }: Pick<Recurrence, 'pattern' | 'range'>,
  recurrenceTimeZone: string,
): PatternedRecurrence {
  return {
    pattern: {
      type: pattern.type,
      interval: pattern.interval,
      month: 'month' in pattern ? pattern.month : 0,
      dayOfMonth: 'dayOfMonth' in pattern ? pattern.dayOfMonth : 0,
      ...('daysOfWeek' in pattern && { daysOfWeek: pattern.daysOfWeek }),
      firstDayOfWeek: 'firstDayOfWeek' in pattern ? pattern.firstDayOfWeek : 'sunday',
      index: 'index' in pattern ? pattern.index : 'first',
    },
    range: {
      type: range.type,
      startDate: range.startDate,
      endDate: range.type === 'endDate' ? range.endDate : noDate,
      recurrenceTimeZone,
      numberOfOccurrences: range.type === 'numbered' ? range.numberOfOccurrences : 0,
    },
  }
}

const patternKeys = ['@odata.type', 'type', 'interval', 'month', 'dayOfMonth', 'daysOfWeek', 'firstDayOfWeek', 'index']
const rangeKeys = ['@odata.type', 'type', 'startDate', 'endDate', 'recurrenceTimeZone', 'numberOfOccurrences']

/**
 * Pattern and range of a patternedRecurrence in a request. Each type needs its own properties (Graph's recurrencePattern
 * page); those of other types may stand there and are passed over, unknown ones are refused. Throws
 * `calendar.recurrence-unsupported`.
 */
export function fromPatternedRecurrence(json: unknown): Pick<Recurrence, 'pattern' | 'range'> {
  const { pattern, range } = recordOf(json, ['@odata.type', 'pattern', 'range'])
  return { pattern: patternOf(recordOf(pattern, patternKeys)), range: rangeOf(recordOf(range, rangeKeys)) }
}

type JsonRecord = Readonly<Record<string, unknown>>

function patternOf(json: JsonRecord): RecurrencePattern {
  const interval = integer(json['interval'], 1, 999)
  const { type } = json
  switch (type) {
    case 'daily':
      return { type, interval }
    case 'weekly':
      return {
        type,
        interval,
        daysOfWeek: daysOf(json),
        firstDayOfWeek: oneOf(json['firstDayOfWeek'] ?? 'sunday', weekdays),
      }
    case 'absoluteMonthly':
      return { type, interval, dayOfMonth: integer(json['dayOfMonth'], 1, 31) }
    case 'relativeMonthly':
      return { type, interval, daysOfWeek: daysOf(json), index: oneOf(json['index'] ?? 'first', weekIndexes) }
    case 'absoluteYearly':
      return { type, interval, dayOfMonth: integer(json['dayOfMonth'], 1, 31), month: integer(json['month'], 1, 12) }
    case 'relativeYearly': {
      const index = oneOf(json['index'] ?? 'first', weekIndexes)
      return { type, interval, daysOfWeek: daysOf(json), index, month: integer(json['month'], 1, 12) }
    }
    default:
      throw refused()
  }
}

function rangeOf(json: JsonRecord): RecurrenceRange {
  const startDate = dateOf(json['startDate'])
  const { type } = json
  switch (type) {
    case 'noEnd':
      return { type, startDate }
    case 'numbered':
      return { type, startDate, numberOfOccurrences: integer(json['numberOfOccurrences'], 1, 999) }
    case 'endDate': {
      const endDate = dateOf(json['endDate'])
      if (endDate < startDate) throw refused()
      return { type, startDate, endDate }
    }
    default:
      throw refused()
  }
}

function daysOf(json: JsonRecord): readonly Weekday[] {
  const days = json['daysOfWeek']
  if (!Array.isArray(days) || days.length === 0) throw refused()
  const named = days.map((day) => oneOf(day, weekdays))
  return weekdays.filter((day) => named.includes(day))
}

function oneOf<T extends string>(value: unknown, known: readonly T[]): T {
  const found = typeof value === 'string' ? known.find((each) => each === value.toLowerCase()) : undefined
  if (found === undefined) throw refused()
  return found
}

function integer(value: unknown, min: number, max: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) throw refused()
  return value
}

function dateOf(value: unknown): string {
  try {
    if (typeof value === 'string' && toDayNumber(value) >= toDayNumber('1601-01-01')) return value
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  throw refused()
}

function recordOf(value: unknown, keys: readonly string[]): JsonRecord {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refused()
  if (Object.keys(value).some((key) => !keys.includes(key))) throw refused()
  return value as JsonRecord
}

function refused(): Error {
  return calendarError('recurrence-unsupported', 'A recurrence is incomplete or has values that there are not.')
}
