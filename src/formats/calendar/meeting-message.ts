import { calendarProperties } from '../mapi/calendar-properties.ts'
import { messageProperties } from '../mapi/message-properties.ts'
import type { MapiMessage } from '../mapi/message.ts'
import { addresseeOf, organizerOf, response, responseOf } from './attendees.ts'
import { addressOf, setRepresenting } from './calendar-address.ts'
import { calendarError } from './calendar-error.ts'
import type { ConversionContext } from './conversion.ts'
import { busyStatusOf, fileTimeOf, setStamp } from './event-facts.ts'
import { eventMessage, meetingState } from './event-message.ts'
import { civilOf, dayOf } from './local-time.ts'
import { toFileTime } from '../mapi/file-time.ts'
import type { CalendarComponent } from './icalendar-components.ts'
import { allOf, firstOf, textOf } from './icalendar-components.ts'
import { localMsIn } from './calendar-time.ts'
import { recurrenceIdOf, ruleOf, seriesMessage } from './series-message.ts'

/** Message classes of meetings (MS-OXCICAL 2.1.3.1.1.1). */
const meetingClass = {
  request: 'IPM.Schedule.Meeting.Request',
  cancelled: 'IPM.Schedule.Meeting.Canceled',
  accepted: 'IPM.Schedule.Meeting.Resp.Pos',
  tentative: 'IPM.Schedule.Meeting.Resp.Tent',
  declined: 'IPM.Schedule.Meeting.Resp.Neg',
} as const

const appointmentClass = 'IPM.Appointment'
/** PidTagIconIndex by class (MS-OXOCAL 2.2.4.7). */
const icons = { request: 0x404, cancelled: 0x405, accepted: 0x406, declined: 0x407, tentative: 0x408 } as const
const requestMeetingType = 1
const busy = { free: 0, tentative: 1 } as const

/**
 * The message of an event that was sent: a request, a cancellation, an answer or a proposal of another time (RFC 5546).
 * Throws `calendar.unsupported` for other methods, and for an answer that says nothing Exchange knows.
 */
export function meetingMessage(
  event: CalendarComponent,
  overrides: readonly CalendarComponent[],
  uid: string,
  method: string,
  context: ConversionContext,
): MapiMessage {
  switch (method) {
    case 'REQUEST':
      return requestMessage(event, overrides, uid, context)
    case 'CANCEL':
      return cancellationMessage(event, overrides, uid, context)
    case 'REPLY':
    case 'COUNTER':
      return answerMessage(event, uid, method, context)
    default:
      throw calendarError('unsupported', 'A calendar has a METHOD that is no mail.')
  }
}

function requestMessage(
  event: CalendarComponent,
  overrides: readonly CalendarComponent[],
  uid: string,
  context: ConversionContext,
): MapiMessage {
  const message = sentMessage(event, overrides, uid, meetingClass.request, context)
  const intended = message.properties.get(calendarProperties.intendedBusyStatus) ?? busyStatusOf(event)
  message.properties
    .set(calendarProperties.intendedBusyStatus, intended)
    .set(calendarProperties.busyStatus, intended === busy.free ? busy.free : busy.tentative)
    .set(calendarProperties.meetingType, requestMeetingType)
    .set(calendarProperties.responseStatus, response.notResponded)
    .set(calendarProperties.stateFlags, meetingState.meeting | meetingState.received)
    .set(messageProperties.iconIndex, icons.request)
  return message
}

function cancellationMessage(
  event: CalendarComponent,
  overrides: readonly CalendarComponent[],
  uid: string,
  context: ConversionContext,
): MapiMessage {
  const message = sentMessage(event, overrides, uid, meetingClass.cancelled, context)
  message.properties
    .set(calendarProperties.intendedBusyStatus, busy.free)
    .set(calendarProperties.busyStatus, busy.free)
    .set(calendarProperties.stateFlags, meetingState.meeting | meetingState.received | meetingState.cancelled)
    .set(messageProperties.iconIndex, icons.cancelled)
  return message
}

function answerMessage(
  event: CalendarComponent,
  uid: string,
  method: 'REPLY' | 'COUNTER',
  context: ConversionContext,
): MapiMessage {
  const [attendee, ...others] = allOf(event, 'attendee')
  const who = attendee === undefined ? undefined : addressOf(attendee)
  if (attendee === undefined || who === undefined) throw calendarError('incomplete', 'An answer does not say whose it is.')
  if (others.length > 0) context.lost.add('attendee')
  const kind = method === 'COUNTER' ? 'tentative' : kindOf(responseOf(attendee))
  const message = sentMessage(event, [], uid, meetingClass[kind], context)
  const bag = message.properties
  setRepresenting(bag, who)
  bag.delete(calendarProperties.ownerCriticalChange)
  setStamp(event, true, context.zones, bag, context.lost)
  bag
    .set(messageProperties.body, textOf(event, 'comment') ?? textOf(event, 'description') ?? '')
    .set(calendarProperties.responseStatus, response[kind])
    .set(calendarProperties.stateFlags, meetingState.meeting | meetingState.received)
    .set(messageProperties.iconIndex, icons[kind])
  context.lost.delete('comment')
  if (method === 'COUNTER') setProposal(message, event, context)
  const organizer = organizerOf(event)
  return { ...message, recipients: organizer === undefined ? [] : [addresseeOf(organizer)] }
}

/** The proposed times are the event's; what they were before is in Outlook's own properties (MS-OXCICAL 2.1.3.1.1.20.63). */
function setProposal({ properties }: MapiMessage, event: CalendarComponent, { zones, lost }: ConversionContext): void {
  properties
    .set(calendarProperties.isCounterProposal, true)
    .set(calendarProperties.proposedStart, properties.get(calendarProperties.startWhole))
    .set(calendarProperties.proposedEnd, properties.get(calendarProperties.endWhole))
    .set(calendarProperties.proposedDurationMinutes, properties.get(calendarProperties.durationMinutes))
    .set(calendarProperties.startWhole, fileTimeOf(event, 'x-ms-olk-originalstart', zones, lost))
    .set(calendarProperties.endWhole, fileTimeOf(event, 'x-ms-olk-originalend', zones, lost))
}

function kindOf(status: number): 'accepted' | 'tentative' | 'declined' {
  if (status === response.accepted) return 'accepted'
  if (status === response.tentative) return 'tentative'
  if (status === response.declined) return 'declined'
  throw calendarError('unsupported', 'An answer is neither yes, maybe nor no.')
}

/** What all of them are: the appointment, in another class. */
function sentMessage(
  event: CalendarComponent,
  overrides: readonly CalendarComponent[],
  uid: string,
  messageClass: string,
  context: ConversionContext,
): MapiMessage {
  const rule = firstOf(event, 'recurrence-id') === undefined ? ruleOf(event) : undefined
  const message =
    rule === undefined
      ? singleMessage(event, uid, messageClass, context)
      : seriesOf(event, overrides, rule, uid, messageClass, context)
  message.properties.set(calendarProperties.appointmentClass, appointmentClass)
  return message
}

function singleMessage(
  event: CalendarComponent,
  uid: string,
  messageClass: string,
  context: ConversionContext,
): MapiMessage {
  if (firstOf(event, 'recurrence-id') === undefined) return eventMessage(event, { uid, messageClass }, context).message
  const original = recurrenceIdOf(event, context)
  const instance = civilOf(dayOf(localMsIn(original.zone, original)))
  const { message } = eventMessage(event, { uid, instance, messageClass }, context)
  message.properties.set(calendarProperties.exceptionReplaceTime, toFileTime(original.utcMs))
  return message
}

function seriesOf(
  event: CalendarComponent,
  overrides: readonly CalendarComponent[],
  rule: NonNullable<ReturnType<typeof ruleOf>>,
  uid: string,
  messageClass: string,
  context: ConversionContext,
): MapiMessage {
  const { message, strays } = seriesMessage(event, overrides, rule, uid, messageClass, context)
  if (strays.length > 0) context.lost.add('recurrence-id')
  return message
}
