import { PropertyBag } from '../mapi/property-bag.ts'
import type { ReadonlyPropertyBag } from '../mapi/property-bag.ts'
import { recipientProperties } from '../mapi/recipient-properties.ts'
import type { CalendarAddress } from './calendar-address.ts'
import { addressOf, isSameAddress, recipientAddress, setRecipientAddress, toCalendarUser } from './calendar-address.ts'
import type { CalendarComponent, CalendarProperty } from './icalendar-components.ts'
import { allOf, firstOf } from './icalendar-components.ts'
import type { JcalProperty } from './jcal.ts'

/** PidTagRecipientTrackStatus and PidLidResponseStatus (MS-OXOCAL 2.2.1.11). */
export const response = { none: 0, organized: 1, tentative: 2, accepted: 3, declined: 4, notResponded: 5 } as const

const responses: Readonly<Record<string, number>> = {
  'ACCEPTED': response.accepted,
  'TENTATIVE': response.tentative,
  'DECLINED': response.declined,
  'NEEDS-ACTION': response.notResponded,
}

/** PidTagRecipientFlags (MS-OXOCAL 2.2.4.10.1). */
const sendable = 1
const organizes = 2
/** PidTagRecipientType. */
const recipientType = { to: 1, cc: 2, bcc: 3 } as const

/** The answer that an ATTENDEE gives; 0 when it says none that Exchange knows. */
export function responseOf({ parameters }: CalendarProperty): number {
  return responses[(parameters['partstat'] ?? '').toUpperCase()] ?? response.none
}

/** The ORGANIZER of an event. */
export function organizerOf(event: CalendarComponent): CalendarAddress | undefined {
  const property = firstOf(event, 'organizer')
  return property === undefined ? undefined : addressOf(property)
}

/**
 * The recipients of an event: the organizer first, then the attendees, each address once. Required and chairs are "to",
 * optional and others "cc", rooms and resources "bcc" (MS-OXCICAL 2.1.3.1.1.20.2).
 */
export function recipientsOf(event: CalendarComponent): readonly PropertyBag[] {
  const organizer = organizerOf(event)
  const rows: { who: CalendarAddress; type: number; status: number }[] = []
  for (const attendee of allOf(event, 'attendee')) {
    const who = addressOf(attendee)
    if (who === undefined || rows.some((row) => isSameAddress(row.who, who))) continue
    rows.push({ who, type: typeOf(attendee), status: responseOf(attendee) })
  }
  if (rows.length === 0) return []
  if (organizer !== undefined && !rows.some(({ who }) => isSameAddress(who, organizer))) {
    rows.unshift({ who: organizer, type: recipientType.to, status: response.organized })
  }
  return rows.map(({ who, type, status }, n) => {
    const bag = new PropertyBag()
    const isOrganizer = organizer !== undefined && isSameAddress(who, organizer)
    // So that an organizer who is an attendee too can be told from one who is not: no answer is NEEDS-ACTION.
    const known = isOrganizer && status === response.none ? response.notResponded : status
    setRecipientAddress(bag, who)
    return bag
      .set(recipientProperties.rowId, n)
      .set(recipientProperties.recipientType, type)
      .set(recipientProperties.recipientFlags, isOrganizer ? sendable | organizes : sendable)
      .set(recipientProperties.trackStatus, known)
  })
}

/** A single recipient of type "to": whom an answer goes to. */
export function addresseeOf(who: CalendarAddress): PropertyBag {
  const bag = new PropertyBag()
  setRecipientAddress(bag, who)
  return bag
    .set(recipientProperties.rowId, 0)
    .set(recipientProperties.recipientType, recipientType.to)
    .set(recipientProperties.recipientFlags, sendable)
}

function typeOf({ parameters }: CalendarProperty): number {
  const role = (parameters['role'] ?? '').toUpperCase()
  if (/^(?:ROOM|RESOURCE)$/i.test(parameters['cutype'] ?? '')) return recipientType.bcc
  return role === 'OPT-PARTICIPANT' || role === 'NON-PARTICIPANT' ? recipientType.cc : recipientType.to
}

/**
 * The ATTENDEEs of recipients. The organizer is one only when he answered: Exchange keeps a row for him in any case.
 */
export function attendeeProperties(
  recipients: readonly ReadonlyPropertyBag[],
  wantsAnswers: boolean,
): readonly JcalProperty[] {
  return recipients.flatMap((bag): JcalProperty[] => {
    const who = recipientAddress(bag)
    const status = bag.get(recipientProperties.trackStatus) ?? response.none
    const isOrganizer = ((bag.get(recipientProperties.recipientFlags) ?? 0) & organizes) !== 0
    if (who === undefined || (isOrganizer && status <= response.organized)) return []
    const { uri, parameters } = toCalendarUser(who)
    const partstat = Object.keys(responses).find((name) => responses[name] === status)
    const type = bag.get(recipientProperties.recipientType)
    return [
      [
        'attendee',
        {
          ...parameters,
          ...(type === recipientType.bcc
            ? { cutype: 'RESOURCE', role: 'NON-PARTICIPANT' }
            : { role: type === recipientType.cc ? 'OPT-PARTICIPANT' : 'REQ-PARTICIPANT' }),
          ...(partstat !== undefined && { partstat }),
          ...(wantsAnswers && !isOrganizer && { rsvp: 'TRUE' }),
        },
        'cal-address',
        uri,
      ],
    ]
  })
}

/** The PARTSTAT of a response. */
export function partstatOf(status: number): string {
  return Object.keys(responses).find((name) => responses[name] === status) ?? 'NEEDS-ACTION'
}
