import { minuteMs } from './local-time.ts'

/** A time zone as far as the calendar asks it. */
export interface Zone {
  /** What the zone calls itself: an IANA name, or the TZID or key name of one with rules of its own. */
  readonly id: string
  /** Local time minus UTC at an instant, in ms. */
  offsetMsAt(utcMs: number): number
}

/** UTC itself. */
export const utcZone: Zone = { id: 'UTC', offsetMsAt: () => 0 }

/** What the clock shows at an instant. */
export function toLocal(zone: Zone, utcMs: number): number {
  return utcMs + zone.offsetMsAt(utcMs)
}

/**
 * The instant at which the clock shows `localMs`. Of two the first one; a time that is skipped is taken with the offset
 * from before the change (RFC 5545 section 3.3.5).
 */
export function toUtc(zone: Zone, localMs: number): number {
  const before = localMs - zone.offsetMsAt(localMs - 24 * 60 * minuteMs)
  if (before + zone.offsetMsAt(before) === localMs) return before
  const after = localMs - zone.offsetMsAt(localMs + 24 * 60 * minuteMs)
  return after + zone.offsetMsAt(after) === localMs ? after : before
}

const cachedOffsetsMax = 20_000

/** A zone of Intl by its IANA name; undefined when there is none. */
export function ianaZone(name: string): Zone | undefined {
  const known = ianaZones.get(name)
  if (known !== undefined) return known
  const format = formatOf(name)
  if (format === undefined) return undefined
  const offsets = new Map<number, number>()
  const zone: Zone = {
    id: name,
    offsetMsAt: (utcMs) => {
      // Offsets change on quarters of an hour only, except in years when each town had its own time.
      const quarter = Math.floor(utcMs / (15 * minuteMs))
      const cached = offsets.get(quarter)
      if (cached !== undefined) return cached
      const offset = offsetBy(format, quarter * 15 * minuteMs)
      if (offsets.size >= cachedOffsetsMax) offsets.clear()
      offsets.set(quarter, offset)
      return offset
    },
  }
  ianaZones.set(name, zone)
  return zone
}

const ianaZones = new Map<string, Zone>()
const firstMs = Date.UTC(1601, 0, 1)
const lastMs = Date.UTC(4600, 0, 1)

function formatOf(name: string): Intl.DateTimeFormat | undefined {
  // Intl would take `+05:30` too, which is no name.
  if (!/^[A-Za-z][\w+/-]*$/.test(name)) return undefined
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function offsetBy(format: Intl.DateTimeFormat, utcMs: number): number {
  const at = Math.min(Math.max(utcMs, firstMs), lastMs)
  // `3/31/2024, 02:00:00`; a third of the time that formatToParts takes.
  const [month = 1, day = 1, year = 0, hour = 0, minute = 0, second = 0] = format.format(at).split(/\D+/).map(Number)
  return Date.UTC(year, month - 1, day, hour, minute, second) - at
}
