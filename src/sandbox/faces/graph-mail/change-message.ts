import { changeMessage, type MessageInput } from '../../graph-json/apply-message.ts'
import { messageFlagBits } from '../../graph-json/message-json.ts'
import { requireUnchanged } from '../../graph-mailbox/change-preconditions.ts'
import { changing } from '../../graph-mailbox/changing.ts'
import { mailFolderOf } from '../../graph-mailbox/mail-folders.ts'
import { messageType } from '../../graph-mailbox/message-type.ts'
import { softDelete, permanentlyDelete } from '../../graph-mailbox/soft-delete.ts'
import { accessDenied } from '../../http/authorize.ts'
import { GraphError } from '../../http/graph-error.ts'
import { emptyAnswer } from '../../http/json-answer.ts'
import { type BodyOf, type Structure, text } from '../../http/json/kinds.ts'
import { readJsonBody } from '../../http/json/read-json-body.ts'
import type { GraphRequest } from '../../http/route.ts'
import type { ItemRow } from '../../mailbox/rows.ts'
import { answerMessage } from './answer-message.ts'
import { isMime, readMime } from './create-message.ts'
import type { MailOptions } from './mail-options.ts'
import { mayChangeSentMail } from './mail-permissions.ts'
import { openMessage } from './message-place.ts'

/** Documented as "updatable only if isDraft = true" (Graph's page on updating messages). */
const sensitive = [
  'subject',
  'body',
  'toRecipients',
  'ccRecipients',
  'bccRecipients',
  'from',
  'sender',
  'replyTo',
  'internetMessageId',
  'isDeliveryReceiptRequested',
  'isReadReceiptRequested',
] as const

/** `PATCH /messages/{id}`. */
export async function updateMessage(request: GraphRequest, { stores }: MailOptions): Promise<Response> {
  const { mailbox, item } = openMessage(request, stores)
  const body = await readJsonBody(request, messageType)
  requireAllowed(request, item, body)
  const { head, row } = changing(request, () => {
    requireUnchanged(request, mailbox, mailbox.items.get(item.id))
    const head = changeMessage(mailbox.items.head(item.id), changesOf(body), request.tenant.clock.nowMs())
    return { head, row: mailbox.items.replaceHead(item.id, head) }
  })
  return answerMessage(request, mailbox, row, { head })
}

/** `PUT /messages/{id}/$value`: other MIME for a draft, whose ids stay. */
export async function replaceMime(request: GraphRequest, options: MailOptions): Promise<Response> {
  const { mailbox, item } = openMessage(request, options.stores)
  if (!isMime(request)) throw new GraphError(400, 'UnableToDeserializePostBody', 'were unable to deserialize ')
  const message = await readMime(request, options)
  const { byteLength } = await request.bytes()
  if (!isDraft(item))
    throw new GraphError(
      400,
      'ErrorInvalidRequest',
      'The MIME content of a message can be replaced only while it is a draft.',
    )
  const row = changing(request, () => {
    requireUnchanged(request, mailbox, mailbox.items.get(item.id))
    mailbox.checkRoom(byteLength)
    return mailbox.items.replace(item.id, message)
  })
  return answerMessage(request, mailbox, row, { head: message })
}

const destinationType = {
  name: 'microsoft.graph.move',
  properties: { DestinationId: text, destinationId: text },
} as const satisfies Structure

/** The folder that a body of move or copy names; Graph takes the parameter in either case. */
export async function readDestination(request: GraphRequest): Promise<string> {
  const body = await readJsonBody(request, destinationType)
  const id = body.destinationId ?? body.DestinationId
  if (id === undefined || id === null || id === '')
    throw new GraphError(400, 'ErrorInvalidArgument', "The required property 'destinationId' is missing.")
  return id
}

/** `POST /messages/{id}/move` and `/copy`: 201 with the message as it is there. */
export async function moveMessage(
  request: GraphRequest,
  { stores }: MailOptions,
  action: 'move' | 'copy',
): Promise<Response> {
  const { mailbox, item } = openMessage(request, stores)
  const destination = mailFolderOf(mailbox, await readDestination(request))
  if (destination.isSearch) throw new GraphError(400, 'ErrorMoveCopyFailed', 'The move or copy operation failed.')
  const row = changing(request, () => {
    if (action === 'move') return mailbox.items.move(item.id, destination.id)
    mailbox.checkRoom(item.sizeBytes)
    return mailbox.items.copy(item.id, destination.id)
  })
  return answerMessage(request, mailbox, row, { status: 201 })
}

/** `DELETE /messages/{id}`, and `POST /messages/{id}/permanentDelete`. */
export function deleteMessage(request: GraphRequest, { stores }: MailOptions, isPermanent: boolean): Response {
  const { mailbox, item } = openMessage(request, stores)
  changing(request, () => {
    requireUnchanged(request, mailbox, item)
    if (isPermanent) permanentlyDelete(mailbox, item.id)
    else softDelete(mailbox, item.id)
  })
  return emptyAnswer()
}

/** Whether a message was never sent nor received. */
export function isDraft({ messageFlags }: ItemRow): boolean {
  return (messageFlags & messageFlagBits.unsent) !== 0
}

function requireAllowed(request: GraphRequest, item: ItemRow, body: BodyOf<typeof messageType>): void {
  if (body.internetMessageHeaders !== undefined) {
    throw new GraphError(
      400,
      'ErrorInvalidPropertySet',
      'Custom internet message headers can be added only when a message is created.',
    )
  }
  if (body.attachments !== undefined) {
    throw new GraphError(
      400,
      'ErrorInvalidPropertySet',
      'Attachments are added by their own requests once a message exists.',
    )
  }
  if (isDraft(item) || !sensitive.some((name) => body[name] !== undefined)) return
  if (!mayChangeSentMail(request.caller, request.tenant.clock.nowMs())) throw accessDenied('mailbox')
}

/** What clients may change; the rest of the type Graph works out, and passes over in a body (exchange.md 3.2). */
function changesOf(body: BodyOf<typeof messageType>): MessageInput {
  const { internetMessageHeaders: _headers, ...changes } = body
  return changes
}
