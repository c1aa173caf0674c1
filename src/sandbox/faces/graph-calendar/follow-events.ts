import { toDayNumber } from '../../../formats/calendar/local-time.ts'
import { eventJson } from '../../graph-json/event-json.ts'
import { deltaQuery, readDelta, toDeltaLink } from '../../graph-mailbox/delta-state.ts'
import { changesOf, type ItemChange } from '../../graph-mailbox/item-changes.ts'
import { parseItemQuery } from '../../graph-mailbox/item-query.ts'
import { type MailboxStores } from '../../graph-mailbox/open-mailbox.ts'
import { appliedPreferences } from '../../graph-mailbox/preferences.ts'
import { jsonAnswer } from '../../http/json-answer.ts'
import { toCollection } from '../../http/odata/answer-collection.ts'
import type { GraphRequest } from '../../http/route.ts'
import { toImmutableItemId, toItemId } from '../../mailbox/ids.ts'
import type { ItemRow } from '../../mailbox/rows.ts'
import { isEvent, openCalendar, type OpenedCalendar, openSeries } from './event-place.ts'
import { type EventSources, eventSources } from './event-sources.ts'
import { placesOf, readWindow, type TimeWindow } from './events-within.ts'

/** exchange.md 9: "delta default page 10". */
const pageItemsDefault = 10
const plainEventBytes = 2048

/** What of an occurrence a delta says; the rest is its series' (Graph's guide "Get incremental changes to events"). */
const occurrenceFields = ['seriesMasterId', 'type', 'start', 'end']

/**
 * `GET /calendarView/delta?startDateTime&endDateTime` and, without a window, `GET /events/delta`: what came, changed and
 * went. A changed series comes with all its occurrences in the window; what is no longer there is `@removed`.
 */
export function followEvents(request: GraphRequest, stores: MailboxStores, collection: 'calendarView' | 'events'): Response {
  const opened = openCalendar(request, stores)
  const { mailbox, calendar } = opened
  const scope = `${collection}/${calendar.id}`
  const state = readDelta(request, mailbox, scope)
  const asked = deltaQuery(state)
  const window = collection === 'calendarView' ? readWindow(asked) : undefined
  // Graph's page on event: delta: "$select, $expand, $filter, $orderby and $search are not supported".
  parseItemQuery(asked, { type: 'microsoft.graph.event', options: [], properties: new Set() })
  const sources = eventSources(request, opened)
  const { pageItemsMax, wantsImmutableIds } = sources.preferences
  const limits = { itemsMax: pageItemsMax ?? pageItemsDefault, sizeOf: ({ sizeBytes }: ItemRow) => plainEventBytes + sizeBytes }
  const page = changesOf(mailbox, calendar.id, state, limits, wantsImmutableIds)
  const isFirstRound = state.after < state.since
  const value = page.changes.flatMap((change) => toEntries(change, { opened, sources, window, isFirstRound }))
  const link = toDeltaLink(request, mailbox, scope, page.hasMore ? '$skiptoken' : '$deltatoken', page.next)
  return jsonAnswer(
    200,
    toCollection(request, { context: 'Collection(event)', value, ...(page.hasMore ? { nextLink: link } : { deltaLink: link }) }),
    appliedPreferences(sources.preferences),
  )
}

interface Following {
  readonly opened: OpenedCalendar
  readonly sources: EventSources
  readonly window: TimeWindow | undefined
  /** The client knows nothing yet that could have gone. */
  readonly isFirstRound: boolean
}

function toEntries(change: ItemChange, following: Following): readonly object[] {
  const { opened, sources } = following
  if (change.type === 'item') return isEvent(change.row) ? eventEntries(change.row, following) : []
  const { itemId, folderId, uid } = change.departure
  const { guid } = opened.mailbox.row
  const id = sources.preferences.wantsImmutableIds ? toImmutableItemId(guid, itemId) : toItemId(guid, { id: itemId, folderId, uid })
  return [removed(id)]
}

function eventEntries(row: ItemRow, { opened: { mailbox }, sources, window, isFirstRound }: Following): readonly object[] {
  const whole = () => eventJson(sources.of(row))
  if (window === undefined) return [whole()]
  const places = placesOf(mailbox, row, window)
  const series = openSeries(mailbox, row)
  const gone = isFirstRound ? [] : (series?.recurrence.deletedDates ?? []).map((date) => removed(sources.occurrenceId(row, toDayNumber(date))))
  if (places.length === 0) return isFirstRound ? [] : [removed(sources.of(row).id)]
  if (series === undefined) return [whole()]
  const occurrences = places.flatMap(({ instance }) => {
    if (instance === undefined) return []
    const source = sources.ofOccurrence(row, instance)
    return [eventJson(source, instance.occurrence.exception === undefined ? occurrenceFields : undefined)]
  })
  return [whole(), ...occurrences, ...gone]
}

function removed(id: string): object {
  return { id, '@removed': { reason: 'deleted' } }
}
