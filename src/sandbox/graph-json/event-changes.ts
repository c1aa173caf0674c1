import { Buffer } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import type { MessageHead } from '../../formats/fast-transfer/stored-form.ts'
import { calendarProperties } from '../../formats/mapi/calendar-properties.ts'
import { fromFileTime, toFileTime } from '../../formats/mapi/file-time.ts'
import { messageProperties } from '../../formats/mapi/message-properties.ts'
import { PropertyBag } from '../../formats/mapi/property-bag.ts'
import { setReminder } from '../../formats/calendar/alarm.ts'
import { setRepresenting } from '../../formats/calendar/calendar-address.ts'
import { setIds } from '../../formats/calendar/event-message.ts'
import { setZones, yearsOf } from '../../formats/calendar/item-zone.ts'
import { dayOf, toDate } from '../../formats/calendar/local-time.ts'
import { setCategories, setSubject } from './apply-message.ts'
import { type ItemBodyInput, setBody } from './body-json.ts'
import { type AttendeeInput, type EventOwner, isReceived, setMeetingFacts, toAttendeeRows } from './event-attendees.ts'
import { importanceNames, oneOfNames, sensitivityNames, showAsNames } from './event-enums.ts'
import { type LocationsInput, setLocations } from './event-location.ts'
import { eventProperties } from './event-properties.ts'
import { clearRecurrence, rangeFrom, readRecurrence, type RecurrenceInput, seriesOf, setRecurrence } from './event-recurrence.ts'
import { type EventTimesInput, type NewTimes, newTimesOf, setEventTimes } from './event-times.ts'
import { type ExtendedPropertiesInput, setExtendedProperties } from './extended-properties.ts'
import { JsonRefusal } from './refusal.ts'

/** What an event may be made from or changed by; the rest of Graph's type is not for clients to say. */
export interface EventInput extends ExtendedPropertiesInput, EventTimesInput, LocationsInput {
  readonly subject?: string | null
  readonly body?: ItemBodyInput | null
  readonly attendees?: readonly AttendeeInput[] | null
  readonly recurrence?: RecurrenceInput | null
  readonly isReminderOn?: boolean | null
  readonly reminderMinutesBeforeStart?: number | null
  readonly showAs?: string | null
  readonly sensitivity?: string | null
  readonly importance?: string | null
  readonly categories?: readonly string[] | null
  readonly allowNewTimeProposals?: boolean | null
  readonly responseRequested?: boolean | null
  readonly hideAttendees?: boolean | null
  readonly isOnlineMeeting?: boolean | null
  readonly onlineMeetingProvider?: string | null
  readonly transactionId?: string | null
}

/** Whose event it is, and when it is made. */
export interface EventMaking {
  readonly nowMs: number
  readonly owner: EventOwner
}

/** A changed event. */
export interface ChangedEvent extends MessageHead {
  /** Its changed and deleted occurrences are no more, since the series has other dates. */
  readonly hasNewDates: boolean
}

/** Graph's default (the documented answers to creating an event). */
const reminderMinutesDefault = 15
/** PidLidSideEffects of an appointment (MS-OXOCAL 2.2.2.1). */
const sideEffects = 0x171
const providerDefault = 'teamsForBusiness'

/**
 * The item that a JSON body makes: an appointment of the mailbox's owner, who is the organizer whatever the body says
 * (exchange.md 3.6). Throws a JsonRefusal.
 */
export function newEvent(input: EventInput, making: EventMaking): MessageHead {
  const { nowMs, owner } = making
  const properties = new PropertyBag().set(messageProperties.messageClass, 'IPM.Appointment')
  setExtendedProperties(properties, input, isOwnId)
  properties.set(messageProperties.messageFlags, 1)
  setSubject(properties, '')
  setBody(properties, { contentType: 'html', content: '' })
  setRepresenting(properties, { ...owner, addressType: 'SMTP' })
  setIds(properties, { uid: newUid(nowMs) })
  properties
    .set(messageProperties.importance, 1)
    .set(messageProperties.sensitivity, 0)
    .set(messageProperties.isPrivate, false)
    .set(calendarProperties.busyStatus, 2)
    .set(calendarProperties.location, '')
    .set(calendarProperties.stateFlags, 0)
    .set(calendarProperties.sequence, 0)
    .set(calendarProperties.sideEffects, sideEffects)
    .set(calendarProperties.responseRequested, true)
    .set(calendarProperties.replyRequested, true)
    .set(eventProperties.transactionId, input.transactionId ?? undefined)
  const complete = {
    ...input,
    singleValueExtendedProperties: null,
    multiValueExtendedProperties: null,
    attendees: input.attendees ?? [],
    isReminderOn: input.isReminderOn ?? true,
    reminderMinutesBeforeStart: input.reminderMinutesBeforeStart ?? reminderMinutesDefault,
  }
  const { recipients } = changeEvent({ properties, recipients: [] }, complete, making)
  return { properties, recipients }
}

/**
 * Changes an item's own properties and recipients and returns both. Other dates of a series leave none of its changed and
 * deleted occurrences, as in Exchange. Throws a JsonRefusal; the item's bag may then be changed in part.
 */
export function changeEvent({ properties, recipients }: MessageHead, input: EventInput, { nowMs, owner }: EventMaking): ChangedEvent {
  const bag = properties
  setExtendedProperties(bag, input, isOwnId)
  if (input.subject !== undefined) setSubject(bag, input.subject ?? '')
  if (input.body !== undefined) setBody(bag, input.body ?? {})
  setLocations(bag, input)
  setFacts(bag, input)
  const hasNewDates = setDates(bag, input)
  let rows = recipients
  if (input.attendees !== undefined && !isReceived(bag)) rows = toAttendeeRows(recipients, input.attendees ?? [], owner)
  setMeetingFacts(bag, rows, seriesOf(bag) !== undefined)
  setAlarm(bag, input)
  setOnlineMeeting(bag, input)
  bag.set(calendarProperties.ownerCriticalChange, toFileTime(nowMs))
  return { properties: bag, recipients: rows, hasNewDates }
}

function setFacts(bag: PropertyBag, input: EventInput): void {
  const importance = oneOfNames(input.importance, importanceNames)
  if (importance !== undefined) bag.set(messageProperties.importance, importanceNames.indexOf(importance))
  const sensitivity = oneOfNames(input.sensitivity, sensitivityNames)
  if (sensitivity !== undefined) {
    const value = sensitivityNames.indexOf(sensitivity)
    bag.set(messageProperties.sensitivity, value).set(messageProperties.isPrivate, value === 2)
  }
  const showAs = oneOfNames(input.showAs, showAsNames)
  if (showAs !== undefined) bag.set(calendarProperties.busyStatus, showAsNames.indexOf(showAs))
  if (input.categories !== undefined) setCategories(bag, input.categories ?? [])
  if (typeof input.allowNewTimeProposals === 'boolean') bag.set(calendarProperties.disallowsProposals, !input.allowNewTimeProposals)
  if (typeof input.responseRequested === 'boolean') {
    bag.set(calendarProperties.responseRequested, input.responseRequested).set(calendarProperties.replyRequested, input.responseRequested)
  }
  if (typeof input.hideAttendees === 'boolean') bag.set(eventProperties.hideAttendees, input.hideAttendees)
}

/** Whether the dates of a series are other ones now. */
function setDates(bag: PropertyBag, input: EventInput): boolean {
  const before = seriesOf(bag)
  const { recurrence } = input
  const isPlaced = bag.has(calendarProperties.startWhole)
  const isMoved = [input.start, input.end, input.isAllDay].some((value) => value !== undefined && value !== null)
  if (isPlaced && !isMoved && recurrence === undefined) return false
  const times = newTimesOf(bag, input)
  if (recurrence === null || (recurrence === undefined && before === undefined)) {
    clearRecurrence(bag)
    setSingleTimes(bag, times)
    return before !== undefined
  }
  const startDate = toDate(dayOf(times.start.localMs))
  if (recurrence === undefined && before !== undefined) {
    if (!isMovedFrom(bag, times)) return false
    const { pattern, range } = before.recurrence
    const oldDate = toDate(dayOf(Date.parse(`${range.startDate}T00:00:00Z`)))
    setRecurrence(bag, times, { pattern, range: oldDate === startDate ? range : rangeFrom(range, startDate) })
    return true
  }
  const read = readRecurrence(recurrence ?? {}, times.start.zone)
  if (read.range.startDate !== startDate) {
    throw new JsonRefusal(
      400,
      'ErrorPropertyValidationFailure',
      'The startDate of the recurrence range must be the same day as the Event.Start property.',
    )
  }
  const start = { ...times.start, zone: read.zone }
  const isOtherZone = start.zone.id !== times.start.zone.id
  const localMs = isOtherZone ? times.start.utcMs + read.zone.offsetMsAt(times.start.utcMs) : times.start.localMs
  setRecurrence(bag, { ...times, start: { ...start, localMs } }, read)
  return before !== undefined
}

function setSingleTimes(bag: PropertyBag, times: NewTimes): void {
  const { start, end } = times
  setEventTimes(bag, times)
  setZones(bag, start.zone, end.zone, false, yearsOf(start.utcMs, end.utcMs))
}

function isMovedFrom(bag: PropertyBag, { start, end, allDay }: NewTimes): boolean {
  const [oldStart, oldEnd] = [bag.get(calendarProperties.startWhole), bag.get(calendarProperties.endWhole)]
  const isSameTime = oldStart === toFileTime(start.utcMs) && oldEnd === toFileTime(end.utcMs)
  return !isSameTime || (bag.get(calendarProperties.allDay) === true) !== allDay
}

function setAlarm(bag: PropertyBag, input: EventInput): void {
  const start = bag.get(calendarProperties.startWhole)
  if (start === undefined) return
  const isOn = input.isReminderOn ?? bag.get(messageProperties.reminderSet) ?? false
  const minutes = input.reminderMinutesBeforeStart ?? bag.get(messageProperties.reminderDeltaMinutes) ?? reminderMinutesDefault
  if (minutes < 0) throw new JsonRefusal(400, 'ErrorPropertyValidationFailure', 'The reminder is after the start of the event.')
  setReminder(bag, isOn ? minutes : undefined, fromFileTime(start))
  // Graph keeps the minutes of a reminder that is off.
  bag.set(messageProperties.reminderDeltaMinutes, minutes)
}

/** An online meeting stays one (Graph's page on event: once set, it cannot be taken back). */
function setOnlineMeeting(bag: PropertyBag, { isOnlineMeeting, onlineMeetingProvider }: EventInput): void {
  if (isOnlineMeeting !== true || bag.has(eventProperties.onlineMeetingUrl)) return
  const provider = onlineMeetingProvider === undefined || onlineMeetingProvider === null || onlineMeetingProvider.toLowerCase() === 'unknown'
    ? providerDefault
    : onlineMeetingProvider
  const thread = randomBytes(24).toString('base64url')
  const digits = Array.from(randomBytes(9), (byte) => byte % 10).join('')
  bag
    .set(eventProperties.onlineMeetingProvider, provider)
    .set(eventProperties.onlineMeetingUrl, `https://teams.microsoft.com/l/meetup-join/19%3ameeting_${thread}%40thread.v2/0`)
    .set(eventProperties.onlineMeetingId, digits)
}

/** The ids of an event are Exchange's to give (exchange.md 3.6, iCalUId). */
function isOwnId({ key }: { readonly key: string }): boolean {
  return key === calendarProperties.globalObjectId.key || key === calendarProperties.cleanGlobalObjectId.key
}

/** An id as Exchange makes it (MS-OXOCAL 2.2.1.27): the time of its making and 16 random bytes. */
function newUid(nowMs: number): string {
  const time = Buffer.alloc(8)
  time.writeBigUInt64LE(toFileTime(nowMs))
  const head = Buffer.from('040000008200e00074c5b7101a82e00800000000', 'hex')
  const size = Buffer.alloc(4)
  size.writeUInt32LE(16)
  return Buffer.concat([head, time, Buffer.alloc(8), size, randomBytes(16)]).toString('hex').toUpperCase()
}
