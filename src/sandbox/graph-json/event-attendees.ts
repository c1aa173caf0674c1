import { calendarProperties } from '../../formats/mapi/calendar-properties.ts'
import { fromFileTime, toFileTime } from '../../formats/mapi/file-time.ts'
import { messageProperties } from '../../formats/mapi/message-properties.ts'
import { PropertyBag, type ReadonlyPropertyBag } from '../../formats/mapi/property-bag.ts'
import { recipientProperties } from '../../formats/mapi/recipient-properties.ts'
import { response } from '../../formats/calendar/attendees.ts'
import { isSameAddress, recipientAddress, setRecipientAddress } from '../../formats/calendar/calendar-address.ts'
import { meetingState } from '../../formats/calendar/event-message.ts'
import { oneOfNames } from './event-enums.ts'
import { toGraphTime } from './date-time.ts'
import { fromRecipientJson, type RecipientInput, toRecipientJson } from './recipient-json.ts'

/** What may come in as `attendee`. */
export interface AttendeeInput extends RecipientInput {
  readonly type?: string | null
}

/** Whose calendar it is. */
export interface EventOwner {
  readonly name: string
  readonly address: string
}

/** Graph's words by PidTagRecipientTrackStatus and PidLidResponseStatus (MS-OXOCAL 2.2.1.11). */
const responses = ['none', 'organizer', 'tentativelyAccepted', 'accepted', 'declined', 'notResponded'] as const
/** By PidTagRecipientType. */
const attendeeTypes = [undefined, 'required', 'optional', 'resource'] as const
/** PidTagRecipientFlags (MS-OXOCAL 2.2.4.10.1). */
const recipientFlag = { sendable: 1, organizes: 2 } as const
/** What Graph says of a time that there is not. */
const noTime = '0001-01-01T00:00:00Z'
/** PidTagIconIndex (MS-OXOCAL 2.2.1.49). */
const icon = { single: 1024, series: 1025, meeting: 1026, meetingSeries: 1027 } as const

/** The attendees of an event, without its organizer. */
export function attendeesJson(rows: readonly ReadonlyPropertyBag[]): readonly object[] {
  return attendeeRows(rows).map((row) => {
    const time = row.get(recipientProperties.trackStatusTime)
    return {
      type: attendeeTypes[(row.get(recipientProperties.recipientType) ?? 1) & 3] ?? 'required',
      status: {
        response: responses[row.get(recipientProperties.trackStatus) ?? 0] ?? 'none',
        time: time === undefined ? noTime : toGraphTime(fromFileTime(time)),
      },
      emailAddress: toRecipientJson(addressOf(row)).emailAddress,
    }
  })
}

/** The addresses of the attendees. */
export function attendeeAddresses(rows: readonly ReadonlyPropertyBag[]): readonly string[] {
  return attendeeRows(rows).map((row) => addressOf(row).address)
}

/** The answer of the calendar's owner; of an event of one's own: the organizer's. */
export function responseStatusJson(bag: ReadonlyPropertyBag): object {
  const status = bag.get(calendarProperties.responseStatus) ?? response.none
  const time = bag.get(calendarProperties.replyTime)
  const isOwn = !isReceived(bag) && status === response.none
  return { response: isOwn ? 'organizer' : (responses[status] ?? 'none'), time: time === undefined ? noTime : toGraphTime(fromFileTime(time)) }
}

/** Whether somebody else organizes the event. */
export function isReceived(bag: ReadonlyPropertyBag): boolean {
  return ((bag.get(calendarProperties.stateFlags) ?? 0) & meetingState.received) !== 0
}

/**
 * The recipients for a list of attendees: the organizer first, each address once; who was there already keeps the answer
 * given. Throws a JsonRefusal, `ErrorInvalidRecipients`.
 */
export function toAttendeeRows(
  before: readonly ReadonlyPropertyBag[],
  attendees: readonly AttendeeInput[],
  organizer: EventOwner,
): readonly PropertyBag[] {
  const rows: PropertyBag[] = []
  for (const attendee of attendees) {
    const { name, address } = fromRecipientJson(attendee)
    if (isSameAddress({ address }, organizer) || rows.some((row) => isSameAddress(addressOf(row), { address }))) continue
    const old = before.find((row) => isSameAddress(addressOf(row), { address }))
    const type = Math.max(attendeeTypes.indexOf(oneOfNames(attendee.type, ['required', 'optional', 'resource']) ?? 'required'), 1)
    const row = toRow(name === '' ? address : name, address, type, recipientFlag.sendable)
    row.set(recipientProperties.trackStatus, old?.get(recipientProperties.trackStatus) ?? response.none)
    row.set(recipientProperties.trackStatusTime, old?.get(recipientProperties.trackStatusTime))
    rows.push(row)
  }
  if (rows.length === 0) return []
  const first = toRow(organizer.name, organizer.address, 1, recipientFlag.sendable | recipientFlag.organizes)
  first.set(recipientProperties.trackStatus, response.organized)
  return [first, ...rows].map((row, index) => row.set(recipientProperties.rowId, index))
}

/** Sets what follows from an event having people or none, and from being a series. */
export function setMeetingFacts(bag: PropertyBag, rows: readonly ReadonlyPropertyBag[], isSeries: boolean): void {
  const people = attendeeRows(rows)
  const hasPeople = people.length > 0
  const state = bag.get(calendarProperties.stateFlags) ?? 0
  const received = state & meetingState.received
  const isMeeting = hasPeople || received !== 0
  const names = (type?: number) =>
    people
      .filter((row) => type === undefined || (row.get(recipientProperties.recipientType) ?? 1) === type)
      .map((row) => row.get(recipientProperties.displayName) ?? '')
      .join('; ')
  bag
    .set(calendarProperties.stateFlags, isMeeting ? state | meetingState.meeting : state & ~meetingState.meeting)
    .set(calendarProperties.recurring, isSeries)
    .set(calendarProperties.isRecurringMeeting, isSeries)
    .set(calendarProperties.allAttendees, names())
    .set(calendarProperties.toAttendees, names(1))
    .set(calendarProperties.ccAttendees, names(2))
    .set(messageProperties.iconIndex, isMeeting ? (isSeries ? icon.meetingSeries : icon.meeting) : isSeries ? icon.series : icon.single)
  if (received === 0) {
    bag.set(calendarProperties.invited, hasPeople).set(calendarProperties.responseStatus, hasPeople ? response.organized : response.none)
  }
}

/** Sets the owner's own answer (MS-OXOCAL 2.2.1.11): 2 tentative, 3 accepted, 4 declined. */
export function setOwnResponse(bag: PropertyBag, status: number, owner: EventOwner, nowMs: number): void {
  bag
    .set(calendarProperties.responseStatus, status)
    .set(calendarProperties.replyTime, toFileTime(nowMs))
    .set(calendarProperties.replyName, owner.name)
    .set(calendarProperties.busyStatus, status === response.tentative ? 1 : (bag.get(calendarProperties.intendedBusyStatus) ?? 2))
}

function attendeeRows<T extends ReadonlyPropertyBag>(rows: readonly T[]): readonly T[] {
  return rows.filter((row) => ((row.get(recipientProperties.recipientFlags) ?? 0) & recipientFlag.organizes) === 0)
}

function addressOf(row: ReadonlyPropertyBag): EventOwner {
  const { name, address } = recipientAddress(row) ?? { name: row.get(recipientProperties.displayName) ?? '', address: '' }
  return { name, address }
}

function toRow(name: string, address: string, type: number, flags: number): PropertyBag {
  const row = new PropertyBag()
  setRecipientAddress(row, { name: name.toWellFormed(), addressType: 'SMTP', address: address.toWellFormed() })
  return row.set(recipientProperties.recipientType, type).set(recipientProperties.recipientFlags, flags)
}
