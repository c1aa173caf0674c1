import { calendarProperties } from '../mapi/calendar-properties.ts'
import { toFileTime } from '../mapi/file-time.ts'
import { messageProperties } from '../mapi/message-properties.ts'
import type { PropertyBag } from '../mapi/property-bag.ts'
import type { CalendarZones } from './calendar-time.ts'
import { readTime } from './calendar-time.ts'
import type { CalendarComponent } from './icalendar-components.ts'
import { allOf, firstOf, integerOf, textOf } from './icalendar-components.ts'

/** PidLidBusyStatus by the names of X-MICROSOFT-CDO-BUSYSTATUS (MS-OXCICAL 2.1.3.1.1.20.31). */
export const busyNames = ['FREE', 'TENTATIVE', 'BUSY', 'OOF', 'WORKINGELSEWHERE'] as const
/** PidTagSensitivity by CLASS; without a name: normal. */
export const classNames = ['PUBLIC', 'X-PERSONAL', 'PRIVATE', 'CONFIDENTIAL'] as const
const utf8CodePage = 65001

/** What events and tasks say alike: texts, categories, class, priority, when they were made. */
export function setSharedFacts(entry: CalendarComponent, zones: CalendarZones, bag: PropertyBag, lost: Set<string>): void {
  const subject = (textOf(entry, 'summary') ?? '').replace(/\s*[\r\n]\s*$/, '').replace(/\s*[\r\n]\s*/g, ' ')
  const sensitivity = sensitivityOf(textOf(entry, 'class'))
  bag
    .set(messageProperties.subject, subject)
    .set(messageProperties.normalizedSubject, subject)
    .set(messageProperties.conversationTopic, subject)
    .set(messageProperties.body, textOf(entry, 'description') ?? '')
    .set(messageProperties.importance, importanceOf(entry))
    .set(messageProperties.sensitivity, sensitivity)
    .set(messageProperties.isPrivate, sensitivity === 2)
    .set(messageProperties.keywords, listOf(entry, 'categories'))
    .set(messageProperties.contacts, listOf(entry, 'contact'))
    .set(messageProperties.creationTime, fileTimeOf(entry, 'created', zones, lost))
    .set(messageProperties.lastModificationTime, fileTimeOf(entry, 'last-modified', zones, lost))
    .set(messageProperties.messageFlags, 1)
  const html = firstOf(entry, 'x-alt-desc')
  const text = html?.values[0]
  if (typeof text === 'string' && /^text\/html/i.test(html?.parameters['fmttype'] ?? '')) {
    bag
      .set(messageProperties.html, Buffer.from(text, 'utf8'))
      .set(messageProperties.internetCodePage, utf8CodePage)
      .set(messageProperties.nativeBody, 3)
  } else bag.set(messageProperties.nativeBody, 1)
}

/** PidLidBusyStatus: what Outlook says, else by STATUS and TRANSP (MS-OXCICAL 2.1.3.1.1.20.31). */
export function busyStatusOf(event: CalendarComponent): number {
  const named = busyNames.indexOf((textOf(event, 'x-microsoft-cdo-busystatus') ?? '').toUpperCase() as 'FREE')
  if (named >= 0) return named
  if (/^transparent$/i.test(textOf(event, 'transp') ?? '')) return 0
  return /^tentative$/i.test(textOf(event, 'status') ?? '') ? 1 : 2
}

/** PidLidIntendedBusyStatus, when Outlook says it. */
export function intendedStatusOf(event: CalendarComponent): number | undefined {
  const named = busyNames.indexOf((textOf(event, 'x-microsoft-cdo-intendedstatus') ?? '').toUpperCase() as 'FREE')
  return named < 0 ? undefined : named
}

/** PidLidAppointmentSequence. */
export function sequenceOf(event: CalendarComponent): number {
  return Math.max(integerOf(event, 'x-microsoft-cdo-appt-sequence') ?? integerOf(event, 'sequence') ?? 0, 0)
}

/** A time property as a FILETIME. One that cannot be read is lost: only times that place an entry are worth refusing it. */
export function fileTimeOf(
  entry: CalendarComponent,
  name: string,
  zones: CalendarZones,
  lost: Set<string>,
): bigint | undefined {
  const property = firstOf(entry, name)
  if (property === undefined) return undefined
  try {
    return toFileTime(readTime(property.values[0], property, zones).utcMs)
  } catch {
    lost.add(name)
    return undefined
  }
}

/** Who last changed it and when: DTSTAMP, which replies set for the attendee (MS-OXCICAL 2.1.3.1.1.20.9). */
export function setStamp(
  entry: CalendarComponent,
  isReply: boolean,
  zones: CalendarZones,
  bag: PropertyBag,
  lost: Set<string>,
): void {
  const { attendeeCriticalChange, ownerCriticalChange } = calendarProperties
  bag.set(isReply ? attendeeCriticalChange : ownerCriticalChange, fileTimeOf(entry, 'dtstamp', zones, lost))
}

function sensitivityOf(value: string | undefined): number {
  const name = (value ?? 'PUBLIC').toUpperCase()
  if (name === 'PERSONAL') return 1
  const known = classNames.indexOf(name as 'PUBLIC')
  // RFC 5545 section 3.8.1.3: a class that is not known is private.
  return known < 0 ? 2 : known
}

function importanceOf(entry: CalendarComponent): number {
  const outlook = integerOf(entry, 'x-microsoft-cdo-importance')
  if (outlook !== undefined && outlook >= 0 && outlook <= 2) return outlook
  const priority = integerOf(entry, 'priority') ?? 0
  if (priority >= 1 && priority <= 4) return 2
  return priority >= 6 && priority <= 9 ? 0 : 1
}

function listOf(entry: CalendarComponent, name: string): readonly string[] | undefined {
  const texts = allOf(entry, name).flatMap(({ values }) => values.map((value) => String(value).trim()))
  const named = [...new Set(texts)].filter((text) => text !== '')
  return named.length === 0 ? undefined : named
}
