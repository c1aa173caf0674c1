/** An instant and the zone it was written in. */
export interface ZonedTime {
  readonly epochMs: number
  readonly offsetMinutes: number
}

const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const
const monthNumbers = new Map(monthNames.map((name, index) => [name.toLowerCase(), index]))
const dateTime = /^ ?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d{1,2}):(\d{2}):(\d{2})(?: ([+-])(\d{2})(\d{2}))?$/
const dateTimeLength = 26

const minuteMs = 60_000
const twoDigits: readonly string[] = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'))

/**
 * Reads an INTERNALDATE (RFC 9051 `date-time` without its quotes) that begins at `start` of `text`. Also accepts one digit
 * of day or hour and a missing zone, which is read as UTC. Undefined when it is no date; second 60 counts on.
 */
export function parseDateTime(text: string, start = 0, end: number = text.length): ZonedTime | undefined {
  return (end - start === dateTimeLength ? parseExact(text, start) : undefined) ?? parseLoose(text.slice(start, end))
}

/** Writes an INTERNALDATE without quotes. The year must lie in 0 to 9999 and the offset within a day. */
export function formatDateTime({ epochMs, offsetMinutes }: ZonedTime): string {
  const local = new Date(epochMs + offsetMinutes * minuteMs)
  const offset = Math.abs(offsetMinutes)
  const year = local.getUTCFullYear()
  return (
    `${two(local.getUTCDate())}-${monthNames[local.getUTCMonth()]}-${year > 999 ? year : String(year).padStart(4, '0')} ` +
    `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())} ` +
    `${offsetMinutes < 0 ? '-' : '+'}${two(Math.trunc(offset / 60))}${two(offset % 60)}`
  )
}

/** A date as SEARCH takes it (RFC 9051 `date-text`), in UTC. */
export function formatDate(epochMs: number): string {
  const date = new Date(epochMs)
  return `${date.getUTCDate()}-${monthNames[date.getUTCMonth()]}-${String(date.getUTCFullYear()).padStart(4, '0')}`
}

function two(number: number): string {
  return twoDigits[number] ?? '00'
}

/** `17-Jul-1996 02:44:25 -0700`, at fixed places: the form of nearly every answer, read without a regular expression. */
function parseExact(text: string, start: number): ZonedTime | undefined {
  const day = text.charCodeAt(start) === 32 ? digit(text, start + 1) : pair(text, start)
  const month = monthAt(text, start + 3)
  const year = pair(text, start + 7) * 100 + pair(text, start + 9)
  const hour = pair(text, start + 12)
  const minute = pair(text, start + 15)
  const second = pair(text, start + 18)
  const sign = text.charCodeAt(start + 21)
  const offset = pair(text, start + 22) * 60 + pair(text, start + 24)
  if (!(sign === 43 || sign === 45) || month < 0) return undefined
  return toZonedTime(day, month, year, hour, minute, second, sign === 45 ? -offset : offset)
}

function parseLoose(text: string): ZonedTime | undefined {
  const match = dateTime.exec(text)
  const month = monthNumbers.get(match?.[2]?.toLowerCase() ?? '')
  if (match === null || month === undefined) return undefined
  const offset = Number(match[8] ?? 0) * 60 + Number(match[9] ?? 0)
  const [day, year, hour, minute, second] = [1, 3, 4, 5, 6].map((group) => Number(match[group])) as Five
  return toZonedTime(day, month, year, hour, minute, second, match[7] === '-' ? -offset : offset)
}

type Five = [number, number, number, number, number]

function toZonedTime(
  day: number,
  month: number,
  year: number,
  hour: number,
  minute: number,
  second: number,
  offsetMinutes: number,
): ZonedTime | undefined {
  const isPossible = day >= 1 && day <= 31 && hour <= 24 && minute <= 59 && second <= 60 && Math.abs(offsetMinutes) < 1440
  if (!isPossible) return undefined
  const epochMs = (year < 100 ? utcOfEarlyYear : Date.UTC)(year, month, day, hour, minute, second) - offsetMinutes * minuteMs
  return epochMs === epochMs ? { epochMs, offsetMinutes } : undefined
}

/** Date.UTC takes years below 100 for the twentieth century. */
function utcOfEarlyYear(year: number, month: number, day: number, hour: number, minute: number, second: number): number {
  const date = new Date(Date.UTC(2000, month, day, hour, minute, second))
  return date.setUTCFullYear(year, month, day)
}

function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - 48
  return value >= 0 && value <= 9 ? value : Number.NaN
}

function pair(text: string, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1)
}

function monthAt(text: string, at: number): number {
  return monthNumbers.get(text.slice(at, at + 3).toLowerCase()) ?? -1
}
