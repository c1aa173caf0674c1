import type { MapiMessage } from '../../../formats/mapi/message.ts'
import { occurrencesOf } from '../../../formats/calendar/occurrences-of.ts'
import type { SeriesItem } from '../../graph-json/event-occurrence.ts'
import { type Series, seriesOf } from '../../graph-json/event-recurrence.ts'
import { GraphError } from '../../http/graph-error.ts'
import type { GraphRequest } from '../../http/route.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { ItemRow } from '../../mailbox/rows.ts'
import { isEvent, type OpenedOccurrence, openSeries } from './event-place.ts'

/** From when, and until before when; ms since 1970. */
export interface TimeWindow {
  readonly fromMs: number
  readonly toMs: number
}

/** A single event, or one occurrence of a series. */
export interface PlacedEvent {
  readonly row: ItemRow
  readonly instance: OpenedOccurrence | undefined
  readonly startMs: number
}

/** Graph answers no longer a view. */
const windowMsMax = 1825 * 86_400_000
/** Series are kept apart from their items, which are large; as many as this of one mailbox. */
const keptSeriesMax = 2000

/**
 * `startDateTime` and `endDateTime` of a query; without an offset they are in UTC (Graph's page on calendarView). Throws
 * 400 `ErrorInvalidParameter` and `ErrorCalendarViewRangeTooBig`.
 */
export function readWindow({ query }: Pick<GraphRequest, 'query'>): TimeWindow {
  const [fromMs, toMs] = ['startdatetime', 'enddatetime'].map((wanted) => {
    const value = [...query].find(([name]) => name.toLowerCase() === wanted)?.[1]
    if (value === undefined) {
      const message = 'This request requires a time window specified by the query string parameters StartDateTime and EndDateTime.'
      throw new GraphError(400, 'ErrorInvalidParameter', message)
    }
    // A plus sign in a query that was not encoded has become a space.
    const text = value.trim().replace(/ (?=\d{2}:\d{2}$)/, '+')
    const isWhole = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?$/i.test(text)
    const timeMs = isWhole ? Date.parse(/(?:Z|[+-]\d{2}:\d{2})$/i.test(text) || !text.includes('T') ? text : `${text}Z`) : Number.NaN
    if (Number.isNaN(timeMs)) throw new GraphError(400, 'ErrorInvalidParameter', `The value '${value}' of the query parameter is no date and time.`)
    return timeMs
  }) as [number, number]
  if (toMs < fromMs) throw new GraphError(400, 'ErrorInvalidParameter', 'EndDateTime is before StartDateTime.')
  if (toMs - fromMs > windowMsMax) {
    throw new GraphError(400, 'ErrorCalendarViewRangeTooBig', 'The requested time duration of the calendar view is longer than 1825 days.')
  }
  return { fromMs, toMs }
}

/** The events of a calendar that are at some time of the window, series by their occurrences; by start. */
export function eventsWithin(mailbox: Mailbox, calendarId: number, window: TimeWindow): readonly PlacedEvent[] {
  const found: PlacedEvent[] = []
  for (const row of mailbox.items.scan([calendarId], false)) if (isEvent(row)) found.push(...placesOf(mailbox, row, window))
  return found.toSorted((a, b) => a.startMs - b.startMs || a.row.id - b.row.id)
}

/** Where one item is in the window: itself, its occurrences, or nowhere. */
export function placesOf(mailbox: Mailbox, row: ItemRow, { fromMs, toMs }: TimeWindow): readonly PlacedEvent[] {
  const { startMs } = row
  if (startMs === undefined) return []
  const series = keptSeries(mailbox, row)
  if (series === undefined) {
    const endMs = row.endMs ?? startMs
    const isWithin = startMs < toMs && (endMs > fromMs || (endMs === startMs && startMs >= fromMs))
    return isWithin ? [{ row, instance: undefined, startMs }] : []
  }
  const item = lazySeries(mailbox, row, series)
  return occurrencesOf(series.recurrence, series.zone, fromMs, toMs).map((occurrence) => ({
    row,
    instance: { series: item, occurrence },
    startMs: occurrence.startMs,
  }))
}

interface KeptSeries {
  readonly change: number
  readonly series: Series | undefined
}

const kept = new WeakMap<Mailbox, Map<number, KeptSeries>>()

/** Going through a calendar page by page reads each item once. */
function keptSeries(mailbox: Mailbox, row: ItemRow): Series | undefined {
  let ofMailbox = kept.get(mailbox)
  if (ofMailbox === undefined || ofMailbox.size > keptSeriesMax) kept.set(mailbox, (ofMailbox = new Map()))
  const known = ofMailbox.get(row.id)
  if (known?.change === row.change) return known.series
  const series = seriesOf(mailbox.items.head(row.id).properties)
  ofMailbox.set(row.id, { change: row.change, series })
  return series
}

/** A series whose item is opened when an answer needs it. */
function lazySeries(mailbox: Mailbox, row: ItemRow, series: Series): SeriesItem {
  let message: MapiMessage | undefined
  return {
    ...series,
    get message() {
      message ??= openSeries(mailbox, row)?.message
      if (message === undefined) throw new Error('the series just read is none')
      return message
    },
  }
}
