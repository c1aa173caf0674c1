import { calendarError } from './calendar-error.ts'
import { dayMs, dayOf, minuteMs, toDayNumber, toLocalMs, toLocalTime } from './local-time.ts'
import { occurrenceDays } from './occurrence-dates.ts'
import type { Recurrence, RecurrenceException } from './recurrence.ts'
import type { Zone } from './zone.ts'
import { toLocal, toUtc } from './zone.ts'

/** One of the times of a series. */
export interface Occurrence {
  /** Local time of the series' zone by the rule; what it is known by, also when it was moved. */
  readonly originalStart: string
  readonly startMs: number
  readonly endMs: number
  /** There when it differs from the others. */
  readonly exception?: RecurrenceException
}

const occurrencesMax = 100_000

/**
 * The occurrences that overlap the time from `fromMs` up to `toMs` (UTC), by start; those of no length count where they
 * start. Each is at the series' time of day in `zone`, whatever its clocks do, and lasts as long on the clock. Throws
 * `calendar.too-large` beyond 100,000.
 */
export function occurrencesOf(recurrence: Recurrence, zone: Zone, fromMs: number, toMs: number): readonly Occurrence[] {
  const { startMinutes, durationMinutes } = recurrence
  const hidden = new Set([
    ...recurrence.deletedDates,
    ...recurrence.exceptions.map(({ originalStart }) => originalStart.slice(0, 10)),
  ])
  const hiddenDays = new Set([...hidden].map(toDayNumber))
  const found: Occurrence[] = []
  const add = (occurrence: Occurrence): void => {
    const { startMs, endMs } = occurrence
    if (startMs >= toMs || (startMs === endMs ? startMs < fromMs : endMs <= fromMs)) return
    if (found.length >= occurrencesMax) throw calendarError('too-large', 'A series has too many occurrences in that time.')
    found.push(occurrence)
  }
  const firstDay = dayOf(toLocal(zone, fromMs) - durationMinutes * minuteMs - startMinutes * minuteMs) - 1
  const lastDay = dayOf(toLocal(zone, toMs)) + 1
  for (const day of occurrenceDays(recurrence, firstDay)) {
    if (day > lastDay) break
    if (hiddenDays.has(day)) continue
    const localMs = day * dayMs + startMinutes * minuteMs
    const endMs = toUtc(zone, localMs + durationMinutes * minuteMs)
    add({ originalStart: toLocalTime(localMs), startMs: toUtc(zone, localMs), endMs })
  }
  for (const exception of recurrence.exceptions) {
    const [startMs, endMs] = [exception.start, exception.end].map((time) => toUtc(zone, toLocalMs(time)))
    if (startMs !== undefined && endMs !== undefined)
      add({ originalStart: exception.originalStart, startMs, endMs, exception })
  }
  return found.toSorted((a, b) => a.startMs - b.startMs)
}
