import { toTime } from '../../../formats/mail-date.ts'
import { badArguments } from './refusal.ts'

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const dateTime = /^( \d|\d\d)-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-]\d{4})$/
const date = /^"?(\d{1,2})-([A-Za-z]{3})-(\d{4})"?$/

/** A `date-time` of RFC 3501 section 9, in ms since 1970; throws `badArguments`. */
export function parseDateTime(text: string): number {
  const [, day, month, year, hour, minute, second, zone] = dateTime.exec(text) ?? []
  const time = toTime({ year, month, day: day?.trim(), hour, minute, second, zone })
  if (time === undefined) throw badArguments()
  return time.epochMs
}

/** A `date` of a search key: the first ms of the day in UTC, in which Exchange shows all dates. Throws `badArguments`. */
export function parseDate(text: string): number {
  const [, day, month, year] = date.exec(text) ?? []
  const time = toTime({ year, month, day, hour: '0', minute: '0', second: '0', zone: '+0000' })
  if (time === undefined) throw badArguments()
  return time.epochMs
}

/** `05-Mar-2017 01:02:03 +0000`. */
export function formatDateTime(timeMs: number): string {
  const at = new Date(timeMs)
  const two = (number: number) => String(number).padStart(2, '0')
  const day = `${two(at.getUTCDate())}-${months[at.getUTCMonth()]}-${String(at.getUTCFullYear()).padStart(4, '0')}`
  return `${day} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`
}
