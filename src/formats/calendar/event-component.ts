import { calendarProperties } from '../mapi/calendar-properties.ts'
import { fromFileTime, toFileTime } from '../mapi/file-time.ts'
import { messageProperties } from '../mapi/message-properties.ts'
import type { MapiMessage } from '../mapi/message.ts'
import type { ReadonlyPropertyBag } from '../mapi/property-bag.ts'
import { charsetOfCodePage } from '../mime/code-pages.ts'
import { decodeCharset } from '../mime/charset-text.ts'
import { alarmOf } from './alarm.ts'
import { attendeeProperties, partstatOf } from './attendees.ts'
import { recipientAddress, representingOf, toCalendarUser } from './calendar-address.ts'
import { attachProperties } from './calendar-attachments.ts'
import { busyNames, classNames } from './event-facts.ts'
import { meetingState } from './event-message.ts'
import { instanceDateOf, uidOf } from './global-object-id.ts'
import type { ItemTimes } from './item-times.ts'
import { timeProperty } from './item-times.ts'
import type { JcalComponent, JcalProperty } from './jcal.ts'
import { textProperty, utcText, valueProperty } from './jcal.ts'
import { keptOthers } from './kept-properties.ts'
import { dayMs, dayNumberOf } from './local-time.ts'
import { toUtc } from './zone.ts'

/** PRIORITY by PidTagImportance (MS-OXCICAL 2.1.3.1.1.20.17); normal is 5 to Exchange. */
const priorities = [9, 5, 1] as const

/** What to call an item without an id of its own. */
const unknownUid = 'unknown'

/** The UID of an item. */
export function uidOfItem(bag: ReadonlyPropertyBag): string {
  const id = bag.get(calendarProperties.cleanGlobalObjectId) ?? bag.get(calendarProperties.globalObjectId)
  return (
    (id === undefined ? undefined : uidOf(id)) ??
    bag.get(messageProperties.searchKey)?.reduce((hex, byte) => hex + byte.toString(16).padStart(2, '0'), '') ??
    unknownUid
  )
}

/**
 * The VEVENT of an appointment or meeting message, recurrence aside (MS-OXCICAL 2.1.3.1.1.20). `more` are the
 * properties that only a series has.
 */
export function eventComponent(message: MapiMessage, times: ItemTimes, more: readonly JcalProperty[]): JcalComponent {
  const { properties: bag } = message
  const { startMs, endMs, startZone, endZone, allDay } = times
  return [
    'vevent',
    [
      textProperty('uid', uidOfItem(bag)),
      ...originalOf(bag, times),
      timeProperty('dtstart', startMs, startZone, allDay),
      // Exchange's whole days end a day later; one of no length has no end to say.
      ...(endMs > startMs || !allDay ? [timeProperty('dtend', endMs, allDay ? startZone : endZone, allDay)] : []),
      ...more,
      ...sharedProperties(bag),
      ...appointmentProperties(bag, allDay),
      ...peopleProperties(message),
      ...attachProperties(message.attachments),
    ],
    alarmOf(bag),
  ]
}

/** RECURRENCE-ID of what stands for one occurrence. */
function originalOf(bag: ReadonlyPropertyBag, { startZone, allDay }: ItemTimes): readonly JcalProperty[] {
  const replaced = bag.get(calendarProperties.exceptionReplaceTime)
  if (replaced !== undefined) return [timeProperty('recurrence-id', fromFileTime(replaced), startZone, allDay)]
  const id = bag.get(calendarProperties.globalObjectId)
  const instance = id === undefined ? undefined : instanceDateOf(id)
  if (instance === undefined) return []
  const midnightMs = dayNumberOf(instance.year, instance.month, instance.day) * dayMs
  return [timeProperty('recurrence-id', toUtc(startZone, midnightMs), startZone, true)]
}

/** What events and tasks say alike. */
export function sharedProperties(bag: ReadonlyPropertyBag): readonly JcalProperty[] {
  const stamp = bag.get(calendarProperties.ownerCriticalChange) ?? bag.get(calendarProperties.attendeeCriticalChange)
  const [created, modified] = [bag.get(messageProperties.creationTime), bag.get(messageProperties.lastModificationTime)]
  const changed = stamp ?? modified ?? created
  const sensitivity = bag.get(messageProperties.sensitivity) ?? 0
  const importance = bag.get(messageProperties.importance) ?? 1
  const html = bag.get(messageProperties.html)
  const keywords = bag.get(messageProperties.keywords) ?? []
  const body = (bag.get(messageProperties.body) ?? '').replace(/\r\n?/g, '\n')
  return [
    timeText('dtstamp', changed ?? toFileTime(0)),
    ...(created === undefined ? [] : [timeText('created', created)]),
    ...(modified === undefined ? [] : [timeText('last-modified', modified)]),
    textProperty('summary', bag.get(messageProperties.subject) ?? ''),
    ...(body === '' ? [] : [textProperty('description', body)]),
    ...(html === undefined
      ? []
      : [textProperty('x-alt-desc', htmlText(bag, html), { fmttype: 'text/html' })]),
    textProperty('class', classNames[sensitivity] ?? 'PUBLIC'),
    valueProperty('priority', 'integer', priorities[importance] ?? 5),
    ...(keywords.length === 0 ? [] : [valueProperty('categories', 'text', ...keywords)]),
    ...(bag.get(messageProperties.contacts) ?? []).map((contact) => textProperty('contact', contact)),
    ...keptOthers(bag).map(([name, value]) => textProperty(name, value)),
  ]
}

function appointmentProperties(bag: ReadonlyPropertyBag, allDay: boolean): readonly JcalProperty[] {
  const busyStatus = bag.get(calendarProperties.busyStatus) ?? 2
  const intended = bag.get(calendarProperties.intendedBusyStatus)
  const isCancelled = ((bag.get(calendarProperties.stateFlags) ?? 0) & meetingState.cancelled) !== 0
  const location = bag.get(calendarProperties.location) ?? ''
  const ownerId = bag.get(calendarProperties.ownerAppointmentId)
  const intendedName = intended === undefined ? undefined : busyNames[intended]
  return [
    ...(location === '' ? [] : [textProperty('location', location)]),
    valueProperty('sequence', 'integer', bag.get(calendarProperties.sequence) ?? 0),
    textProperty('transp', busyStatus === 0 ? 'TRANSPARENT' : 'OPAQUE'),
    textProperty('status', isCancelled ? 'CANCELLED' : busyStatus === 1 ? 'TENTATIVE' : 'CONFIRMED'),
    textProperty('x-microsoft-cdo-busystatus', busyNames[busyStatus] ?? 'BUSY'),
    ...(intendedName === undefined ? [] : [textProperty('x-microsoft-cdo-intendedstatus', intendedName)]),
    textProperty('x-microsoft-cdo-alldayevent', allDay ? 'TRUE' : 'FALSE'),
    ...(ownerId === undefined ? [] : [textProperty('x-microsoft-cdo-ownerapptid', String(ownerId))]),
    ...(bag.get(calendarProperties.disallowsProposals) === true
      ? [textProperty('x-microsoft-disallow-counter', 'TRUE')]
      : []),
  ]
}

/** ORGANIZER and ATTENDEEs; an answer has its sender as the one ATTENDEE (MS-OXCICAL 2.1.3.1.1.20.2). */
function peopleProperties({ properties: bag, recipients }: MapiMessage): readonly JcalProperty[] {
  const representing = representingOf(bag)
  const who = representing === undefined ? undefined : toCalendarUser(representing)
  if (!isAnswer(bag)) {
    const organizer: readonly JcalProperty[] =
      who === undefined ? [] : [['organizer', who.parameters, 'cal-address', who.uri]]
    return [...organizer, ...attendeeProperties(recipients, bag.get(calendarProperties.responseRequested) === true)]
  }
  const [addressee] = recipients.map(recipientAddress)
  const to = addressee === undefined ? undefined : toCalendarUser(addressee)
  const partstat = partstatOf(bag.get(calendarProperties.responseStatus) ?? answerOf(bag))
  return [
    ...(to === undefined ? [] : [['organizer', to.parameters, 'cal-address', to.uri] satisfies JcalProperty]),
    ...(who === undefined
      ? []
      : [['attendee', { ...who.parameters, partstat }, 'cal-address', who.uri] satisfies JcalProperty]),
  ]
}

/** Whether a message answers an invitation. */
function isAnswer(bag: ReadonlyPropertyBag): boolean {
  return /^IPM\.Schedule\.Meeting\.Resp\./i.test(bag.get(messageProperties.messageClass) ?? '')
}

function answerOf(bag: ReadonlyPropertyBag): number {
  const [, kind = ''] = /\.Resp\.(\w+)/i.exec(bag.get(messageProperties.messageClass) ?? '') ?? []
  return { pos: 3, tent: 2, neg: 4 }[kind.toLowerCase()] ?? 0
}

/** In the code page that the item names, UTF-8 when it names none. */
function htmlText(bag: ReadonlyPropertyBag, html: Uint8Array): string {
  return decodeCharset(html, charsetOfCodePage(bag.get(messageProperties.internetCodePage) ?? 65001))
}

function timeText(name: string, time: bigint): JcalProperty {
  return valueProperty(name, 'date-time', utcText(fromFileTime(time)))
}
