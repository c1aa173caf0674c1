import { fromFileTime } from '../mapi/file-time.ts'
import { calendarProperties } from '../mapi/calendar-properties.ts'
import { messageProperties } from '../mapi/message-properties.ts'
import type { MapiMessage } from '../mapi/message.ts'
import type { ReadonlyPropertyBag } from '../mapi/property-bag.ts'
import { taskProperties } from '../mapi/task-properties.ts'
import { alarmOf } from './alarm.ts'
import { attachProperties } from './calendar-attachments.ts'
import { sharedProperties, uidOfItem } from './event-component.ts'
import { timeProperty } from './item-times.ts'
import type { JcalComponent, JcalProperty } from './jcal.ts'
import { textProperty, utcText, valueProperty } from './jcal.ts'
import { dayMs, toDate } from './local-time.ts'
import { readPatternBlob } from './recurrence-blob.ts'
import { patternOfBlob } from './recurrence-of-blob.ts'
import { ruleOfRecurrence } from './recurrence-rule.ts'
import type { Zone } from './zone.ts'
import { toLocal, toUtc, utcZone } from './zone.ts'
import { zoneByName } from './windows-zone.ts'

/** STATUS by PidLidTaskStatus: waiting is in process, deferred needs action, as RFC 5545 has nothing nearer. */
const statuses = ['NEEDS-ACTION', 'IN-PROCESS', 'COMPLETED', 'IN-PROCESS', 'NEEDS-ACTION'] as const

/** The VTODO of a task (MS-OXOTASK) and the zone of its times. Throws `calendar.blob-corrupt`. */
export function taskComponent({ properties: bag, attachments }: MapiMessage): {
  readonly task: JcalComponent
  readonly zone: Zone
} {
  const zone = zoneByName(bag.get(calendarProperties.zoneDescription) ?? 'UTC') ?? utcZone
  const times = [
    ...dateProperty('dtstart', bag.get(taskProperties.startDate), bag.get(messageProperties.commonStart), zone),
    ...dateProperty('due', bag.get(taskProperties.dueDate), bag.get(messageProperties.commonEnd), zone),
  ]
  const completed = bag.get(taskProperties.dateCompleted)
  const percent = Math.round((bag.get(taskProperties.percentComplete) ?? 0) * 100)
  const properties = [
    textProperty('uid', uidOfItem(bag)),
    ...times,
    ...repetition(bag, times[0], zone),
    ...(completed === undefined ? [] : [valueProperty('completed', 'date-time', utcText(fromFileTime(completed)))]),
    textProperty('status', statuses[bag.get(taskProperties.status) ?? 0] ?? 'NEEDS-ACTION'),
    ...(percent === 0 ? [] : [valueProperty('percent-complete', 'integer', percent)]),
    ...sharedProperties(bag),
    ...attachProperties(attachments),
  ]
  return { task: ['vtodo', properties, alarmOf(bag)], zone }
}

/** A date, unless the instant beside it is a time of that day. */
function dateProperty(
  name: string,
  date: bigint | undefined,
  instant: bigint | undefined,
  zone: Zone,
): readonly JcalProperty[] {
  if (date === undefined) return []
  const dateMs = fromFileTime(date)
  const instantMs = instant === undefined ? undefined : fromFileTime(instant)
  if (instantMs === undefined || instantMs === toUtc(zone, dateMs) || Math.abs(toLocal(zone, instantMs) - dateMs) >= dayMs) {
    return [valueProperty(name, 'date', toDate(Math.floor(dateMs / dayMs)))]
  }
  return [timeProperty(name, instantMs, zone, false)]
}

function repetition(bag: ReadonlyPropertyBag, start: JcalProperty | undefined, zone: Zone): readonly JcalProperty[] {
  const blob = bag.get(taskProperties.recurrence)
  if (blob === undefined || bag.get(taskProperties.recurring) === false || start === undefined) return []
  const { pattern, range } = patternOfBlob(readPatternBlob(blob))
  const isDate = start[2] === 'date'
  const end = { isDate, startMinutes: 24 * 60 - 1, toUtc: (localMs: number) => toUtc(zone, localMs) }
  return [valueProperty('rrule', 'recur', ruleOfRecurrence(pattern, range, end))]
}
