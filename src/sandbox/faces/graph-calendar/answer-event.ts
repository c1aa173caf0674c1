import { toDayNumber } from '../../../formats/calendar/local-time.ts'
import { attachmentJson } from '../../graph-json/attachment-json.ts'
import { cancelledOccurrences, eventFieldNames, eventJson, type EventSource } from '../../graph-json/event-json.ts'
import { occurrenceOn } from '../../graph-json/event-occurrence.ts'
import { extendedPropertiesJson, type ExtendedPropertySelection } from '../../graph-json/extended-properties.ts'
import { computedValue } from '../../graph-json/message-json.ts'
import { attachmentSources } from '../../graph-mailbox/attachment-source.ts'
import { expandedProperties, type ItemQueryRules } from '../../graph-mailbox/item-query.ts'
import { appliedPreferences } from '../../graph-mailbox/preferences.ts'
import { accessDenied } from '../../http/authorize.ts'
import { jsonAnswer } from '../../http/json-answer.ts'
import { contextOf, toEntity } from '../../http/odata/answer-collection.ts'
import type { ODataQuery } from '../../http/odata/parse-query.ts'
import type { GraphRequest } from '../../http/route.ts'
import type { ItemRow } from '../../mailbox/rows.ts'
import { seesBasicsOnly } from './calendar-permissions.ts'
import { openSeries, type OpenedCalendar, type OpenedEvent } from './event-place.ts'
import { type EventSources, eventSources } from './event-sources.ts'

/** What may be asked of one event. */
export const eventRules: ItemQueryRules = {
  type: 'microsoft.graph.event',
  options: ['$select', '$expand'],
  properties: eventFieldNames,
  expandable: ['attachments', 'exceptionOccurrences'],
}

/** What Calendars.ReadBasic does not show (Graph's page on permissions). */
const hiddenFromBasics: ReadonlySet<string> = new Set(['body', 'bodyPreview'])
const shownToBasics = [...eventFieldNames].filter((name) => !hiddenFromBasics.has(name) && name !== cancelledOccurrences)

/** What an answer shows of each event. */
export interface EventView {
  readonly select: readonly string[] | undefined
  readonly expanded: ExtendedPropertySelection
  readonly withAttachments: boolean
  readonly withExceptions: boolean
}

const wholeEvent: EventView = { select: undefined, expanded: { single: undefined, multi: undefined }, withAttachments: false, withExceptions: false }

/** Throws 403 `ErrorAccessDenied` for expansions that a caller with Calendars.ReadBasic may not see. */
export function eventView(request: GraphRequest, query: Pick<ODataQuery, 'select' | 'expand'>): EventView {
  const isBasic = seesBasicsOnly(request.caller)
  if (isBasic && query.expand.length > 0) throw accessDenied('mailbox')
  return {
    select: isBasic ? (query.select ?? shownToBasics).filter((name) => !hiddenFromBasics.has(name)) : query.select,
    expanded: expandedProperties(query.expand),
    withAttachments: query.expand.some(({ property }) => property === 'attachments'),
    withExceptions: query.expand.some(({ property }) => property === 'exceptionOccurrences'),
  }
}

/** One event with what was expanded. */
export function viewedEvent({ mailbox }: OpenedCalendar, sources: EventSources, source: EventSource, view: EventView): Record<string, unknown> {
  const json = eventJson(source, view.select)
  const { expanded } = view
  if (expanded.single !== undefined || expanded.multi !== undefined) {
    Object.assign(json, extendedPropertiesJson({ bag: source.head().properties, computed: (property) => computedValue(source, property) }, expanded))
  }
  if (view.withAttachments) json['attachments'] = attachmentSources(mailbox, source.row).map((attachment) => attachmentJson(attachment))
  const asksForCancelled = view.select?.includes(cancelledOccurrences) === true
  if (!asksForCancelled && !view.withExceptions) return json
  const series = source.occurrence === undefined ? openSeries(mailbox, source.row) : undefined
  // Format of the ids: exchange.md 3.6, "recalled".
  if (asksForCancelled) json[cancelledOccurrences] = (series?.recurrence.deletedDates ?? []).map((date) => `OID.${source.id}.${date}`)
  if (view.withExceptions && series !== undefined) {
    json['exceptionOccurrences'] = series.recurrence.exceptions.flatMap(({ originalStart }) => {
      const occurrence = occurrenceOn(series, toDayNumber(originalStart.slice(0, 10)))
      return occurrence === undefined ? [] : [eventJson(sources.ofOccurrence(source.row, { series, occurrence }))]
    })
  }
  return json
}

/** The answer that is one event of the calendar. */
export function answerEvent(
  request: GraphRequest,
  opened: OpenedCalendar & Partial<Pick<OpenedEvent, 'instance'>>,
  row: ItemRow,
  options: { readonly status?: number; readonly view?: EventView; readonly select?: readonly string[] | undefined } = {},
): Response {
  const { status = 200, view = wholeEvent, select } = options
  const sources = eventSources(request, opened)
  const source = opened.instance === undefined ? sources.of(row) : sources.ofOccurrence(row, opened.instance)
  const json = viewedEvent(opened, sources, source, view)
  const context = contextOf(eventsContext(request), select, '/$entity')
  const { bodyType, timeZone, wantsImmutableIds } = sources.preferences
  const applied = appliedPreferences({ bodyType, timeZone, wantsImmutableIds, pageItemsMax: undefined })
  return jsonAnswer(status, toEntity(request, context, json), { ...applied, ...locationOf(request, status, source) })
}

/** `users('a')/calendars('b')/events`: what context URLs say of where the request looks. */
export function eventsContext(request: GraphRequest): string {
  const { calendarId } = request.params
  const inCalendar = calendarId === undefined ? '' : `/calendars('${encodeURIComponent(calendarId)}')`
  return `${userContext(request)}${inCalendar}/events`
}

/** `users('a')`. */
export function userContext(request: GraphRequest): string {
  return `users('${encodeURIComponent(request.params['id'] ?? '')}')`
}

function locationOf(request: GraphRequest, status: number, { id }: EventSource): Readonly<Record<string, string>> {
  if (status !== 201) return {}
  return { Location: `${request.endpoints.graph}/${request.version}/${userContext(request)}/events('${encodeURIComponent(id)}')` }
}
