import { fromFileTime, toFileTime } from '../mapi/file-time.ts'

const dayMs = 86_400_000
/** Exchange stores a day as this time of it in UTC, which is the same day in nearly all time zones. */
const noonlessMs = (11 * 60 + 59) * 60_000
/** 1601-01-01, where MAPI's times begin, and 4500-01-01: MAPI writes "none" as a day of 4501. */
const firstMs = Date.UTC(1601, 0, 1)
const endMs = Date.UTC(4500, 0, 1)

/** A day as MAPI stores it: the moment in UTC, and midnight without a time zone. */
export interface StoredDay {
  readonly utc: bigint
  readonly local: bigint
}

/**
 * The stored form of `yyyy-mm-dd` or of an ISO 8601 moment; undefined when it is neither, or outside of what MAPI can
 * hold (1601 to 4499).
 */
export function toStoredDay(text: string): StoredDay | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})(T.+)?$/.exec(text)
  if (match === null) return undefined
  const midnightMs = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]))
  if (new Date(midnightMs).toISOString().slice(0, 10) !== text.slice(0, 10)) return undefined
  const timeMs = match[4] === undefined ? midnightMs + noonlessMs : Date.parse(text)
  if (Number.isNaN(timeMs) || timeMs < firstMs || timeMs >= endMs) return undefined
  return { utc: toFileTime(timeMs), local: toFileTime(nearestDayMs(timeMs)) }
}

/**
 * The moment that a stored day is, as `yyyy-mm-ddThh:mm:ssZ`. Old Outlooks stored midnight of their time zone, of which
 * only the local form tells the day: when the two contradict each other, the day is the local one. Undefined when
 * nothing usable is stored.
 */
export function toMoment(utc: bigint | undefined, local: bigint | undefined): string | undefined {
  const utcMs = toUsableMs(utc)
  const localMs = toUsableMs(local)
  if (localMs !== undefined) {
    const dayStartMs = Math.floor(localMs / dayMs) * dayMs
    if (utcMs === undefined || nearestDayMs(utcMs) !== dayStartMs) return toIso(dayStartMs + noonlessMs)
  }
  return utcMs === undefined ? undefined : toIso(utcMs)
}

/** The day `yyyy-mm-dd` that a moment of `toMoment` stands for: midnights west and east of Greenwich count as their day. */
export function toDay(moment: string): string {
  return toIso(nearestDayMs(Date.parse(moment))).slice(0, 10)
}

function nearestDayMs(timeMs: number): number {
  return Math.floor((timeMs + dayMs / 2) / dayMs) * dayMs
}

function toUsableMs(ticks: bigint | undefined): number | undefined {
  const timeMs = ticks === undefined ? undefined : fromFileTime(ticks)
  return timeMs !== undefined && timeMs >= firstMs && timeMs < endMs ? timeMs : undefined
}

function toIso(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/\.\d{3}Z$/, 'Z')
}
