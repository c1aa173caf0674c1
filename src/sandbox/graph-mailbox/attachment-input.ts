import type { MapiAttachment, MapiMessage } from '../../formats/mapi/message.ts'
import type { MessageInput, Making } from '../graph-json/apply-message.ts'
import { newMessage } from '../graph-json/apply-message.ts'
import { fromBase64, newFileAttachment, newItemAttachment, newReferenceAttachment } from '../graph-json/new-attachment.ts'
import { JsonRefusal } from '../graph-json/refusal.ts'
import type { BodyOf } from '../http/json/kinds.ts'
import type { attachmentType, fileAttachmentType, itemAttachmentType } from './attachment-type.ts'
import type { messageType } from './message-type.ts'

/** Makes an item of a JSON body whose `@odata.type` it knows; undefined for any other. */
export type EmbeddedMaker = (item: Readonly<Record<string, unknown>>, making: Making) => MapiMessage | undefined

/** The attachment of a JSON body that has passed `attachmentType`. Throws a JsonRefusal. */
export function attachmentOf(
  input: BodyOf<typeof attachmentType>,
  making: Making,
  makeEmbedded?: EmbeddedMaker,
): MapiAttachment {
  switch ((input['@odata.type'] ?? '').replace(/^#?microsoft\.graph\./, '')) {
    case 'fileAttachment': {
      const file = input as BodyOf<typeof fileAttachmentType>
      if (file.contentBytes === undefined || file.contentBytes === null) {
        throw new JsonRefusal(400, 'ErrorRequiredPropertyMissing', 'Required property is missing: contentBytes.')
      }
      return newFileAttachment(file, fromBase64(file.contentBytes), making.nowMs)
    }
    case 'itemAttachment': {
      const { item, name, isInline } = input as BodyOf<typeof itemAttachmentType>
      if (item === undefined || item === null)
        throw new JsonRefusal(400, 'ErrorRequiredPropertyMissing', 'Required property is missing: item.')
      const embedded =
        makeEmbedded?.(item as Readonly<Record<string, unknown>>, making) ??
        embeddedMessage(item as BodyOf<typeof messageType>, making)
      return newItemAttachment(name, isInline === true, embedded, making.nowMs)
    }
    case 'referenceAttachment':
      return newReferenceAttachment(input, making.nowMs)
    default:
      throw new JsonRefusal(400, 'ErrorInvalidArgument', "The attachment has no type: '@odata.type' has to name one.")
  }
}

function embeddedMessage(item: BodyOf<typeof messageType>, making: Making): MapiMessage {
  if (item['@odata.type'] === undefined) {
    throw new JsonRefusal(
      400,
      'RequestBodyRead',
      "The item has no type: '@odata.type' has to name one, since microsoft.graph.outlookItem is abstract.",
    )
  }
  const attachments = (item.attachments ?? []).map((attachment) => attachmentOf(attachment, making))
  return { ...newMessage(item as MessageInput, making), attachments }
}
