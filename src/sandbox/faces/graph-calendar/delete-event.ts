import type { MessageHead } from '../../../formats/fast-transfer/stored-form.ts'
import { withoutOccurrence, dayOfOccurrence, occurrenceHead, occurrenceOn } from '../../graph-json/event-occurrence.ts'
import { attendeeAddresses, isReceived } from '../../graph-json/event-attendees.ts'
import { requireUnchanged } from '../../graph-mailbox/change-preconditions.ts'
import { changing } from '../../graph-mailbox/changing.ts'
import { itemNotFound } from '../../graph-mailbox/item-references.ts'
import { type MailboxStores } from '../../graph-mailbox/open-mailbox.ts'
import { GraphError } from '../../http/graph-error.ts'
import { emptyAnswer } from '../../http/json-answer.ts'
import { type Structure, text } from '../../http/json/kinds.ts'
import type { GraphRequest } from '../../http/route.ts'
import { type OpenedEvent, openEvent, openWholeSeries } from './event-place.ts'
import { readOptionalBody } from './optional-body.ts'
import { recordSent } from './record-sent.ts'

/** Where a deleted event goes: Graph's pages on deleting and on permanentDelete. */
export type DeletedTo = 'deleteditems' | 'recoverableitemspurges'

/**
 * `DELETE /events/{id}` and `POST .../permanentDelete`: an event, a series, or one occurrence, which becomes a deleted
 * date. Attendees of the owner's own meetings are told (exchange.md 3.6: never clean up a target that way).
 */
export function deleteEvent(request: GraphRequest, stores: MailboxStores, to: DeletedTo): Response {
  const opened = openEvent(request, stores)
  changing(request, () => {
    requireUnchanged(request, opened.mailbox, opened.item)
    takeAway(request, stores, opened, to)
  })
  return emptyAnswer()
}

const cancelParameters = {
  name: 'microsoft.graph.cancel',
  properties: { Comment: text, comment: text },
} as const satisfies Structure

/** `POST /events/{id}/cancel`: 202, for organizers only (Graph's page on event: cancel). */
export async function cancelEvent(request: GraphRequest, stores: MailboxStores): Promise<Response> {
  const opened = openEvent(request, stores)
  await readOptionalBody(request, cancelParameters)
  changing(request, () => {
    if (isReceived(opened.mailbox.items.head(opened.item.id).properties)) {
      throw new GraphError(400, 'ErrorInvalidRequest', "Your request can't be completed. You need to be an organizer to cancel a meeting.")
    }
    takeAway(request, stores, opened, 'deleteditems')
  })
  return emptyAnswer(202)
}

/** Takes an event out of the calendar and writes down whom Exchange would tell. Part of the caller's transaction. */
export function takeAway(request: GraphRequest, stores: MailboxStores, { mailbox, item, instance }: OpenedEvent, to: DeletedTo): void {
  const tell = (head: MessageHead) => {
    if (!isReceived(head.properties)) recordSent(request, stores, mailbox, 'cancellation', item.subject, attendeeAddresses(head.recipients))
  }
  if (instance === undefined) {
    tell(mailbox.items.head(item.id))
    moveAway(mailbox, item.id, to)
    return
  }
  const series = openWholeSeries(mailbox, item)
  const occurrence = series === undefined ? undefined : occurrenceOn(series, dayOfOccurrence(instance.occurrence))
  if (series === undefined || occurrence === undefined) throw itemNotFound()
  const { recipients } = occurrenceHead(series, occurrence)
  tell({ properties: series.message.properties, recipients })
  const rest = withoutOccurrence(series, occurrence)
  if (rest === undefined) moveAway(mailbox, item.id, to)
  else mailbox.items.replace(item.id, rest)
}

/** One that is where it should go already is gone for good. */
function moveAway(mailbox: OpenedEvent['mailbox'], itemId: number, to: DeletedTo): void {
  const folder = mailbox.folders.wellKnown(to)
  const { folderId } = mailbox.items.get(itemId)
  if (folder === undefined || folder.id === folderId) mailbox.items.remove(itemId)
  else mailbox.items.move(itemId, folder.id)
}
