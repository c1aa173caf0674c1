import { messageProperties as known } from '../../../formats/mapi/message-properties.ts'
import type { MapiMessage } from '../../../formats/mapi/message.ts'
import { toFileTime } from '../../../formats/mapi/file-time.ts'
import { representingOf } from '../../../formats/mime/address-properties.ts'
import { readFlatEntryList } from '../../../formats/mime/flat-entry-list.ts'
import { splitSubject } from '../../../formats/mime/subject-prefix.ts'
import { type MessageInput, newMessage } from '../../graph-json/apply-message.ts'
import { bodyJson } from '../../graph-json/body-json.ts'
import { type RecipientInput, recipientsJson, toRecipientJson } from '../../graph-json/recipient-json.ts'
import { changing } from '../../graph-mailbox/changing.ts'
import { mailFolderOf } from '../../graph-mailbox/mail-folders.ts'
import { messageType } from '../../graph-mailbox/message-type.ts'
import { recipientType } from '../../graph-mailbox/outlook-types.ts'
import { inGraphWords } from '../../graph-mailbox/store-errors.ts'
import { GraphError } from '../../http/graph-error.ts'
import { emptyAnswer } from '../../http/json-answer.ts'
import { type BodyOf, complex, listOf, type Structure, text } from '../../http/json/kinds.ts'
import { readJsonBody } from '../../http/json/read-json-body.ts'
import type { GraphRequest } from '../../http/route.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { ItemRow } from '../../mailbox/rows.ts'
import { answerMessage } from './answer-message.ts'
import type { MailOptions } from './mail-options.ts'
import { openMessage } from './message-place.ts'
import { deliver } from './send-message.ts'

/** The ways of answering a message. */
export type Answering = 'reply' | 'replyAll' | 'forward'

const answeringType = {
  name: 'microsoft.graph.reply',
  properties: {
    comment: text,
    Comment: text,
    message: complex(messageType),
    Message: complex(messageType),
    toRecipients: listOf(complex(recipientType)),
    ToRecipients: listOf(complex(recipientType)),
  },
} as const satisfies Structure

/** PidTagLastVerbExecuted and PidTagIconIndex (MS-OXOMSG section 2.2.1.9, exchange.md 3.4). */
const traces = {
  reply: { verb: 102, icon: 261 },
  replyAll: { verb: 103, icon: 261 },
  forward: { verb: 104, icon: 262 },
} as const

/** `POST /messages/{id}/reply`, `replyAll`, `forward`: 202, counted in the outbox and never sent. */
export async function answerAndSend(request: GraphRequest, options: MailOptions, way: Answering): Promise<Response> {
  const { mailbox, item } = openMessage(request, options.stores)
  const message = answerTo(request, mailbox, item, way, await readJsonBody(request, answeringType))
  deliver(request, options, mailbox, { message, keeps: true, reason: way })
  changing(request, () => {
    mailbox.items.edit(item.id, (properties) => {
      const { verb, icon } = traces[way]
      const now = toFileTime(request.tenant.clock.nowMs())
      properties.set(known.lastVerbExecuted, verb).set(known.lastVerbExecutionTime, now).set(known.iconIndex, icon)
    })
  })
  return emptyAnswer(202)
}

/** `POST /messages/{id}/createReply`, `createReplyAll`, `createForward`: 201 with a draft; the body may be missing. */
export async function createAnswer(request: GraphRequest, options: MailOptions, way: Answering): Promise<Response> {
  const { mailbox, item } = openMessage(request, options.stores)
  const { byteLength } = await request.bytes()
  const body = byteLength === 0 ? {} : await readJsonBody(request, answeringType)
  const message = answerTo(request, mailbox, item, way, body)
  const row = changing(request, () => {
    mailbox.checkRoom(item.sizeBytes)
    return mailbox.items.create(mailFolderOf(mailbox, 'drafts').id, { message })
  })
  return answerMessage(request, mailbox, row, { status: 201, head: message })
}

function answerTo(
  request: GraphRequest,
  mailbox: Mailbox,
  item: ItemRow,
  way: Answering,
  body: BodyOf<typeof answeringType>,
): MapiMessage {
  const original = mailbox.items.message(item.id)
  const given: MessageInput = body.message ?? body.Message ?? {}
  const comment = body.comment ?? body.Comment ?? undefined
  if (comment !== undefined && given.body !== undefined) {
    throw new GraphError(400, 'ErrorInvalidArgument', 'A comment and the body of the message cannot be given together.')
  }
  const own = body.toRecipients ?? body.ToRecipients ?? undefined
  const input: MessageInput = {
    subject: `${way === 'forward' ? 'FW' : 'RE'}: ${splitSubject(item.subject).normalized}`,
    body: quoted(original, comment),
    ...recipientsOf(original, mailbox, way),
    ...given,
    ...(own === undefined ? {} : { toRecipients: own }),
    from: given.from ?? { emailAddress: { address: mailbox.row.address } },
  }
  const { clock } = request.tenant
  const made = inGraphWords(() => newMessage(input, { nowMs: clock.nowMs(), address: mailbox.row.address }))
  const messageId = original.properties.get(known.internetMessageId)
  made.properties
    .set(known.inReplyTo, way === 'forward' ? undefined : messageId)
    .set(
      known.references,
      [original.properties.get(known.references), messageId].filter((one) => one !== undefined).join(' ') || undefined,
    )
    .set(known.conversationIndex, original.properties.get(known.conversationIndex))
  return { ...made, attachments: way === 'forward' ? original.attachments : [] }
}

function recipientsOf({ properties, recipients }: MapiMessage, mailbox: Mailbox, way: Answering): MessageInput {
  if (way === 'forward') return {}
  const replyTo = readFlatEntryList(properties.get(known.replyRecipientEntries) ?? new Uint8Array())
  const from = representingOf(properties)
  const author: readonly RecipientInput[] = (replyTo.length > 0 ? replyTo : from === undefined ? [] : [from]).map(
    toRecipientJson,
  )
  if (way === 'reply') return { toRecipients: author }
  const isOther = ({ emailAddress }: RecipientInput) =>
    emailAddress?.address?.toLowerCase() !== mailbox.row.address.toLowerCase()
  return {
    toRecipients: [...author, ...recipientsJson(recipients, 'to').filter(isOther)],
    ccRecipients: recipientsJson(recipients, 'cc').filter(isOther),
  }
}

function quoted(
  { properties }: MapiMessage,
  comment: string | undefined,
): { readonly contentType: 'html'; readonly content: string } {
  const before = bodyJson(properties, 'html').content
  const escaped = (comment ?? '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/\r?\n/g, '<br>')
  const words = comment === undefined ? '' : `<div>${escaped}</div>`
  const line = '<hr style="display:inline-block; width:98%" tabindex="-1">'
  const body = /<body[^>]*>/i.exec(before)
  const at = body === null ? 0 : body.index + body[0].length
  return { contentType: 'html', content: `${before.slice(0, at)}${words}${line}${before.slice(at)}` }
}
