import type { Property } from '../../../formats/mapi/property.ts'
import { filterProperties } from '../../http/odata/filter-properties.ts'
import { matchesFilter } from '../../http/odata/matches-filter.ts'
import { sortBy } from '../../http/odata/sort-by.ts'
import { pageItems, parseItemQuery, testedProperties } from '../../graph-mailbox/item-query.ts'
import { type MailboxStores } from '../../graph-mailbox/open-mailbox.ts'
import { appliedPreferences } from '../../graph-mailbox/preferences.ts'
import { GraphError } from '../../http/graph-error.ts'
import { jsonAnswer } from '../../http/json-answer.ts'
import { contextOf, linkTo, toCollection } from '../../http/odata/answer-collection.ts'
import type { GraphRequest } from '../../http/route.ts'
import { eventsContext, eventView, userContext, viewedEvent } from './answer-event.ts'
import { openCalendar, type OpenedCalendar, openEvent, openSeries } from './event-place.ts'
import { eventSources } from './event-sources.ts'
import { eventsWithin, type PlacedEvent, placesOf, readWindow } from './events-within.ts'
import { filterValues, listRules } from './list-events.ts'

/** `GET /calendarView?startDateTime&endDateTime`: occurrences, exceptions and single events, by start. */
export function viewCalendar(request: GraphRequest, stores: MailboxStores): Response {
  const opened = openCalendar(request, stores)
  const window = readWindow(request)
  return answerPlaces(request, opened, eventsWithin(opened.mailbox, opened.calendar.id, window), `${eventsContext(request).replace(/events$/, '')}calendarView`)
}

/** `GET /events/{id}/instances?startDateTime&endDateTime`. Throws 400 for what is no series. */
export function listInstances(request: GraphRequest, stores: MailboxStores): Response {
  const opened = openEvent(request, stores)
  const { mailbox, item, instance } = opened
  const window = readWindow(request)
  if (instance !== undefined || openSeries(mailbox, item) === undefined) {
    throw new GraphError(400, 'ErrorInvalidRequest', "Your request can't be completed. The event is no recurring series.")
  }
  const context = `${userContext(request)}/events('${encodeURIComponent(request.params['eventId'] ?? '')}')/instances`
  return answerPlaces(request, opened, placesOf(mailbox, item, window), context)
}

function answerPlaces(request: GraphRequest, opened: OpenedCalendar, places: readonly PlacedEvent[], context: string): Response {
  const query = parseItemQuery(request, listRules)
  const view = eventView(request, query)
  const sources = eventSources(request, opened)
  const { filter, orderBy } = query
  const sourceOf = ({ row, instance }: PlacedEvent) => (instance === undefined ? sources.of(row) : sources.ofOccurrence(row, instance))
  const tested = filter === undefined ? new Map<string, Property>() : testedProperties(filter)
  const names = filter === undefined ? [] : filterProperties(filter)
  const matching = filter === undefined ? places : places.filter((place) => matchesFilter(filter, filterValues(sourceOf(place), names, tested)))
  const keys = orderBy.map(({ path }) => path[0] as string)
  const keyed = matching.map((place) => ({ ...(keys.length === 0 ? {} : filterValues(sourceOf(place), keys, new Map())), '@place': place }))
  const sorted = sortBy(keyed, orderBy).map((entry) => entry['@place'])
  const skip = query.skip ?? 0
  const { pageItemsMax } = sources.preferences
  const end = skip + Math.min(query.top ?? pageItemsMax ?? pageItems.normal, pageItems.max)
  const value = sorted.slice(skip, end).map((place) => viewedEvent(opened, sources, sourceOf(place), view))
  const nextLink = end < sorted.length ? linkTo(request, { $skip: String(end) }) : undefined
  const count = query.count ? sorted.length : undefined
  return jsonAnswer(200, toCollection(request, { context: contextOf(context, query.select), count, nextLink, value }), appliedPreferences(sources.preferences))
}
