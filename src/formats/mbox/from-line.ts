import type { ZonedTime } from '../../core/model/item.ts'
import { toTime } from '../mail-date.ts'

/** A line longer than this is text, whatever it begins with. */
export const fromLineBytesMax = 512

/** A line that stands between two messages of an mbox. */
export interface FromLine {
  /** `dated`: sender and date, as the format asks. `bare`: one word and no date, as some exporters write. */
  readonly form: 'dated' | 'bare'
  /** Absent where the date is missing or no date that can be. */
  readonly receivedAt?: ZonedTime
}

/**
 * Sender, weekday, month, day, time, year, and a zone before or after the year (RFC 4155 appendix A, and what Dovecot,
 * Google Takeout and Eudora write).
 */
const dated = new RegExp(
  [
    /^From .*?\b(?:mon|tue|wed|thu|fri|sat|sun),? +/,
    /(?:([a-z]{3}) +(\d{1,2})|(\d{1,2}) +([a-z]{3})) +(\d{1,2}):(\d{2})(?::(\d{2}))?/,
    /(?: +([+-]\d{4}|[a-z]{1,5}))? +(\d{4})(?: +([+-]\d{4}|[a-z]{1,5}))?\s*$/,
  ]
    .map((part) => part.source)
    .join(''),
  'i',
)

/** Reads a line without its line end; undefined when it is no such line: "From Russia with love" is none. */
export function parseFromLine(line: string): FromLine | undefined {
  if (line.length > fromLineBytesMax || !line.startsWith('From ')) return undefined
  const match = dated.exec(line)
  if (match === null) return /^From \S+\s*$/.test(line) ? { form: 'bare' } : undefined
  const [, monthFirst, dayAfter, dayFirst, monthAfter, hour, minute, second, zoneBefore, year, zoneAfter] = match
  const month = monthFirst ?? monthAfter
  const day = dayAfter ?? dayFirst
  const receivedAt = toTime({ year, month, day, hour, minute, second, zone: zoneBefore ?? zoneAfter })
  return { form: 'dated', ...(receivedAt !== undefined && { receivedAt }) }
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The line for a message, without a line end; the date in UTC. A year that four digits cannot write becomes 1970. */
export function formatFromLine(sender: string, epochMs: number): string {
  const wanted = new Date(epochMs)
  const canBeWritten = wanted.getUTCFullYear() >= 1 && wanted.getUTCFullYear() <= 9999
  const date = canBeWritten ? wanted : new Date(0)
  const day = String(date.getUTCDate()).padStart(2, ' ')
  const time = date.toISOString().slice(11, 19)
  const year = String(date.getUTCFullYear()).padStart(4, '0')
  return `From ${sender} ${weekdays[date.getUTCDay()]} ${monthNames[date.getUTCMonth()]} ${day} ${time} ${year}`
}
