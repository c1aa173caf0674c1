import { decodeAttachment } from '../../mailbox/item-encoding.ts'
import { mapiToMime } from '../../../formats/mime/mapi-to-mime.ts'
import { messageJson } from '../../graph-json/message-json.ts'
import { parseItemQuery } from '../../graph-mailbox/item-query.ts'
import { itemSources } from '../../graph-mailbox/item-source.ts'
import type { GraphRequest } from '../../http/route.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { ItemRow } from '../../mailbox/rows.ts'
import { inSharedTransaction } from '../../tenant/in-shared-transaction.ts'
import { answerMessage, messageRules, messageView } from './answer-message.ts'
import type { MailOptions } from './mail-options.ts'
import { openMessage } from './message-place.ts'

/** `GET /messages/{id}`. */
export function showMessage(request: GraphRequest, { stores }: MailOptions): Response {
  const { mailbox, item } = openMessage(request, stores)
  const query = parseItemQuery(request, messageRules)
  return answerMessage(request, mailbox, item, { view: messageView(request, query), select: query.select })
}

/** `GET /messages/{id}/$value`: the MIME that Exchange makes of any item (exchange.md 3.2). */
export async function showMime(request: GraphRequest, options: MailOptions): Promise<Response> {
  const { mailbox, item } = openMessage(request, options.stores)
  const bytes = mapiToMime(mailbox.items.message(item.id), { writeCalendar: options.writeCalendar })
  if (item.mimeSizeBytes !== bytes.byteLength) {
    await inSharedTransaction(request.tenant.database, () => mailbox.items.rememberMimeSize(item.id, bytes.byteLength))
  }
  const { '@odata.etag': etag } = messageJson(itemSources(request, mailbox).of(item), ['id'])
  return new Response(new Uint8Array(bytes), { status: 200, headers: { 'Content-Type': 'text/plain', ETag: String(etag) } })
}

/** The MIME of a message inside an attachment. */
export function embeddedMime(options: MailOptions): (mailbox: Mailbox, item: ItemRow, number: number) => Uint8Array {
  return (mailbox, item, number) => {
    const { embedded } = decodeAttachment(mailbox.items.storedAttachment(item.id, number))
    return embedded === undefined ? new Uint8Array() : mapiToMime(embedded, { writeCalendar: options.writeCalendar })
  }
}
