import { attachmentProperties } from '../../formats/mapi/attachment-properties.ts'
import type { MapiMessage } from '../../formats/mapi/message.ts'
import { type AttachmentSource, attachmentJson } from '../graph-json/attachment-json.ts'
import { messageJson } from '../graph-json/message-json.ts'
import type { ItemSource } from '../graph-json/message-json.ts'
import { isInlineAttachment } from '../graph-json/attachment-json.ts'
import { readPropertyList } from '../../formats/fast-transfer/stored-form.ts'
import { fromAttachmentId, toAttachmentId } from '../mailbox/ids.ts'
import { columnsOf } from '../mailbox/item-columns.ts'
import { decodeAttachment } from '../mailbox/item-encoding.ts'
import type { Mailbox } from '../mailbox/mailbox.ts'
import type { ItemRow } from '../mailbox/rows.ts'
import { GraphError } from '../http/graph-error.ts'

/** Makes the JSON of an item inside an attachment; undefined for a class that the maker does not know. */
export type EmbeddedJson = (message: MapiMessage, source: ItemSource) => Record<string, unknown> | undefined

/** The attachments of an item in their order, their data unread; those that hold a series' changed occurrences are none. */
export function attachmentSources(mailbox: Mailbox, item: ItemRow): readonly AttachmentSource[] {
  const sizes = new Map(mailbox.items.attachments(item.id).map((row) => [row.number, row]))
  return mailbox.items.attachmentHeads(item.id).flatMap(({ number, head }) => {
    const row = sizes.get(number)
    const properties = readPropertyList(head)
    if (properties.has(attachmentProperties.exceptionReplaceTime)) return []
    return [
      {
        id: toAttachmentId(mailbox.row.guid, item.id, number),
        properties,
        sizeBytes: row?.sizeBytes ?? 0,
        isEmbedded: row?.isEmbedded ?? false,
        modifiedMs: item.modifiedMs,
        data: () => mailbox.items.storedAttachment(item.id, number).data ?? new Uint8Array(),
      },
    ]
  })
}

/** The number of an attachment of this item. Throws 400 `ErrorInvalidIdMalformed` and 404 `ErrorInvalidAttachmentId`. */
export function attachmentNumber(mailbox: Mailbox, item: ItemRow, id: string): number {
  const reference = fromAttachmentId(mailbox.row.guid, id)
  if (reference === undefined) throw new GraphError(400, 'ErrorInvalidIdMalformed', 'Id is malformed.')
  const isThere =
    reference.itemId === item.id && mailbox.items.attachments(item.id).some(({ number }) => number === reference.number)
  if (isThere) return reference.number
  throw new GraphError(
    404,
    'ErrorItemNotFound',
    'The specified object was not found in the store., The process failed to get the correct properties.',
  )
}

/** The item inside an attachment, as its JSON is made of; `around` is the item that has the attachment. */
function embeddedSource(message: MapiMessage, around: ItemSource): ItemSource {
  const columns = columnsOf(message)
  const row: ItemRow = {
    ...around.row,
    ...columns,
    categories: columns.categories === null ? [] : (JSON.parse(columns.categories) as string[]),
    subject: columns.subject ?? '',
    messageId: columns.messageId ?? undefined,
    receivedMs: columns.receivedMs ?? undefined,
    submittedMs: columns.submittedMs ?? undefined,
    startMs: columns.startMs ?? undefined,
    endMs: columns.endMs ?? undefined,
    attachmentCount: message.attachments.length,
  }
  return {
    ...around,
    row,
    id: '',
    head: () => message,
    hasVisibleAttachments: () => message.attachments.some(({ properties }) => !isInlineAttachment(properties)),
  }
}

/** An attachment's JSON with the item in it, as `$expand=microsoft.graph.itemAttachment/item` asks. */
export function expandedAttachmentJson(
  mailbox: Mailbox,
  source: AttachmentSource,
  around: ItemSource,
  select: readonly string[] | undefined,
  embeddedJson: EmbeddedJson | undefined,
): Record<string, unknown> {
  const json = attachmentJson(source, select)
  const number = fromAttachmentId(mailbox.row.guid, source.id)?.number
  if (!source.isEmbedded || number === undefined) return json
  const { embedded } = decodeAttachment(mailbox.items.storedAttachment(around.row.id, number))
  if (embedded === undefined) return json
  const inner = embeddedSource(embedded, around)
  return { ...json, item: embeddedJson?.(embedded, inner) ?? embeddedMessageJson(inner) }
}

/** Embedded items have no place in the mailbox: no etag, no change key, no parent. */
function embeddedMessageJson(source: ItemSource): Record<string, unknown> {
  const { '@odata.etag': _etag, changeKey: _changeKey, parentFolderId: _parentFolderId, ...json } = messageJson(source)
  return { '@odata.type': '#microsoft.graph.message', ...json }
}

/** The bytes that an attachment's `$value` answers: a file's own, an item's in its stored form where no better is known. */
export function attachmentFile(
  mailbox: Mailbox,
  item: ItemRow,
  number: number,
): { readonly mimeType: string; readonly data: Uint8Array } {
  const attachment = decodeAttachment(mailbox.items.storedAttachment(item.id, number))
  return {
    mimeType: attachment.properties.get(attachmentProperties.mimeType) ?? 'application/octet-stream',
    data: attachment.properties.get(attachmentProperties.data) ?? new Uint8Array(),
  }
}
