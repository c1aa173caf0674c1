import type { Property } from '../../../formats/mapi/property.ts'
import { eventFieldNames, eventValues } from '../../graph-json/event-json.ts'
import type { EventSource } from '../../graph-json/event-json.ts'
import { extendedPropertiesJson } from '../../graph-json/extended-properties.ts'
import { toExtendedPropertyId } from '../../graph-json/extended-property-id.ts'
import { computedValue } from '../../graph-json/message-json.ts'
import { findItems } from '../../graph-mailbox/find-items.ts'
import { type ItemQueryRules, parseItemQuery, testedProperties } from '../../graph-mailbox/item-query.ts'
import { type MailboxStores } from '../../graph-mailbox/open-mailbox.ts'
import { appliedPreferences } from '../../graph-mailbox/preferences.ts'
import { jsonAnswer } from '../../http/json-answer.ts'
import { contextOf, linkTo, toCollection } from '../../http/odata/answer-collection.ts'
import type { GraphRequest } from '../../http/route.ts'
import { eventRules, eventsContext, eventView, viewedEvent, answerEvent } from './answer-event.ts'
import { isEvent, openCalendar, openEvent } from './event-place.ts'
import { eventSources } from './event-sources.ts'

/** What may be asked of a list of events. */
export const listRules: ItemQueryRules = {
  type: 'microsoft.graph.event',
  options: ['$select', '$expand', '$filter', '$orderby', '$top', '$skip', '$count'],
  properties: eventFieldNames,
  expandable: ['attachments', 'exceptionOccurrences'],
}

/** An event without its body, in an answer. */
const plainEventBytes = 2048

/** `GET /events` of the default or another calendar: single events and series, the latest made first. */
export function listEvents(request: GraphRequest, stores: MailboxStores): Response {
  const opened = openCalendar(request, stores)
  const query = parseItemQuery(request, listRules)
  const view = eventView(request, query)
  const sources = eventSources(request, opened)
  const tested = query.filter === undefined ? new Map<string, Property>() : testedProperties(query.filter)
  const hasBody = view.select === undefined || view.select.includes('body')
  const found = findItems(opened.mailbox, {
    query,
    folderIds: [opened.calendar.id],
    // Events have no date of receipt: the order of their making is the only one at hand.
    dateProperty: '',
    accepts: isEvent,
    valuesOf: (row, names) => filterValues(sources.of(row), names, tested),
    sizeOf: ({ sizeBytes }) => (hasBody ? plainEventBytes + sizeBytes : plainEventBytes),
  })
  const context = contextOf(eventsContext(request), query.select)
  const nextLink = found.nextSkip === undefined ? undefined : linkTo(request, { $skip: String(found.nextSkip) })
  const value = found.rows.map((row) => viewedEvent(opened, sources, sources.of(row), view))
  const body = toCollection(request, { context, count: found.count, nextLink, value })
  return jsonAnswer(200, body, appliedPreferences({ ...sources.preferences, pageItemsMax: undefined }))
}

/** `GET /events/{id}`: an event, a series or one occurrence. */
export function getEvent(request: GraphRequest, stores: MailboxStores): Response {
  const opened = openEvent(request, stores)
  const query = parseItemQuery(request, eventRules)
  return answerEvent(request, opened, opened.item, { view: eventView(request, query), select: query.select })
}

/** What a filter tests: properties as the answer has them, and extended ones under the ids that the filter writes. */
export function filterValues(source: EventSource, names: readonly string[], tested: ReadonlyMap<string, Property>): Record<string, unknown> {
  const values = eventValues(source, names)
  if (tested.size === 0) return values
  const all = [...tested.values()]
  const reader = { bag: source.head().properties, computed: (property: Property) => computedValue(source, property) }
  const lists = extendedPropertiesJson(reader, { single: all.filter((one) => !one.type.endsWith('s')), multi: all.filter((one) => one.type.endsWith('s')) })
  const written = new Map([...tested].map(([id, property]) => [toExtendedPropertyId(property), id]))
  for (const [name, list] of Object.entries(lists as Readonly<Record<string, readonly { readonly id: string }[]>>)) {
    values[name] = list.map((one) => ({ ...one, id: written.get(one.id) ?? one.id }))
  }
  return values
}

