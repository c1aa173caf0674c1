import type { MapiMessage } from '../../../formats/mapi/message.ts'
import { messageProperties as known } from '../../../formats/mapi/message-properties.ts'
import { recipientProperties } from '../../../formats/mapi/recipient-properties.ts'
import { toFileTime } from '../../../formats/mapi/file-time.ts'
import { fromRecipient, representingOf, senderOf, setSenders } from '../../../formats/mime/address-properties.ts'
import { setFlag } from '../../graph-json/apply-message.ts'
import { messageFlagBits } from '../../graph-json/message-json.ts'
import { changing } from '../../graph-mailbox/changing.ts'
import { mailFolderOf } from '../../graph-mailbox/mail-folders.ts'
import { messageType } from '../../graph-mailbox/message-type.ts'
import { openMailbox } from '../../graph-mailbox/open-mailbox.ts'
import { GraphError } from '../../http/graph-error.ts'
import { emptyAnswer } from '../../http/json-answer.ts'
import { complex, type Kind, type Structure } from '../../http/json/kinds.ts'
import { readJsonBody } from '../../http/json/read-json-body.ts'
import type { GraphRequest } from '../../http/route.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import { isDraft } from './change-message.ts'
import { isMime, messageFrom, readMime } from './create-message.ts'
import type { MailOptions } from './mail-options.ts'
import { openMessage } from './message-place.ts'

/** True or false, also as text: Graph's own example of sendMail says `"false"`. */
const lenientFlag: Kind<boolean | string> = {
  edm: 'Edm.Boolean',
  check: (value, path) => {
    if (value === null || typeof value === 'boolean' || value === 'true' || value === 'false') return undefined
    return { path, message: `Cannot convert the literal '${String(value)}' to the expected type 'Edm.Boolean'.` }
  },
}

const sendMailType = {
  name: 'microsoft.graph.sendMail',
  properties: {
    message: complex(messageType),
    Message: complex(messageType),
    saveToSentItems: lenientFlag,
    SaveToSentItems: lenientFlag,
  },
} as const satisfies Structure

/** `POST /sendMail`: 202. Nothing is sent; the outbox tells that it would have been. */
export async function sendMail(request: GraphRequest, options: MailOptions): Promise<Response> {
  const mailbox = openMailbox(request, options.stores)
  if (isMime(request)) {
    const message = await readMime(request, options)
    deliver(request, options, mailbox, { message, keeps: true, reason: 'sendMail' })
    return emptyAnswer(202)
  }
  const body = await readJsonBody(request, sendMailType)
  const given = body.message ?? body.Message
  if (given === undefined || given === null)
    throw new GraphError(400, 'ErrorInvalidArgument', "The required property 'message' is missing.")
  const message = messageFrom(request, mailbox, given, options)
  deliver(request, options, mailbox, {
    message,
    keeps: String(body.saveToSentItems ?? body.SaveToSentItems ?? true) === 'true',
    reason: 'sendMail',
  })
  return emptyAnswer(202)
}

/** `POST /messages/{id}/send`: the draft goes to Sent Items and keeps its immutable id. */
export function sendDraft(request: GraphRequest, options: MailOptions): Response {
  const { mailbox, item } = openMessage(request, options.stores)
  if (!isDraft(item)) throw new GraphError(400, 'ErrorInvalidRequest', 'Only a draft can be sent.')
  const message = mailbox.items.message(item.id)
  const recipients = requireRecipients(message)
  changing(request, () => {
    recordSent(request, options, mailbox, message, recipients, 'send')
    mailbox.items.edit(item.id, (properties) => markSent(properties, mailbox, request.tenant.clock.nowMs()))
    mailbox.items.move(item.id, mailFolderOf(mailbox, 'sentitems').id)
  })
  return emptyAnswer(202)
}

/** What is sent: whether Sent Items keeps a copy, and what the outbox says of it. */
export interface Sending {
  readonly message: MapiMessage
  readonly keeps: boolean
  readonly reason: string
}

/** Writes down what Exchange would send, and keeps the copy that it would keep. Throws 400 `ErrorInvalidRecipients`. */
export function deliver(
  request: GraphRequest,
  options: MailOptions,
  mailbox: Mailbox,
  { message, keeps, reason }: Sending,
): void {
  const recipients = requireRecipients(message)
  changing(request, () => {
    recordSent(request, options, mailbox, message, recipients, reason)
    if (!keeps) return
    const copy = { ...message, properties: message.properties.copy() }
    markSent(copy.properties, mailbox, request.tenant.clock.nowMs())
    mailbox.items.create(mailFolderOf(mailbox, 'sentitems').id, { message: copy })
  })
}

function recordSent(
  request: GraphRequest,
  { stores }: MailOptions,
  mailbox: Mailbox,
  { properties }: MapiMessage,
  recipients: readonly string[],
  reason: string,
): void {
  const subject = properties.get(known.subject) ?? ''
  stores(request.tenant.id).outbox.record({
    mailboxId: mailbox.row.id,
    sentMs: request.tenant.clock.nowMs(),
    reason,
    subject,
    recipients,
  })
}

function markSent(properties: MapiMessage['properties'], mailbox: Mailbox, nowMs: number): void {
  setFlag(properties, messageFlagBits.unsent, false)
  setFlag(properties, messageFlagBits.read | messageFlagBits.fromMe, true)
  const now = toFileTime(nowMs)
  properties.set(known.clientSubmitTime, now).set(known.deliveryTime, now)
  const owner = { name: '', address: mailbox.row.address }
  setSenders(properties, representingOf(properties) ?? owner, senderOf(properties) ?? owner)
}

function requireRecipients({ recipients }: MapiMessage): readonly string[] {
  const addresses = recipients.map((row) => fromRecipient(row)?.address ?? row.get(recipientProperties.emailAddress) ?? '')
  if (addresses.length > 0 && addresses.every((address) => /^[^@\s]+@[^@\s]+$/.test(address))) return addresses
  throw new GraphError(
    400,
    'ErrorInvalidRecipients',
    "At least one recipient isn't valid., A message can't be sent because it contains no recipients.",
  )
}
