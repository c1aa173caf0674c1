import { UsageError } from '../usage-error.ts'

const dayMs = 24 * 60 * 60 * 1000
const daysMax = 100_000

/**
 * The instant that `2024-03-31`, `2024-03-31T08:00`, `2024-03-31T08:00:00+02:00` or `90d` (days before `nowMs`) means, in
 * epoch milliseconds. Without a zone it is UTC, so that the same command means the same on every machine. Throws
 * `UsageError`; `option` names the place.
 */
export function parseInstant(text: string, option: string, nowMs: number): number {
  const days = /^(\d{1,6})d$/i.exec(text)?.[1]
  if (days !== undefined && Number(days) <= daysMax) return nowMs - Number(days) * dayMs
  const epochMs = parseDate(text)
  if (epochMs === undefined) {
    throw new UsageError(
      'date',
      `${option}: "${text}" is neither a date nor a number of days.`,
      'Write a date such as 2024-03-31, a time such as 2024-03-31T08:00Z, or days before now such as 90d.',
    )
  }
  return epochMs
}

function parseDate(text: string): number | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d))?(Z|[+-]\d\d:\d\d)?)?$/i.exec(text)
  if (match === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map((part) => Number(part ?? 0))
  const offsetMinutes = parseOffset(match[7])
  const epochMs = Date.UTC(year, month - 1, day, hour, minute, second)
  const date = new Date(epochMs)
  // Date.UTC takes 31 February for 2 March; what comes back then differs.
  const isReal =
    offsetMinutes !== undefined &&
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second
  return isReal ? epochMs - offsetMinutes * 60_000 : undefined
}

function parseOffset(zone: string | undefined): number | undefined {
  if (zone === undefined || zone.toUpperCase() === 'Z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(4))
  if (hours > 14 || minutes > 59) return undefined
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}
