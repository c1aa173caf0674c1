import { toLocalMs } from '../../formats/calendar/local-time.ts'
import { zoneByName } from '../../formats/calendar/windows-zone.ts'
import { toUtc } from '../../formats/calendar/zone.ts'
import { JsonRefusal } from './refusal.ts'

/** Graph's `dateTimeTimeZone`. */
export interface DateTimeTimeZoneJson {
  readonly dateTime: string
  readonly timeZone: string
}

/** What may come in as one. */
export interface DateTimeTimeZoneInput {
  readonly dateTime?: string | null
  readonly timeZone?: string | null
}

/** `2026-11-21T09:00:00Z`: mail's times have no fractions. */
export function toGraphTime(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`
}

/** `{ dateTime: '2026-11-21T09:00:00.0000000', timeZone: 'UTC' }`. */
export function toDateTimeTimeZone(timeMs: number): DateTimeTimeZoneJson {
  return { dateTime: `${new Date(timeMs).toISOString().slice(0, 19)}.0000000`, timeZone: 'UTC' }
}

/** The instant, in ms; the zone is a Windows or an IANA name, UTC where absent. Throws a JsonRefusal for what is none. */
export function fromDateTimeTimeZone({ dateTime, timeZone }: DateTimeTimeZoneInput): number {
  const zone = zoneByName(timeZone ?? 'UTC')
  if (zone === undefined) {
    throw new JsonRefusal(
      400,
      'TimeZoneNotSupportedException',
      `The following TimeZone value is not supported: ${timeZone}.`,
    )
  }
  const text = dateTime ?? ''
  if (/(?:Z|[+-]\d{2}:\d{2})$/.test(text) && !Number.isNaN(Date.parse(text))) return Date.parse(text)
  try {
    return toUtc(
      zone,
      toLocalMs(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00` : /T\d{2}:\d{2}$/.test(text) ? `${text}:00` : text),
    )
  } catch {
    throw new JsonRefusal(400, 'ErrorPropertyValidationFailure', `The value '${text}' is no valid date and time.`)
  }
}
