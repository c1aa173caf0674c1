import type { Zone } from './zone.ts'
import { civilOf, dayNumberOf, dayOf, daysInMonth, dayMs, minuteMs, weekdayOf } from './local-time.ts'

/** A change of the clock. */
export interface ZoneTransition {
  readonly utcMs: number
  readonly beforeMs: number
  readonly afterMs: number
}

const cachedYearsMax = 2_000
const cache = new WeakMap<Zone, Map<number, readonly ZoneTransition[]>>()

/** The changes of a zone in a UTC year, in order, to the minute. Two within ten days of each other may be missed. */
export function transitionsIn(zone: Zone, year: number): readonly ZoneTransition[] {
  let years = cache.get(zone)
  if (years === undefined || years.size >= cachedYearsMax) cache.set(zone, (years = new Map()))
  let found = years.get(year)
  if (found === undefined)
    years.set(year, (found = findTransitions(zone, dayNumberOf(year, 1, 1), dayNumberOf(year + 1, 1, 1))))
  return found
}

const stepDays = 10

function findTransitions(zone: Zone, fromDay: number, toDay: number): ZoneTransition[] {
  const found: ZoneTransition[] = []
  let before = zone.offsetMsAt(fromDay * dayMs)
  for (let day = fromDay; day < toDay; day += stepDays) {
    const endMs = Math.min(day + stepDays, toDay) * dayMs
    const after = zone.offsetMsAt(endMs)
    if (after !== before) found.push({ utcMs: firstWith(zone, after, day * dayMs, endMs), beforeMs: before, afterMs: after })
    before = after
  }
  return found
}

/** By halves: the first whole minute at which the offset is the later one. */
function firstWith(zone: Zone, offsetMs: number, fromMs: number, toMs: number): number {
  let low = fromMs / minuteMs
  let high = toMs / minuteMs
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (zone.offsetMsAt(middle * minuteMs) === offsetMs) high = middle
    else low = middle
  }
  return high * minuteMs
}

/** A change as a rule for every year: the week-th weekday of a month (5 is the last) at a local time. */
export interface YearlyChange {
  readonly month: number
  /** 1 to 4, or 5 for the last. */
  readonly week: number
  readonly weekday: number
  /** ms after midnight, by the clock before the change. */
  readonly timeMs: number
}

/** The rule of a change, seen alone: in the last seven days of a month it is the last weekday. */
export function yearlyChangeOf({ utcMs, beforeMs }: ZoneTransition): YearlyChange {
  const localMs = utcMs + beforeMs
  const dayNumber = dayOf(localMs)
  const { year, month, day } = civilOf(dayNumber)
  const isLast = day > daysInMonth(year, month) - 7
  return { month, week: isLast ? 5 : Math.ceil(day / 7), weekday: weekdayOf(dayNumber), timeMs: localMs - dayNumber * dayMs }
}

/** The local time at which a rule changes the clock in a year. */
export function changeLocalMs({ month, week, weekday, timeMs }: YearlyChange, year: number): number {
  const first = dayNumberOf(year, month, 1)
  const firstMatch = first + ((weekday - weekdayOf(first) + 7) % 7)
  const day = firstMatch + 7 * (week - 1)
  return (day < first + daysInMonth(year, month) ? day : day - 7) * dayMs + timeMs
}
