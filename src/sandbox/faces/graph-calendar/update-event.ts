import { changeEvent } from '../../graph-json/event-changes.ts'
import { attendeeAddresses, isReceived } from '../../graph-json/event-attendees.ts'
import { requireUnchanged } from '../../graph-mailbox/change-preconditions.ts'
import { changing } from '../../graph-mailbox/changing.ts'
import { eventType } from '../../graph-mailbox/event-type.ts'
import { type MailboxStores } from '../../graph-mailbox/open-mailbox.ts'
import { GraphError } from '../../http/graph-error.ts'
import type { BodyOf } from '../../http/json/kinds.ts'
import { readJsonBody } from '../../http/json/read-json-body.ts'
import type { GraphRequest } from '../../http/route.ts'
import { answerEvent } from './answer-event.ts'
import { changeStored } from './change-event.ts'
import { openEvent } from './event-place.ts'
import { recordSent } from './record-sent.ts'

/**
 * `PATCH /events/{id}`: an event, a whole series, or one occurrence, which becomes an exception. Attendees of the owner's
 * own meetings are told of every change (exchange.md 3.6: "not configurable"), of a change of the attendees alone only those
 * it concerns (Graph's page "Update event").
 */
export async function updateEvent(request: GraphRequest, stores: MailboxStores): Promise<Response> {
  const opened = openEvent(request, stores)
  const { mailbox, item, instance, owner } = opened
  const body = await readJsonBody(request, eventType)
  requireChangeable(body, instance !== undefined)
  const row = changing(request, () => {
    requireUnchanged(request, mailbox, mailbox.items.get(item.id))
    return changeStored(opened, (head) => {
      const before = attendeeAddresses(head.recipients)
      const changed = changeEvent(head, body, { nowMs: request.tenant.clock.nowMs(), owner })
      if (isReceived(changed.properties)) return changed
      const after = attendeeAddresses(changed.recipients)
      const isOnlyPeople = Object.keys(body).every((name) => name === 'attendees' || name.includes('@'))
      const tell = (reason: 'invitation' | 'update' | 'cancellation', whom: readonly string[]) =>
        recordSent(request, stores, mailbox, reason, body.subject ?? item.subject, whom)
      tell('invitation', without(after, before))
      tell('update', isOnlyPeople ? [] : after.filter((address) => !without(after, before).includes(address)))
      tell('cancellation', without(before, after))
      return changed
    })
  })
  return answerEvent(request, openEvent(request, stores), row)
}

function requireChangeable(body: BodyOf<typeof eventType>, isOccurrence: boolean): void {
  if (body.attachments !== undefined) {
    throw new GraphError(400, 'ErrorInvalidPropertySet', 'Attachments are added by their own requests once an event exists.')
  }
  if (isOccurrence && body.recurrence !== undefined && body.recurrence !== null) {
    throw new GraphError(400, 'ErrorInvalidPropertySet', 'An occurrence of a series has no recurrence of its own.')
  }
}

function without(addresses: readonly string[], others: readonly string[]): readonly string[] {
  const lower = new Set(others.map((address) => address.toLowerCase()))
  return addresses.filter((address) => !lower.has(address.toLowerCase()))
}
