import type { ZonedTime } from '../core/model/item.ts'

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** Day, month and year, then a time, then perhaps a zone (RFC 5322 section 3.3 and what is written instead of it). */
const headerDate =
  /\b(\d{1,2})[ -]([a-z]{3})[a-z]*[ -](\d{2,4}),? (\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([+-]\d{4}|[a-z]{1,5})\b)?/i

/** The date in a `Date` or at the end of a `Received` value. Undefined when there is none that can be. */
export function parseHeaderDate(value: string): ZonedTime | undefined {
  const match = headerDate.exec(value.slice(-dateCharactersMax).replace(/\s+/g, ' '))
  if (match === null) return undefined
  const [, day, month, year, hour, minute, second, zone] = match
  return toTime({ year, month, day, hour, minute, second, zone })
}

const dateCharactersMax = 200

/** The parts of a date as they are written. */
export interface WrittenDate {
  readonly year: string | undefined
  readonly month: string | undefined
  readonly day: string | undefined
  readonly hour: string | undefined
  readonly minute: string | undefined
  readonly second: string | undefined
  readonly zone: string | undefined
}

/** Undefined for a day or time that does not exist. Without a zone, and in one that is only named, it is UTC. */
export function toTime(written: WrittenDate): ZonedTime | undefined {
  const month = months.indexOf(written.month?.toLowerCase() ?? '')
  const day = Number(written.day)
  const hour = Number(written.hour)
  const minute = Number(written.minute)
  // A leap second is as good as the one before it.
  const second = Math.min(Number(written.second ?? 0), 59)
  const year = toYear(written.year ?? '')
  const date = new Date(Date.UTC(2000, 0))
  date.setUTCFullYear(year, month, day)
  date.setUTCHours(hour, minute, second)
  const isReal = month >= 0 && date.getUTCMonth() === month && date.getUTCDate() === day && hour < 24 && minute < 60
  if (!isReal || year === 0) return undefined
  const offsetMinutes = toOffset(written.zone)
  return { epochMs: date.getTime() - offsetMinutes * 60_000, offsetMinutes }
}

/** Two digits are of 1950 to 2049, three count from 1900 (RFC 5322 section 4.3). */
function toYear(text: string): number {
  const year = Number(text)
  if (text.length === 2) return year < 50 ? 2000 + year : 1900 + year
  return text.length === 3 ? 1900 + year : year
}

function toOffset(zone: string | undefined): number {
  const match = /^([+-])(\d{2})(\d{2})$/.exec(zone ?? '')
  if (match === null) return 0
  const minutes = Number(match[2]) * 60 + Number(match[3])
  if (minutes > 16 * 60 || minutes === 0) return 0
  return match[1] === '-' ? -minutes : minutes
}
