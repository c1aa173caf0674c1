import { toFileTime } from '../mapi/file-time.ts'
import { messageProperties } from '../mapi/message-properties.ts'
import type { PropertyBag, ReadonlyPropertyBag } from '../mapi/property-bag.ts'
import type { CalendarZones } from './calendar-time.ts'
import { readDurationMs, readTime } from './calendar-time.ts'
import type { CalendarComponent } from './icalendar-components.ts'
import { firstOf } from './icalendar-components.ts'
import type { JcalComponent } from './jcal.ts'
import { textProperty } from './jcal.ts'
import { minuteMs } from './local-time.ts'

/** How long before the start Exchange can remind at most (2^31 - 1 minutes are more than anybody meant). */
const minutesMax = 366 * 24 * 60 * 10

/**
 * The minutes before the start at which an entry reminds: its first alarm, since Exchange has one. An alarm after the
 * start is at the start. Undefined without an alarm that can be read. `lost` learns of what the others were.
 */
export function reminderMinutesOf(
  entry: CalendarComponent,
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
  zones: CalendarZones,
  lost: Set<string>,
): number | undefined {
  const alarms = entry.components.filter(({ name }) => name === 'valarm')
  // One that is not shown (a mail, a program) is taken when there is no other.
  const shown = alarms.filter((alarm) => !/^(?:email|procedure|none)$/i.test(String(firstOf(alarm, 'action')?.values[0])))
  const [alarm = alarms[0]] = shown
  if (alarms.length > 1 || (alarm !== undefined && shown.length === 0)) lost.add('valarm')
  const trigger = alarm === undefined ? undefined : firstOf(alarm, 'trigger')
  if (trigger === undefined) return undefined
  const [value] = trigger.values
  const isAbsolute = trigger.type === 'date-time' || trigger.type === 'date'
  const base = /^end$/i.test(trigger.parameters['related'] ?? '') ? endMs : startMs
  const atMs = isAbsolute ? readTime(value, trigger, zones).utcMs : base + readDurationMs(value)
  const minutes = Math.round((startMs - atMs) / minuteMs)
  if (minutes < 0 || minutes > minutesMax) lost.add('valarm')
  return Math.min(Math.max(minutes, 0), minutesMax)
}

/** Sets the reminder of an item; `undefined` sets that there is none. */
export function setReminder(bag: PropertyBag, minutes: number | undefined, startMs: number): void {
  bag.set(messageProperties.reminderSet, minutes !== undefined)
  if (minutes === undefined) return
  bag
    .set(messageProperties.reminderDeltaMinutes, minutes)
    .set(messageProperties.reminderTime, toFileTime(startMs))
    .set(messageProperties.reminderSignalTime, toFileTime(startMs - minutes * minuteMs))
}

/** What Outlook writes for "no minutes were chosen". */
const defaultDelta = 0x5ae980e1
const defaultMinutes = 15

/** The VALARM of an item that reminds (MS-OXCICAL 2.1.3.1.1.20.62). */
export function alarmOf(bag: ReadonlyPropertyBag): readonly JcalComponent[] {
  const delta = bag.get(messageProperties.reminderDeltaMinutes)
  if (bag.get(messageProperties.reminderSet) !== true || delta === undefined) return []
  const minutes = delta === defaultDelta ? defaultMinutes : delta
  return [
    [
      'valarm',
      [
        textProperty('action', 'DISPLAY'),
        textProperty('description', 'REMINDER'),
        ['trigger', { related: 'START' }, 'duration', minutes < 0 ? `PT${-minutes}M` : `-PT${minutes}M`],
      ],
      [],
    ],
  ]
}
