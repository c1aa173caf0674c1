import { civilOf, dayMs, dayOf, minuteMs } from './local-time.ts'
import type { Zone } from './zone.ts'
import type { StoredChange, ZoneBias, ZoneDefinition, ZoneRule, ZoneStruct } from './zone-blobs.ts'
import { changeLocalMs, transitionsIn, yearlyChangeOf } from './zone-transitions.ts'

const noChange: StoredChange = { year: 0, month: 0, weekday: 0, day: 0, hour: 0, minute: 0, second: 0, millisecond: 0 }
const effectiveFlag = 2
/** The first year that Windows knows, and so the start of a rule that always held. */
const firstYear = 1601

/**
 * The offsets of a zone in one year. A year with another number of changes than none or two (a zone that was redefined,
 * Ramadan) has the offset at its end, without changes: Windows has no form for it.
 */
export function biasIn(zone: Zone, year: number): ZoneBias {
  const changes = transitionsIn(zone, year)
  const [first, second] = changes
  if (changes.length !== 2 || first === undefined || second === undefined || first.beforeMs !== second.afterMs) {
    const bias = minutesOf(-zone.offsetMsAt(Date.UTC(year, 11, 31, 12)))
    return { bias, standardBias: 0, daylightBias: 0, standardChange: noChange, daylightChange: noChange }
  }
  const [toDaylight, toStandard] = first.afterMs > first.beforeMs ? [first, second] : [second, first]
  return {
    bias: minutesOf(-toStandard.afterMs),
    standardBias: 0,
    daylightBias: minutesOf(toStandard.afterMs - toDaylight.afterMs),
    standardChange: storedChange(toStandard),
    daylightChange: storedChange(toDaylight),
  }
}

/** The rules of a zone in the years from `fromYear` to `toYear`, equal neighbours as one; the last is the one in effect. */
export function definitionOf(zone: Zone, keyName: string, fromYear: number, toYear: number): ZoneDefinition {
  const rules: ZoneRule[] = []
  for (let year = fromYear; year <= toYear; year++) {
    const bias = biasIn(zone, year)
    const last = rules.at(-1)
    if (last !== undefined && isSameBias(last, bias)) continue
    rules.push({ flags: 0, start: { ...noChange, year: rules.length === 0 ? firstYear : year, month: 1, day: 1 }, ...bias })
  }
  return { keyName, rules: rules.map((rule, n) => (n === rules.length - 1 ? { ...rule, flags: effectiveFlag } : rule)) }
}

/** The struct that belongs to a definition: its rule in effect. */
export function structOf(bias: ZoneBias): ZoneStruct {
  const { standardBias, daylightBias, standardChange, daylightChange } = bias
  return { bias: bias.bias, standardBias, daylightBias, standardYear: 0, standardChange, daylightYear: 0, daylightChange }
}

/** Whether two rules set the clocks alike; a daylight offset that never comes does not count. */
export function isSameBias(a: ZoneBias, b: ZoneBias): boolean {
  if (a.bias + a.standardBias !== b.bias + b.standardBias) return false
  if (a.daylightChange.month === 0 && b.daylightChange.month === 0) return true
  return (
    a.daylightBias === b.daylightBias &&
    isSameChange(a.standardChange, b.standardChange) &&
    isSameChange(a.daylightChange, b.daylightChange)
  )
}

/** A zone with the clocks of stored rules, for when its name says nothing. */
export function zoneByRules(id: string, rules: readonly (ZoneBias & { readonly start?: StoredChange })[]): Zone {
  const ordered = rules.toSorted((a, b) => (a.start?.year ?? 0) - (b.start?.year ?? 0))
  return {
    id,
    offsetMsAt: (utcMs) => {
      const { year } = civilOf(dayOf(utcMs))
      const rule = ordered.findLast((each) => (each.start?.year ?? 0) <= year) ?? ordered[0]
      return rule === undefined ? 0 : offsetBy(rule, year, utcMs)
    },
  }
}

function offsetBy(rule: ZoneBias, year: number, utcMs: number): number {
  const standardMs = -(rule.bias + rule.standardBias) * minuteMs
  const daylightMs = -(rule.bias + rule.daylightBias) * minuteMs
  if (rule.daylightChange.month === 0 || rule.standardChange.month === 0) return standardMs
  const toDaylight = localMsOf(rule.daylightChange, year) - standardMs
  const toStandard = localMsOf(rule.standardChange, year) - daylightMs
  const isDaylight =
    toDaylight < toStandard ? utcMs >= toDaylight && utcMs < toStandard : utcMs >= toDaylight || utcMs < toStandard
  return isDaylight ? daylightMs : standardMs
}

function localMsOf({ year: fixedYear, month, weekday, day, hour, minute, second }: StoredChange, year: number): number {
  const timeMs = ((hour * 60 + minute) * 60 + second) * 1000
  if (fixedYear !== 0) return Date.UTC(fixedYear, month - 1, day) + timeMs
  return changeLocalMs({ month, week: day, weekday, timeMs }, year)
}

function storedChange(transition: Parameters<typeof yearlyChangeOf>[0]): StoredChange {
  const { month, week, weekday, timeMs } = yearlyChangeOf(transition)
  const minutes = Math.floor((timeMs % dayMs) / minuteMs)
  return { ...noChange, month, weekday, day: week, hour: Math.floor(minutes / 60), minute: minutes % 60 }
}

function isSameChange(a: StoredChange, b: StoredChange): boolean {
  return a.month === b.month && a.weekday === b.weekday && a.day === b.day && a.hour === b.hour && a.minute === b.minute
}

function minutesOf(ms: number): number {
  return Math.round(ms / minuteMs) || 0
}
