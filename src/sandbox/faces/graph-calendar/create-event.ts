import { newEvent } from '../../graph-json/event-changes.ts'
import { attendeeAddresses } from '../../graph-json/event-attendees.ts'
import { attachmentOf } from '../../graph-mailbox/attachment-input.ts'
import { changing } from '../../graph-mailbox/changing.ts'
import { eventType } from '../../graph-mailbox/event-type.ts'
import { type MailboxStores } from '../../graph-mailbox/open-mailbox.ts'
import { readJsonBody } from '../../http/json/read-json-body.ts'
import type { GraphRequest } from '../../http/route.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { ItemRow } from '../../mailbox/rows.ts'
import { answerEvent } from './answer-event.ts'
import { makeEmbeddedEvent } from './embedded-event.ts'
import { isEvent, openCalendar } from './event-place.ts'
import { recordSent } from './record-sent.ts'

/** Events by the transaction ids that clients gave. */
const transactionType = 'eventTransaction'

/**
 * `POST /events`. Attendees are invited: written down, never sent (exchange.md 3.6). The same transactionId again makes
 * nothing and answers the event that there is.
 */
export async function createEvent(request: GraphRequest, stores: MailboxStores): Promise<Response> {
  const opened = openCalendar(request, stores)
  const { mailbox, calendar, owner } = opened
  const body = await readJsonBody(request, eventType)
  const sizeBytes = (await request.bytes()).byteLength
  const row = changing(request, () => {
    const { transactionId } = body
    const earlier = typeof transactionId === 'string' ? eventOfTransaction(mailbox, transactionId) : undefined
    if (earlier !== undefined) return earlier
    const nowMs = request.tenant.clock.nowMs()
    const making = { nowMs, owner }
    const head = newEvent(body, making)
    const attachments = (body.attachments ?? []).map((attachment) => attachmentOf(attachment, { nowMs, address: owner.address }, makeEmbeddedEvent(owner)))
    mailbox.checkRoom(sizeBytes)
    const made = mailbox.items.create(calendar.id, { message: { ...head, attachments } })
    if (typeof transactionId === 'string') mailbox.documents.put(transactionType, transactionId, { itemId: made.id })
    recordSent(request, stores, mailbox, 'invitation', made.subject, attendeeAddresses(head.recipients))
    return made
  })
  return answerEvent(request, opened, row, { status: 201 })
}

function eventOfTransaction(mailbox: Mailbox, transactionId: string): ItemRow | undefined {
  const kept = mailbox.documents.get<{ readonly itemId: number }>(transactionType, transactionId)
  const item = kept === undefined ? undefined : mailbox.items.find(kept.itemId)
  const isInCalendar = item !== undefined && /^IPF\.Appointment/i.test(mailbox.folders.get(item.folderId).folderClass)
  return isInCalendar && isEvent(item) ? item : undefined
}
