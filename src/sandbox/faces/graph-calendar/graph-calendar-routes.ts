import type { MailboxStores } from '../../graph-mailbox/open-mailbox.ts'
import type { Route } from '../../http/route.ts'
import { readEvents, writeEvents } from './calendar-permissions.ts'
import { createEvent } from './create-event.ts'
import { getEvent, listEvents } from './list-events.ts'

/** Where events are: the default calendar, and every other one, also by its group. */
const places = [
  '/users/{id}',
  '/users/{id}/calendar',
  '/users/{id}/calendars/{calendarId}',
  '/users/{id}/calendarGroups/{groupId}/calendars/{calendarId}',
] as const

/** Calendars, events and To Do as Graph has them (exchange.md 3.6 and 3.7). */
export function graphCalendarRoutes(stores: MailboxStores): readonly Route[] {
  return places.flatMap((place) => eventRoutes(place, stores))
}

function eventRoutes(place: string, stores: MailboxStores): readonly Route[] {
  const read = { area: 'mailbox', permissions: readEvents } as const
  const write = { area: 'mailbox', permissions: writeEvents } as const
  const events = `${place}/events`
  return [
    { method: 'GET', path: events, ...read, handle: (request) => listEvents(request, stores) },
    { method: 'POST', path: events, ...write, handle: (request) => createEvent(request, stores) },
    { method: 'GET', path: `${events}/{eventId}`, ...read, handle: (request) => getEvent(request, stores) },
  ]
}
