import type { MessageHead } from '../../../formats/fast-transfer/stored-form.ts'
import type { MapiMessage } from '../../../formats/mapi/message.ts'
import { dayOfOccurrence, isExceptionAttachment, occurrenceHead, occurrenceOn, withException } from '../../graph-json/event-occurrence.ts'
import { itemNotFound } from '../../graph-mailbox/item-references.ts'
import type { ItemRow } from '../../mailbox/rows.ts'
import { type OpenedEvent, openWholeSeries } from './event-place.ts'

/** What a change makes of an event's own properties and recipients. */
export interface EventChange extends MessageHead {
  /** Set where the changed and deleted occurrences of a series are no more. */
  readonly hasNewDates?: boolean
}

/**
 * Changes the event that a request names and stores it: an item, or one occurrence, which becomes an exception of its
 * series. `change` gets the event as it is and may change its bag. Part of the caller's transaction.
 */
export function changeStored({ mailbox, item, instance }: OpenedEvent, change: (head: MessageHead) => EventChange): ItemRow {
  if (instance === undefined) {
    const changed = change(mailbox.items.head(item.id))
    if (changed.hasNewDates !== true) return mailbox.items.replaceHead(item.id, changed)
    return mailbox.items.replace(item.id, withoutExceptions(mailbox.items.message(item.id), changed))
  }
  const series = openWholeSeries(mailbox, item)
  const occurrence = series === undefined ? undefined : occurrenceOn(series, dayOfOccurrence(instance.occurrence))
  if (series === undefined || occurrence === undefined) throw itemNotFound()
  return mailbox.items.replace(item.id, withException(series, occurrence, change(occurrenceHead(series, occurrence))))
}

function withoutExceptions({ attachments }: MapiMessage, { properties, recipients }: MessageHead): MapiMessage {
  return { properties, recipients, attachments: attachments.filter((one) => !isExceptionAttachment(one.properties)) }
}
