import type { JcalComponent, JcalProperty } from './jcal.ts'
import { textProperty, utcText, valueProperty } from './jcal.ts'
import type { ItemYears } from './item-zone.ts'
import { dayNumberOf, dayMs, toLocalTime } from './local-time.ts'
import type { Zone } from './zone.ts'
import type { YearlyChange, ZoneTransition } from './zone-transitions.ts'
import { changeLocalMs, transitionsIn, yearlyChangeOf } from './zone-transitions.ts'

const dayNames = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA']
/** Where Exchange lets its observances begin. */
const beginning = '1601-01-01T00:00:00'

/** A change that came in several years one after the other by the same rule. */
interface Run {
  readonly change: YearlyChange
  readonly first: ZoneTransition
  readonly last: ZoneTransition
  readonly lastYear: number
}

/**
 * The VTIMEZONE of a zone for the years in which an item needs it; what still changes in the last of them goes on
 * without end. Before the first year the offset is that of its beginning.
 */
export function vtimezoneOf(zone: Zone, { from, to }: ItemYears): JcalComponent {
  const firstMs = dayNumberOf(from, 1, 1) * dayMs
  const initialMs = zone.offsetMsAt(firstMs)
  const runs = runsIn(zone, from, to)
  const isDaylight = runs[0] !== undefined && runs[0].first.afterMs < initialMs
  const initial = observance(isDaylight ? 'daylight' : 'standard', beginning, initialMs, initialMs, [])
  return ['vtimezone', [textProperty('tzid', zone.id)], [initial, ...runs.map((run) => runObservance(run, to))]]
}

function runsIn(zone: Zone, from: number, to: number): readonly Run[] {
  const runs: Run[] = []
  for (let year = from; year <= to; year++) {
    for (const transition of transitionsIn(zone, year)) {
      const at = runs.findIndex(
        ({ change, last, lastYear }) => lastYear === year - 1 && continues(change, last, transition, year),
      )
      const before = runs[at]
      if (before === undefined)
        runs.push({ change: yearlyChangeOf(transition), first: transition, last: transition, lastYear: year })
      else runs[at] = { ...before, last: transition, lastYear: year }
    }
  }
  return runs
}

function continues(change: YearlyChange, last: ZoneTransition, next: ZoneTransition, year: number): boolean {
  const isSame = last.beforeMs === next.beforeMs && last.afterMs === next.afterMs
  return isSame && changeLocalMs(change, year) === next.utcMs + next.beforeMs
}

function runObservance({ change, first, last, lastYear }: Run, to: number): JcalComponent {
  const { beforeMs, afterMs } = first
  const byday = `${change.week === 5 ? -1 : change.week}${dayNames[change.weekday] ?? 'SU'}`
  const rule = { freq: 'YEARLY', byday, bymonth: change.month }
  const isEndless = lastYear === to
  const repeats = isEndless
    ? [valueProperty('rrule', 'recur', rule)]
    : first === last
      ? []
      : [valueProperty('rrule', 'recur', { ...rule, until: utcText(last.utcMs) })]
  return observance(
    afterMs > beforeMs ? 'daylight' : 'standard',
    toLocalTime(first.utcMs + beforeMs),
    beforeMs,
    afterMs,
    repeats,
  )
}

function observance(
  name: string,
  start: string,
  fromMs: number,
  toMs: number,
  repeats: readonly JcalProperty[],
): JcalComponent {
  const offsets = [
    valueProperty('tzoffsetfrom', 'utc-offset', offsetText(fromMs)),
    valueProperty('tzoffsetto', 'utc-offset', offsetText(toMs)),
  ]
  return [name, [valueProperty('dtstart', 'date-time', start), ...repeats, ...offsets], []]
}

/** `+01:30`, with seconds for the times of towns. */
function offsetText(ms: number): string {
  const seconds = Math.abs(ms / 1000)
  const parts = [
    Math.floor(seconds / 3600),
    Math.floor((seconds % 3600) / 60),
    ...(seconds % 60 === 0 ? [] : [Math.round(seconds % 60)]),
  ]
  return `${ms < 0 ? '-' : '+'}${parts.map((part) => String(part).padStart(2, '0')).join(':')}`
}
