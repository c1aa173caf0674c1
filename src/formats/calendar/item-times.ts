import { calendarProperties } from '../mapi/calendar-properties.ts'
import { fromFileTime } from '../mapi/file-time.ts'
import { messageProperties } from '../mapi/message-properties.ts'
import type { ReadonlyPropertyBag } from '../mapi/property-bag.ts'
import { calendarError } from './calendar-error.ts'
import { zoneOf } from './item-zone.ts'
import type { JcalProperty } from './jcal.ts'
import { utcText } from './jcal.ts'
import { dayMs, dayOf, minuteMs, toDate, toLocalTime } from './local-time.ts'
import type { Zone } from './zone.ts'
import { toLocal } from './zone.ts'

/** When an appointment is, by its properties. */
export interface ItemTimes {
  readonly startMs: number
  readonly endMs: number
  readonly startZone: Zone
  readonly endZone: Zone
  readonly allDay: boolean
}

/** The times of an appointment; without an end by its duration. Throws `calendar.incomplete` without a start. */
export function itemTimesOf(bag: ReadonlyPropertyBag): ItemTimes {
  const start =
    bag.get(calendarProperties.startWhole) ?? bag.get(messageProperties.commonStart) ?? bag.get(calendarProperties.startDate)
  if (start === undefined) throw calendarError('incomplete', 'An appointment has no start.')
  const startMs = fromFileTime(start)
  const end =
    bag.get(calendarProperties.endWhole) ?? bag.get(messageProperties.commonEnd) ?? bag.get(calendarProperties.endDate)
  const endMs =
    end === undefined ? startMs + (bag.get(calendarProperties.durationMinutes) ?? 0) * minuteMs : fromFileTime(end)
  return {
    startMs,
    endMs,
    startZone: zoneOf(bag, 'start'),
    endZone: zoneOf(bag, 'end'),
    allDay: bag.get(calendarProperties.allDay) === true,
  }
}

/** A time of an item as a property: a date for whole days, else UTC or local with TZID. */
export function timeProperty(name: string, utcMs: number, zone: Zone, isDate: boolean): JcalProperty {
  const [type, value] = timeValue(utcMs, zone, isDate)
  return [name, type === 'date-time' && zone.id !== 'UTC' ? { tzid: zone.id } : {}, type, value]
}

/** Type and value of a time. A whole day that does not begin at midnight belongs to the day it is nearest to. */
export function timeValue(utcMs: number, zone: Zone, isDate: boolean): readonly [type: string, value: string] {
  if (isDate) return ['date', toDate(dayOf(toLocal(zone, utcMs) + dayMs / 2))]
  return zone.id === 'UTC' ? ['date-time', utcText(utcMs)] : ['date-time', toLocalTime(toLocal(zone, utcMs))]
}
