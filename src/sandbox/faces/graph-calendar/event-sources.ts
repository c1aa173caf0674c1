import { type MessageHead, readPropertyList } from '../../../formats/fast-transfer/stored-form.ts'
import { dayOfOccurrence, isExceptionAttachment, occurrenceHead } from '../../graph-json/event-occurrence.ts'
import type { EventSource } from '../../graph-json/event-json.ts'
import { type ShownZone, shownInUtc, zoneOfName } from '../../graph-json/event-times.ts'
import { isInlineAttachment } from '../../graph-json/attachment-json.ts'
import { itemSources } from '../../graph-mailbox/item-source.ts'
import type { Preferences } from '../../graph-mailbox/preferences.ts'
import { inGraphWords } from '../../graph-mailbox/store-errors.ts'
import type { GraphRequest } from '../../http/route.ts'
import type { ItemRow } from '../../mailbox/rows.ts'
import type { OpenedCalendar, OpenedOccurrence } from './event-place.ts'
import { toOccurrenceId } from './occurrence-id.ts'

/** Makes events of one mailbox ready to be answered to one request. */
export interface EventSources {
  readonly preferences: Preferences
  /** An item: a single event or a whole series. */
  of(row: ItemRow, head?: MessageHead): EventSource
  /** One occurrence of a series; `head` where it is at hand. */
  ofOccurrence(row: ItemRow, instance: OpenedOccurrence, head?: MessageHead): EventSource
  /** The id of the series' occurrence on a day. */
  occurrenceId(row: ItemRow, dayNumber: number): string
}

/** Ids, zones and bodies follow what the request prefers. Throws 400 `TimeZoneNotSupportedException`. */
export function eventSources(request: GraphRequest, { mailbox, owner }: Pick<OpenedCalendar, 'mailbox' | 'owner'>): EventSources {
  const { preferences, of } = itemSources(request, mailbox)
  const shown = shownZoneOf(preferences)
  const source = (row: ItemRow, head?: MessageHead): EventSource => ({
    ...of(row, head),
    shown,
    owner,
    hasVisibleAttachments: () =>
      mailbox.items.attachmentHeads(row.id).some((attachment) => {
        const properties = readPropertyList(attachment.head)
        return !isInlineAttachment(properties) && !isExceptionAttachment(properties)
      }),
  })
  const occurrenceId = (row: ItemRow, dayNumber: number) => toOccurrenceId(of(row).id, dayNumber)
  return {
    preferences,
    of: source,
    occurrenceId,
    ofOccurrence: (row, { series, occurrence }, given) => {
      const seriesMasterId = of(row).id
      let head = given
      return {
        ...source(row),
        id: toOccurrenceId(seriesMasterId, dayOfOccurrence(occurrence)),
        head: () => (head ??= occurrenceHead(series, occurrence)),
        occurrence: { type: occurrence.exception === undefined ? 'occurrence' : 'exception', seriesMasterId },
      }
    },
  }
}

/** The zone that `Prefer: outlook.timezone` names, by the name it was given; UTC without. */
export function shownZoneOf({ timeZone }: Preferences): ShownZone {
  return timeZone === undefined ? shownInUtc : inGraphWords(() => ({ name: timeZone, zone: zoneOfName(timeZone) }))
}
