import type { AppointmentBlob, ExceptionBlob } from './appointment-recurrence-blob.ts'
import { overrideFlag, writerVersion2 } from './appointment-recurrence-blob.ts'
import { calendarError } from './calendar-error.ts'
import {
  civilOf,
  dayMs,
  dayNumberOf,
  dayOf,
  minuteMs,
  toDate,
  toDayNumber,
  toLocalMs,
  toLocalTime,
  weekdayOf,
} from './local-time.ts'
import { extentOf } from './occurrence-dates.ts'
import type { PatternBlob } from './recurrence-blob.ts'
import { endType, noEndDateMinutes, patternType, recurFrequency } from './recurrence-blob.ts'
import type { Recurrence, RecurrenceException, RecurrencePattern, RecurrenceRange, Weekday } from './recurrence.ts'
import { weekdays, weekIndexes } from './recurrence.ts'

const epochDay = dayNumberOf(1601, 1, 1)
const dayMinutes = 1440
const weekMinutes = 7 * dayMinutes
/** Of a series without end (MS-OXOCAL 2.2.1.44.1). */
const endlessCount = 10
const lastOfMonth = 31

/** A series by its PidLidAppointmentRecur. Throws `calendar.recurrence-unsupported` for calendars other than Gregorian. */
export function recurrenceOfBlob(blob: AppointmentBlob): Recurrence {
  const originals = new Set(blob.exceptions.map(({ originalStart }) => dayOfMinutes(originalStart)))
  return {
    ...patternOfBlob(blob.pattern),
    startMinutes: blob.startMinutes,
    durationMinutes: Math.max(blob.endMinutes - blob.startMinutes, 0),
    deletedDates: deletedDatesOf(blob.pattern).filter((date) => !originals.has(toDayNumber(date))),
    exceptions: blob.exceptions.map(exceptionOfBlob),
  }
}

/** The dates that the pattern leaves out, ascending. */
function deletedDatesOf({ deletedDates }: Pick<PatternBlob, 'deletedDates'>): readonly string[] {
  return [...new Set(deletedDates)].toSorted((a, b) => a - b).map((minutes) => toDate(dayOfMinutes(minutes)))
}

/** Pattern and range alone, which is all of a task's recurrence. */
export function patternOfBlob(blob: PatternBlob): Pick<Recurrence, 'pattern' | 'range'> {
  return { pattern: toPattern(blob), range: toRange(blob) }
}

function toPattern(blob: PatternBlob): RecurrencePattern {
  const period = Math.max(blob.period, 1)
  const daysOfWeek = weekdays.filter((_, n) => ((blob.weekdayBits ?? 0) & (1 << n)) !== 0)
  const isYearly = blob.frequency === recurFrequency.yearly || period % 12 === 0
  const months =
    isYearly && period % 12 === 0
      ? { interval: period / 12, month: civilOf(dayOfMinutes(blob.firstDateTime)).month }
      : { interval: period }
  switch (blob.patternType) {
    case patternType.day:
      return { type: 'daily', interval: Math.max(Math.round(period / dayMinutes), 1) }
    case patternType.week:
      if (daysOfWeek.length === 0) throw unsupported('A weekly series is on no day of the week.')
      return { type: 'weekly', interval: period, daysOfWeek, firstDayOfWeek: weekdays[blob.firstDayOfWeek % 7] ?? 'sunday' }
    case patternType.month:
    case patternType.monthEnd: {
      const dayOfMonth =
        blob.patternType === patternType.monthEnd ? lastOfMonth : clamp(blob.dayOfMonth ?? 1, 1, lastOfMonth)
      if (months.month === undefined) return { type: 'absoluteMonthly', interval: period, dayOfMonth }
      return { type: 'absoluteYearly', interval: months.interval, dayOfMonth, month: months.month }
    }
    case patternType.monthNth: {
      if (daysOfWeek.length === 0) throw unsupported('A monthly series is on no day of the week.')
      const index = weekIndexes[clamp(blob.nth ?? 1, 1, 5) - 1] ?? 'last'
      if (months.month === undefined) return { type: 'relativeMonthly', interval: period, daysOfWeek, index }
      return { type: 'relativeYearly', interval: months.interval, daysOfWeek, index, month: months.month }
    }
    default:
      throw unsupported('The series follows the Hijri calendar.')
  }
}

function toRange({ endType: end, startDate, endDate, occurrenceCount }: PatternBlob): RecurrenceRange {
  const start = toDate(dayOfMinutes(startDate))
  if (end === endType.onDate) return { type: 'endDate', startDate: start, endDate: toDate(dayOfMinutes(endDate)) }
  if (end === endType.afterCount)
    return { type: 'numbered', startDate: start, numberOfOccurrences: Math.max(occurrenceCount, 1) }
  return { type: 'noEnd', startDate: start }
}

function exceptionOfBlob(blob: ExceptionBlob): RecurrenceException {
  const { reminderDelta, reminderSet, busyStatus, attachment, subType, meetingType, color } = blob
  const subject = blob.wideSubject ?? blob.narrowSubject?.toString('latin1')
  const location = blob.wideLocation ?? blob.narrowLocation?.toString('latin1')
  const highlight =
    blob.changeHighlight !== undefined && blob.changeHighlight.length >= 4 ? blob.changeHighlight.readUInt32LE(0) : 0
  return {
    originalStart: timeOfMinutes(blob.originalStart),
    start: timeOfMinutes(blob.start),
    end: timeOfMinutes(blob.end),
    ...(subject !== undefined && { subject }),
    ...(location !== undefined && { location }),
    ...(busyStatus !== undefined && { busyStatus }),
    ...(reminderDelta !== undefined && { reminderMinutes: reminderDelta }),
    ...(reminderSet !== undefined && { reminderSet: reminderSet !== 0 }),
    ...(subType !== undefined && { allDay: subType !== 0 }),
    ...(attachment !== undefined && { hasAttachments: attachment !== 0 }),
    ...(meetingType !== undefined && { meetingState: meetingType }),
    ...(color !== undefined && { color }),
    ...((blob.overrideFlags & overrideFlag.body) !== 0 && { hasOwnBody: true }),
    ...(highlight !== 0 && { changeHighlight: highlight }),
  }
}

/** What PidLidAppointmentRecur stores for a series. Throws `calendar.recurrence-unsupported` beyond Exchange's limits. */
export function blobOfRecurrence(recurrence: Recurrence): AppointmentBlob {
  const { exceptions, startMinutes, durationMinutes } = recurrence
  const ordered = exceptions.toSorted((a, b) => toLocalMs(a.start) - toLocalMs(b.start))
  const originals = ordered.map(({ originalStart }) => originalStart.slice(0, 10))
  return {
    pattern: blobOfPattern(
      recurrence,
      [...recurrence.deletedDates, ...originals],
      ordered.map(({ start }) => start.slice(0, 10)),
    ),
    writerVersion: writerVersion2,
    startMinutes,
    endMinutes: startMinutes + durationMinutes,
    exceptions: ordered.map(blobOfException),
    reserved1: Buffer.alloc(0),
    reserved2: Buffer.alloc(0),
    rest: Buffer.alloc(0),
  }
}

/** What PidLidTaskRecurrence stores. Throws `calendar.recurrence-unsupported` beyond Exchange's limits. */
export function blobOfPattern(
  recurrence: Pick<Recurrence, 'pattern' | 'range'>,
  deletedDates: readonly string[] = [],
  modifiedDates: readonly string[] = [],
): PatternBlob {
  const { pattern, range } = recurrence
  const extent = extentOf(recurrence)
  const startDate = minutesOfDate(range.startDate)
  const form = formOf(pattern, toDayNumber(range.startDate))
  const ends = { noEnd: endType.never, endDate: endType.onDate, numbered: endType.afterCount } as const
  return {
    ...form,
    calendarType: 0,
    slidingFlag: 0,
    endType: ends[range.type],
    occurrenceCount:
      range.type === 'noEnd' ? endlessCount : range.type === 'numbered' ? range.numberOfOccurrences : (extent?.count ?? 0),
    firstDayOfWeek: pattern.type === 'weekly' ? weekdays.indexOf(pattern.firstDayOfWeek) : 0,
    deletedDates: datesOf([...new Set(deletedDates)]),
    modifiedDates: datesOf(modifiedDates),
    startDate,
    endDate:
      range.type === 'noEnd'
        ? noEndDateMinutes
        : range.type === 'endDate'
          ? minutesOfDate(range.endDate)
          : minutesOfDay(extent?.lastDay ?? toDayNumber(range.startDate)),
  }
}

type Form = Pick<
  PatternBlob,
  'frequency' | 'patternType' | 'firstDateTime' | 'period' | 'weekdayBits' | 'dayOfMonth' | 'nth'
>

/** Frequency, period and FirstDateTime (MS-OXOCAL 2.2.1.44.1.1), which fixes the phase of the pattern. */
function formOf(pattern: RecurrencePattern, startDay: number): Form {
  switch (pattern.type) {
    case 'daily': {
      const period = checked(pattern.interval, 999) * dayMinutes
      return {
        frequency: recurFrequency.daily,
        patternType: patternType.day,
        firstDateTime: minutesOfDay(startDay) % period,
        period,
      }
    }
    case 'weekly': {
      const period = checked(pattern.interval, 99)
      const weekStart = startDay - ((weekdayOf(startDay) - weekdays.indexOf(pattern.firstDayOfWeek) + 7) % 7)
      const firstDateTime = minutesOfDay(weekStart) % (period * weekMinutes)
      return {
        frequency: recurFrequency.weekly,
        patternType: patternType.week,
        firstDateTime,
        period,
        ...bitsOf(pattern.daysOfWeek),
      }
    }
    case 'absoluteMonthly':
    case 'absoluteYearly':
      return { patternType: patternType.month, ...monthForm(pattern, startDay), dayOfMonth: pattern.dayOfMonth }
    case 'relativeMonthly':
    case 'relativeYearly': {
      const nth = weekIndexes.indexOf(pattern.index) + 1
      return { patternType: patternType.monthNth, ...monthForm(pattern, startDay), ...bitsOf(pattern.daysOfWeek), nth }
    }
  }
}

function monthForm(
  pattern: Exclude<RecurrencePattern, { type: 'daily' | 'weekly' }>,
  startDay: number,
): Pick<PatternBlob, 'frequency' | 'firstDateTime' | 'period'> {
  const start = civilOf(startDay)
  const isYearly = 'month' in pattern
  const period = checked(isYearly ? 12 * pattern.interval : pattern.interval, 99)
  const months = (start.year - 1601) * 12 + (isYearly ? pattern.month : start.month) - 1
  const firstDateTime = minutesOfDay(dayNumberOf(1601, (months % period) + 1, 1))
  // Every other year is kept as a number of months (MS-OXCICAL 2.1.3.2.2.6).
  return { frequency: period === 12 ? recurFrequency.yearly : recurFrequency.monthly, firstDateTime, period }
}

function checked(interval: number, intervalMax: number): number {
  if (Number.isInteger(interval) && interval >= 1 && interval <= intervalMax) return interval
  throw unsupported('The interval of the series is longer than Exchange can keep.')
}

function bitsOf(daysOfWeek: readonly Weekday[]): { weekdayBits: number } {
  return { weekdayBits: weekdays.reduce((bits, name, n) => (daysOfWeek.includes(name) ? bits | (1 << n) : bits), 0) }
}

function blobOfException(exception: RecurrenceException): ExceptionBlob {
  const { subject, location, reminderMinutes, reminderSet, busyStatus, hasAttachments, allDay, meetingState, color } =
    exception
  const fields = {
    ...(subject !== undefined && { narrowSubject: narrow(subject), wideSubject: subject }),
    ...(meetingState !== undefined && { meetingType: meetingState }),
    ...(reminderMinutes !== undefined && { reminderDelta: reminderMinutes }),
    ...(reminderSet !== undefined && { reminderSet: Number(reminderSet) }),
    ...(location !== undefined && { narrowLocation: narrow(location), wideLocation: location }),
    ...(busyStatus !== undefined && { busyStatus }),
    ...(hasAttachments !== undefined && { attachment: Number(hasAttachments) }),
    ...(allDay !== undefined && { subType: Number(allDay) }),
    ...(color !== undefined && { color }),
  }
  const present: readonly (readonly [boolean, number])[] = [
    [subject !== undefined, overrideFlag.subject],
    [meetingState !== undefined, overrideFlag.meetingType],
    [reminderMinutes !== undefined, overrideFlag.reminderDelta],
    [reminderSet !== undefined, overrideFlag.reminder],
    [location !== undefined, overrideFlag.location],
    [busyStatus !== undefined, overrideFlag.busyStatus],
    [hasAttachments !== undefined, overrideFlag.attachment],
    [allDay !== undefined, overrideFlag.subType],
    [color !== undefined, overrideFlag.color],
    [exception.hasOwnBody === true, overrideFlag.body],
  ]
  const changeHighlight = Buffer.alloc(4)
  changeHighlight.writeUInt32LE(exception.changeHighlight ?? 0)
  return {
    start: minutesOfTime(exception.start),
    end: minutesOfTime(exception.end),
    originalStart: minutesOfTime(exception.originalStart),
    overrideFlags: present.reduce((flags, [isPresent, flag]) => (isPresent ? flags | flag : flags), 0),
    ...fields,
    changeHighlight,
    reserved1: Buffer.alloc(0),
    reserved2: Buffer.alloc(0),
  }
}

/** For readers from before Unicode; what is not in Latin-1 becomes a question mark. */
function narrow(text: string): Buffer {
  return Buffer.from(text.replace(/[^\0-\xff]/gu, '?'), 'latin1')
}

function datesOf(dates: readonly string[]): readonly number[] {
  return dates.map(minutesOfDate).toSorted((a, b) => a - b)
}

function dayOfMinutes(minutes: number): number {
  return Math.floor(minutes / dayMinutes) + epochDay
}

function minutesOfDay(dayNumber: number): number {
  const minutes = (dayNumber - epochDay) * dayMinutes
  if (minutes < 0) throw unsupported('A date is before 1601.')
  return minutes
}

function minutesOfDate(date: string): number {
  return minutesOfDay(toDayNumber(date))
}

function timeOfMinutes(minutes: number): string {
  return toLocalTime(minutes * minuteMs + epochDay * dayMs)
}

function minutesOfTime(time: string): number {
  const localMs = toLocalMs(time)
  return minutesOfDay(dayOf(localMs)) + Math.floor((localMs - dayOf(localMs) * dayMs) / minuteMs)
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max)
}

function unsupported(detail: string): Error {
  return calendarError('recurrence-unsupported', detail)
}
