import { Buffer } from 'node:buffer'
import { parseHeaderDate } from '../mail-date.ts'
import { decodeEncodedWordsExactly } from '../encoded-words.ts'
import { toFileTime } from '../mapi/file-time.ts'
import { messageProperties as message } from '../mapi/message-properties.ts'
import { named } from '../mapi/property.ts'
import type { PropertyBag } from '../mapi/property-bag.ts'
import { propertySets } from '../mapi/property-sets.ts'
import { recipientTypes, setSenders, toRecipient } from './address-properties.ts'
import { toCrlfLines } from './crlf-lines.ts'
import { readEnvelope } from './envelope.ts'
import type { Envelope } from './envelope.ts'
import { writeFlatEntryList } from './flat-entry-list.ts'
import type { HeaderBlock } from './header-block.ts'
import { mimeLimits } from './mime-limits.ts'
import { splitSubject } from './subject-prefix.ts'

const sensitivities: Readonly<Record<string, number>> = {
  personal: 1,
  private: 2,
  'company-confidential': 3,
}
const priorities: Readonly<Record<string, number>> = { 'non-urgent': -1, normal: 0, urgent: 1 }

/** Sets all that a header says about its message (MS-OXCMAIL section 2.2.3), and returns the recipients. */
export function setHeaderProperties(
  bag: PropertyBag,
  header: HeaderBlock,
  receivedMs: number | undefined,
): readonly PropertyBag[] {
  const envelope = readEnvelope(header)
  const { prefix, normalized } = splitSubject(envelope.subject ?? '')
  const submitted = envelope.submittedMs
  bag
    .set(message.subject, envelope.subject)
    .set(message.subjectPrefix, envelope.subject === undefined ? undefined : prefix)
    .set(message.normalizedSubject, envelope.subject === undefined ? undefined : normalized)
    .set(message.conversationTopic, text(header, 'thread-topic') ?? (normalized === '' ? undefined : normalized))
    .set(message.conversationIndex, toConversationIndex(header.first('thread-index')))
    .set(message.importance, envelope.importance)
    .set(message.priority, priorities[header.first('priority')?.toLowerCase() ?? ''] ?? envelope.importance - 1)
    .set(message.sensitivity, sensitivities[header.first('sensitivity')?.toLowerCase() ?? ''] ?? 0)
    .set(message.clientSubmitTime, submitted === undefined ? undefined : toFileTime(submitted))
    .set(message.deliveryTime, toDeliveryTime(header, submitted, receivedMs))
    .set(message.internetMessageId, envelope.messageId)
    .set(message.inReplyTo, notEmpty(header.first('in-reply-to')))
    .set(message.references, notEmpty(header.first('references')))
    .set(message.listHelp, notEmpty(header.first('list-help')))
    .set(message.listSubscribe, notEmpty(header.first('list-subscribe')))
    .set(message.listUnsubscribe, notEmpty(header.first('list-unsubscribe')))
    .set(message.readReceiptRequested, false)
    .set(message.deliveryReportRequested, false)
  setSenders(bag, envelope.from, envelope.sender)
  if (envelope.replyTo.length > 0) {
    bag
      .set(message.replyRecipientEntries, writeFlatEntryList(envelope.replyTo))
      .set(
        message.replyRecipientNames,
        envelope.replyTo.map(({ name, address }) => (name === '' ? address : name)).join(';'),
      )
  }
  const keywords = categoriesOf(header)
  if (keywords.length > 0) bag.set(message.keywords, keywords)
  setNamedHeaders(bag, header)
  if (header.fields.length > 0) bag.set(message.transportHeaders, toTransportHeaders(header.text))
  return toRecipients(envelope)
}

function toRecipients({ to, cc, bcc }: Envelope): readonly PropertyBag[] {
  let rowId = 0
  const rows: PropertyBag[] = []
  for (const [list, type] of [
    [to, recipientTypes.to],
    [cc, recipientTypes.cc],
    [bcc, recipientTypes.bcc],
  ] as const) {
    for (const who of list) if (rows.length < mimeLimits.recipientsMax) rows.push(toRecipient(who, type, rowId++))
  }
  return rows
}

function toDeliveryTime(
  header: HeaderBlock,
  submittedMs: number | undefined,
  receivedMs: number | undefined,
): bigint | undefined {
  const topmost = header.first('received')
  const deliveredMs = receivedMs ?? (topmost === undefined ? undefined : parseHeaderDate(topmost)?.epochMs) ?? submittedMs
  return deliveredMs === undefined ? undefined : toFileTime(deliveredMs)
}

function text(header: HeaderBlock, key: string): string | undefined {
  const value = header.first(key)
  return value === undefined ? undefined : notEmpty(decodeEncodedWordsExactly(value).replace(/[\x00-\x1f\x7f]+/g, ' '))
}

function notEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}

/** MS-OXOMSG section 2.2.1.3: at least the 22 bytes of its head. */
function toConversationIndex(value: string | undefined): Buffer | undefined {
  const index = value === undefined ? undefined : Buffer.from(value, 'base64')
  return index !== undefined && index.length >= 22 ? index : undefined
}

/** MS-OXCMAIL section 2.2.3.2.6: categories, separated by commas or semicolons. */
function categoriesOf(header: HeaderBlock): readonly string[] {
  const written = header.all('keywords').flatMap((value) => decodeEncodedWordsExactly(value).split(/[,;]/))
  return [...new Set(written.map((name) => name.trim()).filter((name) => name !== ''))]
}

/** MS-OXCMAIL section 2.2.3.2.24: X- fields become named properties, the first of each name. */
function setNamedHeaders(bag: PropertyBag, header: HeaderBlock): void {
  let count = 0
  for (const field of header.fields) {
    if (!field.key.startsWith('x-') || count >= mimeLimits.namedHeadersMax) continue
    const property = named(propertySets.internetHeaders, field.key, 'string')
    const value = header.value(field)
    if (bag.has(property) || value.length > mimeLimits.namedHeaderCharactersMax) continue
    bag.set(property, decodeEncodedWordsExactly(value))
    count++
  }
}

function toTransportHeaders(header: string): string {
  return toCrlfLines(header).replaceAll('\0', '')
}
