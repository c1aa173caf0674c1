import { randomUUID } from 'node:crypto'
import type { MessageHead } from '../../formats/fast-transfer/stored-form.ts'
import { toFileTime } from '../../formats/mapi/file-time.ts'
import { messageProperties as known } from '../../formats/mapi/message-properties.ts'
import { PropertyBag } from '../../formats/mapi/property-bag.ts'
import { representingOf, senderOf, setSenders } from '../../formats/mime/address-properties.ts'
import { writeFlatEntryList } from '../../formats/mime/flat-entry-list.ts'
import type { MailAddress } from '../../formats/mime/mail-addresses.ts'
import { splitSubject } from '../../formats/mime/subject-prefix.ts'
import { type ItemBodyInput, setBody } from './body-json.ts'
import { newConversationIndex } from './conversation.ts'
import { type ExtendedPropertiesInput, setExtendedProperties } from './extended-properties.ts'
import { type FollowUpFlagInput, setFollowUpFlag } from './follow-up-flag.ts'
import { type InternetHeaderInput, setInternetHeaders } from './internet-headers.ts'
import { inferenceResult, messageFlagBits } from './message-json.ts'
import { type RecipientInput, type RecipientKind, fromRecipientJson, withRecipients } from './recipient-json.ts'
import { JsonRefusal } from './refusal.ts'

/** What a message may be made from or changed by; everything else that Graph's type has is not for clients to say. */
export interface MessageInput extends ExtendedPropertiesInput {
  readonly subject?: string | null
  readonly body?: ItemBodyInput | null
  readonly from?: RecipientInput | null
  readonly sender?: RecipientInput | null
  readonly toRecipients?: readonly RecipientInput[] | null
  readonly ccRecipients?: readonly RecipientInput[] | null
  readonly bccRecipients?: readonly RecipientInput[] | null
  readonly replyTo?: readonly RecipientInput[] | null
  readonly internetMessageId?: string | null
  readonly internetMessageHeaders?: readonly InternetHeaderInput[] | null
  readonly importance?: string | null
  readonly isRead?: boolean | null
  readonly isDeliveryReceiptRequested?: boolean | null
  readonly isReadReceiptRequested?: boolean | null
  readonly categories?: readonly string[] | null
  readonly flag?: FollowUpFlagInput | null
  readonly inferenceClassification?: string | null
}

/** Who makes the message, and when. */
export interface Making {
  readonly nowMs: number
  /** The mailbox's address: its domain ends the Message-ID. */
  readonly address: string
}

const importances: Readonly<Record<string, number>> = { low: 0, normal: 1, high: 2 }
const categoryLengthMax = 255

/**
 * The item that a JSON body makes (exchange.md 3.2): a draft, read, received now, unless its extended properties say
 * otherwise - `Integer 0x0E07` the flags, `SystemTime 0x0E06` and `0x0039` the dates. Throws a JsonRefusal.
 */
export function newMessage(input: MessageInput, { nowMs, address }: Making): MessageHead {
  const properties = new PropertyBag().set(known.messageClass, 'IPM.Note')
  setExtendedProperties(properties, input)
  const now = toFileTime(nowMs)
  const flags = properties.get(known.messageFlags) ?? messageFlagBits.read | messageFlagBits.unsent
  properties.set(known.messageFlags, flags & ~messageFlagBits.hasAttachments)
  if (!properties.has(known.deliveryTime)) properties.set(known.deliveryTime, now)
  if (!properties.has(known.clientSubmitTime)) properties.set(known.clientSubmitTime, now)
  if (!properties.has(known.conversationIndex)) properties.set(known.conversationIndex, newConversationIndex(nowMs))
  properties.set(known.readReceiptRequested, false).set(known.deliveryReportRequested, false)
  setInternetHeaders(properties, input.internetMessageHeaders ?? [])
  const made = changeMessage({ properties, recipients: [] }, { ...input, ...noExtendedProperties }, nowMs)
  if (!properties.has(known.internetMessageId))
    properties.set(known.internetMessageId, `<${randomUUID()}@${address.split('@')[1] ?? 'localhost'}>`)
  if (!properties.has(known.subject)) setSubject(properties, '')
  if (!properties.has(known.body)) setBody(properties, { contentType: 'text', content: '' })
  return made
}

/**
 * Changes an item's own properties and recipients and returns both. `Integer 0x0E07` stays as it was made (exchange.md
 * 3.2), but for the bit of `isRead`. Throws a JsonRefusal; the item's bag may then be changed in part.
 */
export function changeMessage({ properties, recipients }: MessageHead, input: MessageInput, nowMs: number): MessageHead {
  setExtendedProperties(properties, input, ({ key }) => key === known.messageFlags.key)
  if (input.subject !== undefined) setSubject(properties, input.subject ?? '')
  if (input.body !== undefined) setBody(properties, input.body ?? {})
  setPeople(properties, input)
  if (input.replyTo !== undefined) setReplyTo(properties, (input.replyTo ?? []).map(fromRecipientJson))
  if (typeof input.internetMessageId === 'string') properties.set(known.internetMessageId, input.internetMessageId)
  if (typeof input.importance === 'string') {
    const importance = importances[input.importance.toLowerCase()] ?? 1
    properties.set(known.importance, importance).set(known.priority, importance - 1)
  }
  if (typeof input.isRead === 'boolean') setFlag(properties, messageFlagBits.read, input.isRead)
  if (typeof input.isDeliveryReceiptRequested === 'boolean')
    properties.set(known.deliveryReportRequested, input.isDeliveryReceiptRequested)
  if (typeof input.isReadReceiptRequested === 'boolean')
    properties.set(known.readReceiptRequested, input.isReadReceiptRequested)
  if (input.categories !== undefined) setCategories(properties, input.categories ?? [])
  if (input.flag !== undefined) setFollowUpFlag(properties, input.flag ?? { flagStatus: 'notFlagged' }, nowMs)
  if (typeof input.inferenceClassification === 'string') {
    properties.set(inferenceResult, input.inferenceClassification.toLowerCase() === 'other' ? 1 : 0)
  }
  let rows = recipients
  for (const [name, kind] of recipientLists) {
    const list = input[name]
    if (list !== undefined) rows = withRecipients(rows as PropertyBag[], kind, list ?? [])
  }
  return { properties, recipients: rows }
}

const recipientLists = [
  ['toRecipients', 'to'],
  ['ccRecipients', 'cc'],
  ['bccRecipients', 'bcc'],
] as const satisfies readonly (readonly [keyof MessageInput, RecipientKind])[]

const noExtendedProperties = { singleValueExtendedProperties: null, multiValueExtendedProperties: null } as const

/** Sets or clears bits of PidTagMessageFlags. */
export function setFlag(bag: PropertyBag, bits: number, isSet: boolean): void {
  const flags = bag.get(known.messageFlags) ?? 0
  bag.set(known.messageFlags, isSet ? flags | bits : flags & ~bits)
}

/** Sets the categories of an item, each name once. Throws a JsonRefusal for names that Exchange does not take. */
export function setCategories(bag: PropertyBag, names: readonly string[]): void {
  if (names.some((name) => name.trim() === '' || name.length > categoryLengthMax)) {
    throw new JsonRefusal(400, 'ErrorInvalidArgument', 'The category name is empty or too long.')
  }
  bag.delete(known.keywords)
  if (names.length > 0) bag.set(known.keywords, [...new Set(names)])
}

/** Sets a subject with its parts. */
export function setSubject(bag: PropertyBag, subject: string): void {
  const text = subject.toWellFormed().replaceAll(/[\r\n\0]+/g, ' ')
  const { prefix, normalized } = splitSubject(text)
  bag
    .set(known.subject, text)
    .set(known.subjectPrefix, prefix)
    .set(known.normalizedSubject, normalized)
    .set(known.conversationTopic, normalized)
}

function setPeople(bag: PropertyBag, { from, sender }: MessageInput): void {
  if (from === undefined && sender === undefined) return
  const given = (person: RecipientInput | null | undefined, before: MailAddress | undefined) =>
    person === undefined ? before : person === null || isNobody(person) ? undefined : fromRecipientJson(person)
  const author = given(from, representingOf(bag))
  setSenders(bag, author ?? given(sender, senderOf(bag)), given(sender, senderOf(bag)) ?? author)
}

/** `{"emailAddress":{}}`: what some clients send for nobody. */
function isNobody({ emailAddress }: RecipientInput): boolean {
  return (emailAddress?.name ?? '') === '' && (emailAddress?.address ?? '') === ''
}

function setReplyTo(bag: PropertyBag, addresses: readonly MailAddress[]): void {
  bag.delete(known.replyRecipientEntries)
  bag.delete(known.replyRecipientNames)
  if (addresses.length === 0) return
  bag
    .set(known.replyRecipientEntries, writeFlatEntryList(addresses))
    .set(known.replyRecipientNames, addresses.map(({ name, address }) => (name === '' ? address : name)).join(';'))
}
