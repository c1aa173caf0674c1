import { calendarProperties } from '../mapi/calendar-properties.ts'
import { fromFileTime } from '../mapi/file-time.ts'
import { messageProperties } from '../mapi/message-properties.ts'
import type { MapiMessage } from '../mapi/message.ts'
import type { ReadonlyPropertyBag } from '../mapi/property-bag.ts'
import { calendarError } from './calendar-error.ts'
import { eventComponent } from './event-component.ts'
import { itemTimesOf } from './item-times.ts'
import { yearsOf } from './item-zone.ts'
import type { JcalComponent } from './jcal.ts'
import { textProperty, toIcalendar } from './jcal.ts'
import type { SeriesComponents } from './series-components.ts'
import { seriesComponents } from './series-components.ts'
import { taskComponent } from './task-component.ts'
import { vtimezoneOf } from './vtimezone.ts'

const productId = '-//Mailvan//Calendar//EN'

/**
 * The iCalendar text of an appointment, a meeting message or a task (MS-OXCICAL): one VCALENDAR with METHOD, the time
 * zones that it names, the event and its changed occurrences. Throws `calendar.unsupported` for messages of other
 * classes, `calendar.blob-corrupt` and `calendar.incomplete` for damaged ones.
 */
export function mapiToIcalendar(message: MapiMessage): string {
  const { properties } = message
  const method = methodOf(properties)
  const { events, years, zones } = method === 'task' ? taskParts(message) : eventParts(message)
  const named = new Map(zones.filter(({ id }) => id !== 'UTC').map((zone) => [zone.id, zone]))
  return toIcalendar([
    'vcalendar',
    [
      textProperty('prodid', productId),
      textProperty('version', '2.0'),
      ...(method === 'task' ? [] : [textProperty('method', method)]),
    ],
    [...[...named.values()].map((zone) => vtimezoneOf(zone, years)), ...events],
  ])
}

function methodOf(bag: ReadonlyPropertyBag): string {
  const messageClass = (bag.get(messageProperties.messageClass) ?? '').toLowerCase()
  if (/^ipm\.task(?:$|\.)/.test(messageClass)) return 'task'
  if (/^ipm\.appointment(?:$|\.)|^ipm\.ole\.class\.\{00061055/.test(messageClass)) return 'PUBLISH'
  if (messageClass.startsWith('ipm.schedule.meeting.request')) return 'REQUEST'
  if (messageClass.startsWith('ipm.schedule.meeting.canceled')) return 'CANCEL'
  if (messageClass.startsWith('ipm.schedule.meeting.resp'))
    return bag.get(calendarProperties.isCounterProposal) === true ? 'COUNTER' : 'REPLY'
  throw calendarError('unsupported', 'An item is no entry of a calendar.')
}

function eventParts(message: MapiMessage): SeriesComponents {
  const { properties } = message
  if (properties.has(calendarProperties.recurrence) && properties.get(calendarProperties.recurring) !== false)
    return seriesComponents(message)
  const times = proposedTimes(properties) ?? itemTimesOf(properties)
  const { startMs, endMs, startZone, endZone } = times
  return {
    events: [eventComponent(message, times, [])],
    years: yearsOf(startMs, Math.max(startMs, endMs)),
    zones: [startZone, endZone],
  }
}

/** A proposal is at the proposed time. */
function proposedTimes(bag: ReadonlyPropertyBag): ReturnType<typeof itemTimesOf> | undefined {
  const [start, end] = [bag.get(calendarProperties.proposedStart), bag.get(calendarProperties.proposedEnd)]
  if (bag.get(calendarProperties.isCounterProposal) !== true || start === undefined || end === undefined) return undefined
  return { ...itemTimesOf(bag), startMs: fromFileTime(start), endMs: fromFileTime(end) }
}

function taskParts(message: MapiMessage): {
  events: readonly JcalComponent[]
  years: SeriesComponents['years']
  zones: SeriesComponents['zones']
} {
  const { task, zone } = taskComponent(message)
  return { events: [task], years: { from: 1970, to: 2037 }, zones: [zone] }
}
