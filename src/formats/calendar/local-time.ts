/** ms of a day. */
export const dayMs = 86_400_000
/** ms of a minute. */
export const minuteMs = 60_000

/**
 * Times without a zone are numbers too: `localMs` is what the clock on the wall shows, counted as if it were UTC. A day
 * is counted from 1970-01-01 (`dayNumber`), a date is the text `2024-02-29`, a time the text `2024-02-29T09:00:00`.
 */
export function toDate(dayNumber: number): string {
  return toLocalTime(dayNumber * dayMs).slice(0, 10)
}

/** The day of a date text. Throws a RangeError for anything that is no date between the years 1 and 9999. */
export function toDayNumber(date: string): number {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date)
  const timeMs = match === null ? Number.NaN : utcMs(Number(match[1]), Number(match[2]), Number(match[3]))
  if (Number.isNaN(timeMs) || toDate(timeMs / dayMs) !== date) throw new RangeError('not a date')
  return timeMs / dayMs
}

/** The time text of a `localMs`, to the second. */
export function toLocalTime(localMs: number): string {
  return new Date(localMs).toISOString().slice(0, 19)
}

/** The `localMs` of a time text. Throws a RangeError when it is none. */
export function toLocalMs(time: string): number {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?$/.exec(time)
  if (match === null) throw new RangeError('not a time')
  const [, date = '', hours, minutes, seconds] = match
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 60) throw new RangeError('not a time')
  return toDayNumber(date) * dayMs + ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000
}

/** The day in which a `localMs` falls. */
export function dayOf(localMs: number): number {
  return Math.floor(localMs / dayMs)
}

/** Year, month (1 to 12) and day of the month of a day. */
export function civilOf(dayNumber: number): { readonly year: number; readonly month: number; readonly day: number } {
  const date = new Date(dayNumber * dayMs)
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
}

/** The day number of a date; months beyond 12 and days beyond the month run on. */
export function dayNumberOf(year: number, month: number, day: number): number {
  return utcMs(year, month, day) / dayMs
}

/** How many days a month has. */
export function daysInMonth(year: number, month: number): number {
  return dayNumberOf(year, month + 1, 1) - dayNumberOf(year, month, 1)
}

/** 0 Sunday to 6 Saturday. */
export function weekdayOf(dayNumber: number): number {
  return (((dayNumber + 4) % 7) + 7) % 7
}

/** Date.UTC takes years below 100 for those of the 20th century. */
function utcMs(year: number, month: number, day: number): number {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return date.getTime()
}
