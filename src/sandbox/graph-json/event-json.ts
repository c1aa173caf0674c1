import { calendarProperties } from '../../formats/mapi/calendar-properties.ts'
import { fromFileTime } from '../../formats/mapi/file-time.ts'
import { messageProperties } from '../../formats/mapi/message-properties.ts'
import type { ReadonlyPropertyBag } from '../../formats/mapi/property-bag.ts'
import { Buffer } from 'node:buffer'
import { representingOf } from '../../formats/calendar/calendar-address.ts'
import { meetingState } from '../../formats/calendar/event-message.ts'
import { uidOfItem } from '../../formats/calendar/event-component.ts'
import { globalObjectIdOf, instanceDateOf } from '../../formats/calendar/global-object-id.ts'
import { bodyJson, bodyPreview } from './body-json.ts'
import { toGraphTime } from './date-time.ts'
import { attendeesJson, type EventOwner, isReceived, responseStatusJson } from './event-attendees.ts'
import { importanceNames, sensitivityNames, showAsNames } from './event-enums.ts'
import { locationJson, locationsJson } from './event-location.ts'
import { eventProperties } from './event-properties.ts'
import { recurrenceJson, seriesOf } from './event-recurrence.ts'
import { eventTimeJson, eventTimesOf, type ShownZone, zoneNameOf } from './event-times.ts'
import { type ItemSource, outlookItemFields } from './message-json.ts'
import { toRecipientJson } from './recipient-json.ts'

/** An event as its JSON is made of; `head` is the occurrence's own where it is one. */
export interface EventSource extends ItemSource {
  readonly shown: ShownZone
  readonly owner: EventOwner
  /** Which occurrence of which series it is. */
  readonly occurrence?: { readonly type: 'occurrence' | 'exception'; readonly seriesMasterId: string }
}

type Field = (event: EventSource) => unknown

const bagOf = ({ head }: EventSource): ReadonlyPropertyBag => head().properties

/** In the order in which Graph answers them. */
const fields: Readonly<Record<string, Field>> = {
  ...outlookItemFields,
  // An exception may have categories of its own, which the row of its series does not know.
  categories: (event) => bagOf(event).get(messageProperties.keywords) ?? [],
  transactionId: (event) => bagOf(event).get(eventProperties.transactionId) ?? null,
  originalStartTimeZone: (event) => zoneName(event, 'start'),
  originalEndTimeZone: (event) => zoneName(event, 'end'),
  iCalUId: (event) => icalUidOf(bagOf(event)),
  reminderMinutesBeforeStart: (event) => bagOf(event).get(messageProperties.reminderDeltaMinutes) ?? 0,
  isReminderOn: (event) => bagOf(event).get(messageProperties.reminderSet) ?? false,
  hasAttachments: (event) => event.row.attachmentCount > 0 && event.hasVisibleAttachments(),
  subject: (event) => bagOf(event).get(messageProperties.subject) ?? '',
  bodyPreview: (event) => bodyPreview(bagOf(event)),
  importance: (event) => importanceNames[bagOf(event).get(messageProperties.importance) ?? 1] ?? 'normal',
  sensitivity: (event) => sensitivityNames[bagOf(event).get(messageProperties.sensitivity) ?? 0] ?? 'normal',
  isAllDay: (event) => bagOf(event).get(calendarProperties.allDay) ?? false,
  isCancelled: (event) => ((bagOf(event).get(calendarProperties.stateFlags) ?? 0) & meetingState.cancelled) !== 0,
  isOrganizer: (event) => !isReceived(bagOf(event)),
  responseRequested: (event) => bagOf(event).get(calendarProperties.responseRequested) ?? true,
  seriesMasterId: ({ occurrence }) => occurrence?.seriesMasterId ?? null,
  showAs: (event) => showAsNames[bagOf(event).get(calendarProperties.busyStatus) ?? 2] ?? 'unknown',
  type: (event) => event.occurrence?.type ?? (seriesOf(bagOf(event)) === undefined ? 'singleInstance' : 'seriesMaster'),
  webLink: ({ outlook, id }) => `${outlook}/owa/?itemid=${encodeURIComponent(id)}&exvsurl=1&path=/calendar/item`,
  onlineMeetingUrl: () => null,
  isOnlineMeeting: (event) => bagOf(event).has(eventProperties.onlineMeetingUrl),
  onlineMeetingProvider: (event) => bagOf(event).get(eventProperties.onlineMeetingProvider) ?? 'unknown',
  allowNewTimeProposals: (event) => bagOf(event).get(calendarProperties.disallowsProposals) !== true,
  isDraft: () => false,
  hideAttendees: (event) => bagOf(event).get(eventProperties.hideAttendees) ?? false,
  responseStatus: (event) => responseStatusJson(bagOf(event)),
  body: (event) => bodyJson(bagOf(event), event.bodyType),
  start: (event) => timeOf(event, 'start'),
  end: (event) => timeOf(event, 'end'),
  location: (event) => locationJson(bagOf(event)),
  locations: (event) => locationsJson(bagOf(event)),
  recurrence: (event) => {
    const series = event.occurrence === undefined ? seriesOf(bagOf(event)) : undefined
    return series === undefined ? null : recurrenceJson(series)
  },
  attendees: (event) => attendeesJson(event.head().recipients),
  organizer: (event) => organizerOf(event),
  onlineMeeting: (event) => onlineMeetingJson(bagOf(event)),
  originalStart: (event) => originalStartOf(event),
}

/** What only a series says, and only when it is asked for (Graph's page on event, cancelledOccurrences). */
export const cancelledOccurrences = 'cancelledOccurrences'

/** The property names that `$select`, `$filter` and `$orderby` of events may name. */
export const eventFieldNames: ReadonlySet<string> = new Set([
  ...Object.keys(fields).filter((name) => !name.startsWith('@')),
  cancelledOccurrences,
])

const always: ReadonlySet<string> = new Set(['@odata.etag', 'id'])

/** An event as Graph answers it: everything, or what was selected with its id and etag. */
export function eventJson(event: EventSource, select?: readonly string[]): Record<string, unknown> {
  const json: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(fields)) {
    const isWanted = select === undefined || always.has(name) || select.includes('*') || select.some((one) => one === name || one.startsWith(`${name}/`))
    if (!isWanted) continue
    const value = field(event)
    if (value !== undefined) json[name] = value
  }
  return json
}

/** Some properties alone, for filters. */
export function eventValues(event: EventSource, names: Iterable<string>): Record<string, unknown> {
  return Object.fromEntries([...names].map((name) => [name, fields[name]?.(event)]))
}

function timeOf(event: EventSource, part: 'start' | 'end'): object | null {
  const times = eventTimesOf(bagOf(event))
  return times === undefined ? null : eventTimeJson(times, part, event.shown)
}

function zoneName(event: EventSource, part: 'start' | 'end'): string {
  const times = eventTimesOf(bagOf(event))
  if (times === undefined) return 'UTC'
  return zoneNameOf(part === 'start' ? times.startZone : times.endZone, times.startMs)
}

/** The id in hex as Exchange shows it, another program's as it was; an occurrence's has its day in it. */
function icalUidOf(bag: ReadonlyPropertyBag): string {
  const uid = uidOfItem(bag)
  const own = bag.get(calendarProperties.globalObjectId)
  const instance = own === undefined ? undefined : instanceDateOf(own)
  return instance === undefined ? uid : Buffer.from(globalObjectIdOf(uid, instance)).toString('hex').toUpperCase()
}

function organizerOf(event: EventSource): object {
  const who = representingOf(bagOf(event)) ?? event.owner
  return toRecipientJson({ name: who.name, address: who.address })
}

function onlineMeetingJson(bag: ReadonlyPropertyBag): object | null {
  const joinUrl = bag.get(eventProperties.onlineMeetingUrl)
  if (joinUrl === undefined) return null
  const conferenceId = bag.get(eventProperties.onlineMeetingId)
  return { joinUrl, ...(conferenceId === undefined ? {} : { conferenceId }) }
}

/** Only occurrences have one. */
function originalStartOf(event: EventSource): string | undefined {
  const time = event.occurrence === undefined ? undefined : bagOf(event).get(calendarProperties.exceptionReplaceTime)
  return time === undefined ? undefined : toGraphTime(fromFileTime(time))
}
