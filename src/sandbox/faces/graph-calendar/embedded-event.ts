import { type EventInput, newEvent } from '../../graph-json/event-changes.ts'
import type { EventOwner } from '../../graph-json/event-attendees.ts'
import { eventJson } from '../../graph-json/event-json.ts'
import { shownInUtc } from '../../graph-json/event-times.ts'
import type { EmbeddedMaker } from '../../graph-mailbox/attachment-input.ts'
import type { EmbeddedJson } from '../../graph-mailbox/attachment-source.ts'

/** Makes the appointment of an itemAttachment whose item is a `microsoft.graph.event`. Throws a JsonRefusal. */
export function makeEmbeddedEvent(owner?: EventOwner): EmbeddedMaker {
  return (item, { nowMs, address }) => {
    if (!/^#?microsoft\.graph\.event$/i.test(String(item['@odata.type']))) return undefined
    const head = newEvent(item as EventInput, { nowMs, owner: owner ?? { name: address, address } })
    return { ...head, attachments: [] }
  }
}

/** The JSON of an appointment inside an attachment; undefined for items of other classes. */
export const embeddedEventJson: EmbeddedJson = (message, source) => {
  if (!/^IPM\.Appointment/i.test(source.row.messageClass)) return undefined
  const owner = { name: '', address: '' }
  const { '@odata.etag': _etag, changeKey: _changeKey, ...json } = eventJson({ ...source, head: () => message, shown: shownInUtc, owner })
  return { '@odata.type': '#microsoft.graph.event', ...json }
}
