import { calendarProperties } from '../mapi/calendar-properties.ts'
import { toFileTime } from '../mapi/file-time.ts'
import { messageProperties } from '../mapi/message-properties.ts'
import type { MapiMessage } from '../mapi/message.ts'
import { PropertyBag } from '../mapi/property-bag.ts'
import { reminderMinutesOf, setReminder } from './alarm.ts'
import { organizerOf, recipientsOf, response, responseOf } from './attendees.ts'
import type { CalendarAddress } from './calendar-address.ts'
import { addressOf, isSameAddress, setRepresenting } from './calendar-address.ts'
import { attachmentsOf } from './calendar-attachments.ts'
import type { ConversionContext } from './conversion.ts'
import { busyStatusOf, intendedStatusOf, sequenceOf, setSharedFacts, setStamp } from './event-facts.ts'
import type { EventTimes } from './event-times.ts'
import { eventTimesOf } from './event-times.ts'
import type { InstanceDate } from './global-object-id.ts'
import { globalObjectIdOf } from './global-object-id.ts'
import type { CalendarComponent } from './icalendar-components.ts'
import { allOf, assertReadable, firstOf, integerOf, textOf } from './icalendar-components.ts'
import type { ItemYears } from './item-zone.ts'
import { setZones, yearsOf } from './item-zone.ts'
import { keepOthers } from './kept-properties.ts'
import { minuteMs } from './local-time.ts'

/** PidLidAppointmentStateFlags (MS-OXOCAL 2.2.1.10). */
export const meetingState = { meeting: 1, received: 2, cancelled: 4 } as const
/** PidTagIconIndex (MS-OXOCAL 2.2.1.49). */
const icon = { single: 1024, series: 1025, meeting: 1026, meetingSeries: 1027 } as const
/** PidLidSideEffects of an appointment (MS-OXOCAL 2.2.2.1). */
const sideEffects = 0x171
/** Without these an event cannot be placed. */
const placing = ['dtstart', 'dtend', 'duration', 'rrule', 'exrule', 'rdate', 'exdate', 'recurrence-id', 'uid'] as const

/** An event as read, and the message made of it. */
export interface EventMessage {
  readonly message: MapiMessage
  readonly times: EventTimes
  readonly reminderMinutes: number | undefined
}

/** What an event is to the item it becomes. */
export interface EventRole {
  readonly uid: string
  /** The occurrence that it stands for. */
  readonly instance?: InstanceDate
  /** Given when it is a series: the years in which its clocks matter. */
  readonly seriesYears?: ItemYears
  readonly messageClass: string
}

/**
 * The message of one VEVENT, recurrence aside: times, place, people, texts, alarm, attachments, id (MS-OXCICAL
 * 2.1.3.1.1.20). Throws when it cannot be placed in time.
 */
export function eventMessage(event: CalendarComponent, role: EventRole, context: ConversionContext): EventMessage {
  const { zones, lost } = context
  assertReadable(event, placing)
  const times = eventTimesOf(event, zones, lost)
  const { start, end } = times
  const bag = new PropertyBag().set(messageProperties.messageClass, role.messageClass)
  setSharedFacts(event, zones, bag, lost)
  setTimes(bag, times)
  const reminderMinutes = reminderMinutesOf(event, { startMs: start.utcMs, endMs: end.utcMs }, zones, lost)
  setReminder(bag, reminderMinutes, start.utcMs)
  setZones(bag, start.zone, end.zone, role.seriesYears !== undefined, role.seriesYears ?? yearsOf(start.utcMs, end.utcMs))
  setIds(bag, role)
  const people = recipientsOf(event)
  setMeeting(bag, event, people.length > 0, role.seriesYears !== undefined, context)
  setStamp(event, false, zones, bag, lost)
  keepOthers(event, 'event', bag, lost)
  if (firstOf(event, 'recurrence-id') !== undefined && firstOf(event, 'rrule') !== undefined) lost.add('rrule')
  const location = textOf(event, 'location')
  bag
    .set(calendarProperties.location, location)
    .set(calendarProperties.meetingLocation, location)
    .set(calendarProperties.busyStatus, busyStatusOf(event))
    .set(calendarProperties.intendedBusyStatus, intendedStatusOf(event))
    .set(calendarProperties.sequence, sequenceOf(event))
    .set(calendarProperties.ownerAppointmentId, integerOf(event, 'x-microsoft-cdo-ownerapptid'))
    .set(calendarProperties.sideEffects, sideEffects)
  if (/^true$/i.test(textOf(event, 'x-microsoft-disallow-counter') ?? ''))
    bag.set(calendarProperties.disallowsProposals, true)
  const attachments = attachmentsOf(event, lost)
  bag.set(messageProperties.hasAttachments, attachments.length > 0)
  return { message: { properties: bag, recipients: people, attachments }, times, reminderMinutes }
}

/** Start and end in the four places where they stand. */
export function setTimes(bag: PropertyBag, { start, end, allDay }: EventTimes): void {
  const [startTime, endTime] = [toFileTime(start.utcMs), toFileTime(end.utcMs)]
  bag
    .set(calendarProperties.startWhole, startTime)
    .set(calendarProperties.endWhole, endTime)
    .set(messageProperties.commonStart, startTime)
    .set(messageProperties.commonEnd, endTime)
    .set(calendarProperties.startDate, startTime)
    .set(calendarProperties.endDate, endTime)
    .set(calendarProperties.clipStart, startTime)
    .set(calendarProperties.clipEnd, endTime)
    .set(calendarProperties.durationMinutes, Math.round((end.utcMs - start.utcMs) / minuteMs))
    .set(calendarProperties.allDay, allDay)
}

/** Both forms of the id; PidLidGlobalObjectId has the day of an occurrence in it. */
export function setIds(bag: PropertyBag, { uid, instance }: Pick<EventRole, 'uid' | 'instance'>): void {
  bag
    .set(calendarProperties.globalObjectId, globalObjectIdOf(uid, instance))
    .set(calendarProperties.cleanGlobalObjectId, globalObjectIdOf(uid))
    .set(calendarProperties.isException, instance !== undefined)
}

function setMeeting(
  bag: PropertyBag,
  event: CalendarComponent,
  hasPeople: boolean,
  isSeries: boolean,
  context: ConversionContext,
): void {
  const organizer = organizerOf(event)
  if (organizer !== undefined) setRepresenting(bag, organizer)
  const isCancelled = /^cancelled$/i.test(textOf(event, 'status') ?? '')
  const isReceived = hasPeople && organizer !== undefined && isOthers(organizer, context)
  const flags =
    (hasPeople ? meetingState.meeting : 0) |
    (isReceived ? meetingState.received : 0) |
    (isCancelled ? meetingState.cancelled : 0)
  const asks =
    hasPeople &&
    event.properties.some(({ name, parameters }) => name === 'attendee' && /^true$/i.test(parameters['rsvp'] ?? ''))
  bag
    .set(calendarProperties.stateFlags, flags)
    .set(calendarProperties.responseStatus, ownResponse(event, hasPeople, isReceived, context))
    .set(calendarProperties.invited, hasPeople && !isReceived)
    .set(calendarProperties.responseRequested, asks)
    .set(calendarProperties.replyRequested, asks)
    .set(calendarProperties.recurring, isSeries)
    .set(calendarProperties.isRecurringMeeting, isSeries)
    .set(
      messageProperties.iconIndex,
      hasPeople ? (isSeries ? icon.meetingSeries : icon.meeting) : isSeries ? icon.series : icon.single,
    )
}

/** Whose calendar it is decides; without knowing that, a meeting is its organizer's. */
function isOthers(organizer: CalendarAddress, { owner }: ConversionContext): boolean {
  return owner !== undefined && !isSameAddress(organizer, { address: owner })
}

function ownResponse(
  event: CalendarComponent,
  hasPeople: boolean,
  isReceived: boolean,
  { owner }: ConversionContext,
): number {
  if (!hasPeople) return response.none
  if (!isReceived || owner === undefined) return response.organized
  const own = allOf(event, 'attendee').find((attendee) => {
    const who = addressOf(attendee)
    return who !== undefined && isSameAddress(who, { address: owner })
  })
  return own === undefined ? response.notResponded : responseOf(own)
}
