import { attachmentRoutes } from '../../graph-mailbox/attachment-routes.ts'
import type { MailboxStores } from '../../graph-mailbox/open-mailbox.ts'
import { GraphError } from '../../http/graph-error.ts'
import type { GraphRequest, Route } from '../../http/route.ts'
import { userContext } from './answer-event.ts'
import { calendarGroupRoutes } from './calendar-group-routes.ts'
import { listCalendars as readCalendarList, readEvents, readWhole, writeEvents } from './calendar-permissions.ts'
import { createCalendar, deleteCalendar, getCalendar, listCalendars, updateCalendar } from './calendars.ts'
import { createEvent } from './create-event.ts'
import { cancelEvent, deleteEvent } from './delete-event.ts'
import { embeddedEventJson, makeEmbeddedEvent } from './embedded-event.ts'
import { openEvent } from './event-place.ts'
import { followEvents } from './follow-events.ts'
import { getEvent, listEvents } from './list-events.ts'
import { dismissReminder, forwardEvent, respondToEvent, snoozeReminder } from './respond-to-event.ts'
import { sharingRoutes } from './sharing.ts'
import { todoRoutes } from './todo-routes.ts'
import { updateEvent } from './update-event.ts'
import { listInstances, viewCalendar } from './view-calendar.ts'

const user = '/users/{id}'
const calendar = `${user}/calendar`
const namedCalendar = `${user}/calendars/{calendarId}`
const groupedCalendar = `${user}/calendarGroups/{groupId}/calendars/{calendarId}`

const read = { area: 'mailbox', permissions: readEvents } as const
const whole = { area: 'mailbox', permissions: readWhole } as const
const write = { area: 'mailbox', permissions: writeEvents } as const

/** Calendars, events, sharing and To Do as Graph has them (exchange.md 3.6 and 3.7). */
export function graphCalendarRoutes(stores: MailboxStores): readonly Route[] {
  return [
    ...calendarRoutes(stores),
    ...calendarGroupRoutes(stores),
    ...[calendar, namedCalendar].flatMap((place) => sharingRoutes(place, stores)),
    // Events are in the default calendar and in every other one, also by its group.
    ...[user, calendar, namedCalendar, groupedCalendar].flatMap((place) => eventRoutes(place, stores)),
    ...todoRoutes(stores),
  ]
}

function calendarRoutes(stores: MailboxStores): readonly Route[] {
  const lists = [`${user}/calendars`, `${user}/calendarGroups/{groupId}/calendars`]
  return [
    ...lists.flatMap((path): readonly Route[] => [
      { method: 'GET', path, area: 'mailbox', permissions: readCalendarList, handle: (request) => listCalendars(request, stores) },
      { method: 'POST', path, ...write, handle: (request) => createCalendar(request, stores) },
    ]),
    ...[calendar, namedCalendar, groupedCalendar].flatMap((path): readonly Route[] => [
      { method: 'GET', path, ...read, handle: (request) => getCalendar(request, stores) },
      { method: 'PATCH', path, ...write, handle: (request) => updateCalendar(request, stores) },
    ]),
    ...[namedCalendar, groupedCalendar].map((path): Route => ({ method: 'DELETE', path, ...write, handle: (request) => deleteCalendar(request, stores) })),
  ]
}

function eventRoutes(place: string, stores: MailboxStores): readonly Route[] {
  const events = `${place}/events`
  const one = `${events}/{eventId}`
  const action = (name: string, handle: Route['handle'], permissions = writeEvents): Route => ({
    method: 'POST',
    path: `${one}/${name}`,
    area: 'mailbox',
    permissions,
    handle,
  })
  return [
    { method: 'GET', path: events, ...read, handle: (request) => listEvents(request, stores) },
    { method: 'POST', path: events, ...write, handle: (request) => createEvent(request, stores) },
    { method: 'GET', path: `${events}/delta`, ...whole, handle: (request) => followEvents(request, stores, 'events') },
    { method: 'GET', path: one, ...read, handle: (request) => getEvent(request, stores) },
    { method: 'PATCH', path: one, ...write, handle: (request) => updateEvent(request, stores) },
    { method: 'DELETE', path: one, ...write, handle: (request) => deleteEvent(request, stores, 'deleteditems') },
    { method: 'GET', path: `${one}/instances`, ...read, handle: (request) => listInstances(request, stores) },
    { method: 'GET', path: `${place}/calendarView`, ...read, handle: (request) => viewCalendar(request, stores) },
    { method: 'GET', path: `${place}/calendarView/delta`, ...whole, handle: (request) => followEvents(request, stores, 'calendarView') },
    action('accept', (request) => respondToEvent(request, stores, 'accept')),
    action('tentativelyAccept', (request) => respondToEvent(request, stores, 'tentativelyAccept')),
    action('decline', (request) => respondToEvent(request, stores, 'decline')),
    action('cancel', (request) => cancelEvent(request, stores)),
    action('forward', (request) => forwardEvent(request, stores), readWhole),
    action('snoozeReminder', (request) => snoozeReminder(request, stores)),
    action('dismissReminder', (request) => dismissReminder(request, stores)),
    action('permanentDelete', (request) => deleteEvent(request, stores, 'recoverableitemspurges')),
    ...attachmentRoutes(stores, {
      path: one,
      contextOf: (request) => `${userContext(request)}/events('${encodeURIComponent(request.params['eventId'] ?? '')}')`,
      uploadSegment: 'Events',
      findItem: (request) => itemWithAttachments(request, stores),
      read: readWhole,
      write: writeEvents,
      embeddedJson: embeddedEventJson,
      makeEmbedded: makeEmbeddedEvent(),
    }),
  ]
}

/** An occurrence shows the attachments of its series; it gets none of its own here. */
function itemWithAttachments(request: GraphRequest, stores: MailboxStores) {
  const { item, instance } = openEvent(request, stores)
  if (instance === undefined || request.method === 'GET') return item
  throw new GraphError(400, 'ErrorInvalidRequest', 'Attachments of a single occurrence cannot be changed; change those of its series.')
}
