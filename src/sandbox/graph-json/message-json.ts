import type { MessageHead } from '../../formats/fast-transfer/stored-form.ts'
import { toFileTime } from '../../formats/mapi/file-time.ts'
import { messageProperties as known } from '../../formats/mapi/message-properties.ts'
import { named } from '../../formats/mapi/property.ts'
import type { Property } from '../../formats/mapi/property.ts'
import type { PropertyValue } from '../../formats/mapi/property-type.ts'
import { representingOf, senderOf } from '../../formats/mime/address-properties.ts'
import { readFlatEntryList } from '../../formats/mime/flat-entry-list.ts'
import { toChangeKey } from '../mailbox/ids.ts'
import type { ItemRow } from '../mailbox/rows.ts'
import { bodyJson, bodyPreview } from './body-json.ts'
import { conversationIdOf, conversationIndexOf } from './conversation.ts'
import { toDateTimeTimeZone, toGraphTime } from './date-time.ts'
import { followUpFlagJson } from './follow-up-flag.ts'
import { internetHeadersJson } from './internet-headers.ts'
import { recipientsJson, toRecipientJson } from './recipient-json.ts'

/** An item as its JSON is made of: what the row says is at hand, the rest is read when a property needs it. */
export interface ItemSource {
  readonly row: ItemRow
  /** As the request wants ids. */
  readonly id: string
  readonly parentFolderId: string
  readonly mailboxGuid: string
  /** Where Outlook on the web would be. */
  readonly outlook: string
  readonly bodyType: 'text' | 'html' | undefined
  head(): MessageHead
  /** Whether an attachment stands beside the body, not in it. */
  hasVisibleAttachments(): boolean
}

type Field = (item: ItemSource) => unknown

/** PidTagMessageFlags. */
export const messageFlagBits = { read: 1, unmodified: 2, submitted: 4, unsent: 8, hasAttachments: 16, fromMe: 32 } as const

/** `InferenceClassificationResult` of Exchange's own set. */
export const inferenceResult = named('23239608-685d-4732-9c55-4c95cb4e8e33', 'InferenceClassificationResult', 'integer32')

const importances = ['low', 'normal', 'high'] as const

/** Meeting messages by the end of their class (MS-OXOCAL section 2.2.4, 2.2.5 and 2.2.6). */
const meetingTypes: readonly (readonly [RegExp, type: string, meeting: string])[] = [
  [/^IPM\.Schedule\.Meeting\.Request\b/i, 'eventMessageRequest', 'meetingRequest'],
  [/^IPM\.Schedule\.Meeting\.Canceled\b/i, 'eventMessage', 'meetingCancelled'],
  [/^IPM\.Schedule\.Meeting\.Resp\.Pos\b/i, 'eventMessageResponse', 'meetingAccepted'],
  [/^IPM\.Schedule\.Meeting\.Resp\.Tent\b/i, 'eventMessageResponse', 'meetingTenativelyAccepted'],
  [/^IPM\.Schedule\.Meeting\.Resp\.Neg\b/i, 'eventMessageResponse', 'meetingDeclined'],
  [/^IPM\.Schedule\.Meeting\b/i, 'eventMessage', 'none'],
]

/** What every item of Outlook has in Graph (`outlookItem`). */
export const outlookItemFields = {
  '@odata.etag': (item) => `W/"${toChangeKey(item.mailboxGuid, item.row.change)}"`,
  id: (item) => item.id,
  createdDateTime: (item) => toGraphTime(item.row.createdMs),
  lastModifiedDateTime: (item) => toGraphTime(item.row.modifiedMs),
  changeKey: (item) => toChangeKey(item.mailboxGuid, item.row.change),
  categories: (item) => item.row.categories,
} as const satisfies Readonly<Record<string, Field>>

/** In the order in which Graph answers them. */
const fields: Readonly<Record<string, Field>> = {
  ...outlookItemFields,
  receivedDateTime: (item) => toGraphTime(item.row.receivedMs ?? item.row.createdMs),
  sentDateTime: (item) => toGraphTime(item.row.submittedMs ?? item.row.receivedMs ?? item.row.createdMs),
  hasAttachments: (item) => item.row.attachmentCount > 0 && item.hasVisibleAttachments(),
  internetMessageId: (item) => item.row.messageId,
  subject: (item) => item.row.subject,
  bodyPreview: (item) => bodyPreview(item.head().properties),
  importance: (item) => importances[item.head().properties.get(known.importance) ?? 1] ?? 'normal',
  parentFolderId: (item) => item.parentFolderId,
  conversationId: (item) => conversationIdOf(item.head().properties, item.mailboxGuid),
  conversationIndex: (item) => conversationIndexOf(item.head().properties, item.row.receivedMs ?? item.row.createdMs),
  isDeliveryReceiptRequested: (item) => item.head().properties.get(known.deliveryReportRequested) ?? null,
  isReadReceiptRequested: (item) => item.head().properties.get(known.readReceiptRequested) ?? false,
  isRead: (item) => (item.row.messageFlags & messageFlagBits.read) !== 0,
  isDraft: (item) => (item.row.messageFlags & messageFlagBits.unsent) !== 0,
  webLink: (item) => `${item.outlook}/owa/?ItemID=${encodeURIComponent(item.id)}&exvsurl=1&viewmodel=ReadMessageItem`,
  inferenceClassification: (item) => (item.head().properties.get(inferenceResult) === 1 ? 'other' : 'focused'),
  meetingMessageType: (item) => meetingTypeOf(item.row)?.[2],
  body: (item) => bodyJson(item.head().properties, item.bodyType),
  sender: (item) => personOf(senderOf(item.head().properties)),
  from: (item) => personOf(representingOf(item.head().properties)),
  toRecipients: (item) => recipientsJson(item.head().recipients, 'to'),
  ccRecipients: (item) => recipientsJson(item.head().recipients, 'cc'),
  bccRecipients: (item) => recipientsJson(item.head().recipients, 'bcc'),
  replyTo: (item) =>
    readFlatEntryList(item.head().properties.get(known.replyRecipientEntries) ?? new Uint8Array()).map(toRecipientJson),
  flag: (item) => (item.row.flagStatus === 0 ? { flagStatus: 'notFlagged' } : followUpFlagJson(item.head().properties)),
  startDateTime: (item) =>
    isMeeting(item.row) && item.row.startMs !== undefined ? toDateTimeTimeZone(item.row.startMs) : undefined,
  endDateTime: (item) =>
    isMeeting(item.row) && item.row.endMs !== undefined ? toDateTimeTimeZone(item.row.endMs) : undefined,
}

/** Answered when they are selected, never by themselves. */
const fieldsOnRequest: Readonly<Record<string, Field>> = {
  internetMessageHeaders: (item) => internetHeadersJson(item.head().properties),
  uniqueBody: (item) => bodyJson(item.head().properties, item.bodyType),
}

const defaultFields = Object.entries(fields)

/** The property names that `$select`, `$filter` and `$orderby` of messages may name. */
export const messageFieldNames: ReadonlySet<string> = new Set([
  ...Object.keys(fields).filter((name) => !name.startsWith('@')),
  ...Object.keys(fieldsOnRequest),
])

/** A message as Graph answers it: everything, or what was selected with its id and etag. */
export function messageJson(item: ItemSource, select?: readonly string[]): Record<string, unknown> {
  const type = meetingTypeOf(item.row)?.[1]
  const json: Record<string, unknown> = type === undefined ? {} : { '@odata.type': `#microsoft.graph.${type}` }
  for (const [name, field] of defaultFields) {
    if (select !== undefined && !isSelected(name, select)) continue
    const value = field(item)
    if (value !== undefined) json[name] = value
  }
  for (const name of select ?? []) {
    const field = fieldsOnRequest[name]
    if (field !== undefined) json[name] = field(item)
  }
  return json
}

/** Some properties alone, for filters: without what the answer always has. */
export function messageValues(item: ItemSource, names: Iterable<string>): Record<string, unknown> {
  const json: Record<string, unknown> = {}
  for (const name of names) json[name] = (fields[name] ?? fieldsOnRequest[name])?.(item)
  return json
}

/** What the store works out and no bag holds: extended properties that clients ask for. */
export function computedValue(
  { row, head }: Pick<ItemSource, 'row' | 'head'>,
  property: Property,
): PropertyValue | undefined {
  if (!('id' in property.name)) return undefined
  switch (property.name.id) {
    case 0x0e07:
      return property.type === 'integer32' ? row.messageFlags : undefined
    case 0x0e08:
      return property.type === 'integer64'
        ? BigInt(row.sizeBytes)
        : property.type === 'integer32'
          ? row.sizeBytes
          : undefined
    case 0x3007:
      return property.type === 'time' ? toFileTime(row.createdMs) : undefined
    case 0x3008:
      return property.type === 'time' ? toFileTime(row.modifiedMs) : undefined
    case 0x0e04:
      return displayList(head(), 'to', property)
    case 0x0e03:
      return displayList(head(), 'cc', property)
    case 0x0e02:
      return displayList(head(), 'bcc', property)
    default:
      return undefined
  }
}

function displayList({ recipients }: MessageHead, kind: 'to' | 'cc' | 'bcc', { type }: Property): string | undefined {
  if (type !== 'string') return undefined
  return recipientsJson(recipients, kind)
    .map(({ emailAddress }) => emailAddress.name)
    .join('; ')
}

function isSelected(name: string, select: readonly string[]): boolean {
  return (
    name === '@odata.etag' ||
    name === 'id' ||
    select.includes(name) ||
    select.includes('*') ||
    select.some((one) => one.startsWith(`${name}/`))
  )
}

function personOf(who: Parameters<typeof toRecipientJson>[0] | undefined): object | undefined {
  return who === undefined ? undefined : toRecipientJson(who)
}

function meetingTypeOf({ messageClass }: ItemRow): (typeof meetingTypes)[number] | undefined {
  return isMeeting({ messageClass }) ? meetingTypes.find(([pattern]) => pattern.test(messageClass)) : undefined
}

function isMeeting({ messageClass }: Pick<ItemRow, 'messageClass'>): boolean {
  return messageClass.startsWith('IPM.Schedule.Meeting')
}
