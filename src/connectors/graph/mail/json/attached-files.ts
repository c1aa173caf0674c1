import { attachmentProperties as known } from '../../../../formats/mapi/attachment-properties.ts'
import type { MapiAttachment } from '../../../../formats/mapi/message.ts'
import { mapiToMime } from '../../../../formats/mime/mapi-to-mime.ts'

/** A file of a message, as Graph takes it. */
export interface AttachedFile {
  readonly name: string
  readonly contentType: string
  readonly content: Uint8Array
  readonly isInline: boolean
  readonly contentId?: string
}

/** The attachments of a message as files; a message within it becomes a file of its own. */
export function toFiles(attachments: readonly MapiAttachment[]): readonly AttachedFile[] {
  return attachments.map(({ properties, embedded }, at) => {
    const contentId = properties.get(known.contentId)
    const names = [known.longFileName, known.fileName, known.displayName].map((property) => properties.get(property)?.trim() ?? '')
    return {
      // Graph refuses a file without a name.
      name: names.find((name) => name !== '') ?? (embedded === undefined ? `attachment-${at + 1}` : `message-${at + 1}.eml`),
      contentType: embedded === undefined ? (properties.get(known.mimeType) ?? 'application/octet-stream') : 'message/rfc822',
      content: embedded === undefined ? (properties.get(known.data) ?? new Uint8Array()) : mapiToMime(embedded),
      isInline: properties.get(known.hidden) === true,
      ...(contentId !== undefined && { contentId }),
    }
  })
}

/** A file within a request. */
export function toFileAttachment({ name, contentType, content, isInline, contentId }: AttachedFile): object {
  return {
    '@odata.type': '#microsoft.graph.fileAttachment',
    name,
    contentType,
    isInline,
    contentBytes: Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('base64'),
    ...(contentId !== undefined && { contentId }),
  }
}
