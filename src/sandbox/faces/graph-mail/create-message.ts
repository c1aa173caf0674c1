import { Buffer } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import { toFileTime } from '../../../formats/mapi/file-time.ts'
import { messageProperties as known } from '../../../formats/mapi/message-properties.ts'
import { mimeToMapi } from '../../../formats/mime/mime-to-mapi.ts'
import type { MapiMessage } from '../../../formats/mapi/message.ts'
import { newMessage } from '../../graph-json/apply-message.ts'
import { attachmentOf } from '../../graph-mailbox/attachment-input.ts'
import { changing } from '../../graph-mailbox/changing.ts'
import { mailFolderOf } from '../../graph-mailbox/mail-folders.ts'
import { messageType } from '../../graph-mailbox/message-type.ts'
import { inGraphWords } from '../../graph-mailbox/store-errors.ts'
import { GraphError } from '../../http/graph-error.ts'
import type { BodyOf } from '../../http/json/kinds.ts'
import { readJsonBody } from '../../http/json/read-json-body.ts'
import type { GraphRequest } from '../../http/route.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import { answerMessage } from './answer-message.ts'
import type { MailOptions } from './mail-options.ts'
import { openFolder } from './message-place.ts'

/**
 * `POST /messages`: a draft of JSON, or of MIME in base64 (exchange.md 3.2); `POST /mailFolders/{id}/messages`: JSON only,
 * and the only way to an item that is no draft.
 */
export async function createMessage(request: GraphRequest, options: MailOptions): Promise<Response> {
  const { mailbox, folder } = openFolder(request, options.stores)
  const into = folder ?? mailFolderOf(mailbox, 'drafts')
  if (into.isSearch) throw new GraphError(400, 'ErrorInvalidRequest', 'Search folders hold no items of their own.')
  const message =
    folder === undefined && isMime(request) ? await readMime(request, options) : await readMessage(request, mailbox, options)
  const { byteLength } = await request.bytes()
  const row = changing(request, () => {
    mailbox.checkRoom(byteLength)
    return mailbox.items.create(into.id, { message })
  })
  return answerMessage(request, mailbox, row, { status: 201, head: message })
}

async function readMessage(request: GraphRequest, mailbox: Mailbox, options: MailOptions): Promise<MapiMessage> {
  return messageFrom(request, mailbox, await readJsonBody(request, messageType), options)
}

/** The message that a body says which has passed `messageType`. Throws as Graph does for what does not fit. */
export function messageFrom(
  request: GraphRequest,
  mailbox: Mailbox,
  body: BodyOf<typeof messageType>,
  options: MailOptions,
): MapiMessage {
  const making = { nowMs: request.tenant.clock.nowMs(), address: mailbox.row.address }
  return inGraphWords(() => ({
    ...newMessage(body, making),
    attachments: (body.attachments ?? []).map((attachment) => attachmentOf(attachment, making, options.makeEmbedded)),
  }))
}

/** Whether a body is MIME in base64 (Graph's page on MIME). */
export function isMime(request: GraphRequest): boolean {
  return request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() === 'text/plain'
}

/**
 * The draft that a MIME body is; sent when its Date says, received now. Where the tenant takes MIME natively it is no draft, and
 * was received when its header says. Throws 400 for what is no base64.
 */
export async function readMime(request: GraphRequest, options: MailOptions): Promise<MapiMessage> {
  const text = Buffer.from(await request.bytes())
    .toString('latin1')
    .replaceAll(/\s+/g, '')
  if (text === '' || text.length % 4 === 1 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    throw new GraphError(400, 'ErrorMimeContentInvalidBase64String', 'Invalid base64 string for MIME content.')
  }
  const receivedMs = Math.round(request.tenant.clock.nowMs())
  const isNative = request.tenant.settings.takesNativeMime
  const message = mimeToMapi(Buffer.from(text, 'base64'), {
    isDraft: !isNative,
    isRead: true,
    receivedMs: isNative ? undefined : receivedMs,
    convertCalendar: options.convertCalendar,
  })
  const { properties } = message
  if (!properties.has(known.internetMessageId))
    properties.set(known.internetMessageId, `<${randomUUID()}@${request.tenant.initialDomain}>`)
  if (!properties.has(known.clientSubmitTime)) properties.set(known.clientSubmitTime, toFileTime(receivedMs))
  return message
}
