import { Buffer } from 'node:buffer'
import { fromFileTime } from '../../formats/mapi/file-time.ts'
import { attachmentProperties as known } from '../../formats/mapi/attachment-properties.ts'
import type { ReadonlyPropertyBag } from '../../formats/mapi/property-bag.ts'
import { toGraphTime } from './date-time.ts'

/** An attachment as its JSON is made of. */
export interface AttachmentSource {
  readonly id: string
  readonly properties: ReadonlyPropertyBag
  readonly sizeBytes: number
  readonly isEmbedded: boolean
  /** The item's, for attachments that have no time of their own. */
  readonly modifiedMs: number
  /** The bytes of the file; read when `contentBytes` is wanted. */
  data(): Uint8Array
}

/** Which of Graph's types an attachment has. */
export type AttachmentKind = 'fileAttachment' | 'itemAttachment' | 'referenceAttachment'

/** PidTagAttachMethod of a link (MS-OXCMSG section 2.2.2.9). */
const byWebReference = 7
/** PidTagAttachFlags: shown in the body. */
const shownInBody = 4

type Field = (attachment: AttachmentSource) => unknown

const commonFields: Readonly<Record<string, Field>> = {
  id: ({ id }) => id,
  lastModifiedDateTime: ({ properties, modifiedMs }) => {
    const ticks = properties.get(known.lastModificationTime)
    return toGraphTime(ticks === undefined ? modifiedMs : fromFileTime(ticks))
  },
  name: ({ properties }) => attachmentName(properties),
  contentType: ({ properties, isEmbedded }) => (isEmbedded ? null : (properties.get(known.mimeType) ?? null)),
  size: ({ sizeBytes }) => sizeBytes,
  isInline: ({ properties }) => isInlineAttachment(properties),
}

const fileFields: Readonly<Record<string, Field>> = {
  contentId: ({ properties }) => properties.get(known.contentId) ?? null,
  contentLocation: ({ properties }) => properties.get(known.contentLocation) ?? null,
  contentBytes: (attachment) => {
    const data = attachment.data()
    return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')
  },
}

/** The names that `$select`, `$filter` and `$orderby` of attachments may name. */
export const attachmentFieldNames: ReadonlySet<string> = new Set([...Object.keys(commonFields), ...Object.keys(fileFields)])

/** An attachment as Graph answers it: everything, or what was selected with its id and type. */
export function attachmentJson(attachment: AttachmentSource, select?: readonly string[]): Record<string, unknown> {
  const kind = attachmentKind(attachment)
  const json: Record<string, unknown> = { '@odata.type': `#microsoft.graph.${kind}` }
  if (kind === 'fileAttachment')
    json['@odata.mediaContentType'] = attachment.properties.get(known.mimeType) ?? 'application/octet-stream'
  for (const [name, field] of Object.entries(
    kind === 'fileAttachment' ? { ...commonFields, ...fileFields } : commonFields,
  )) {
    if (select === undefined || name === 'id' || select.includes(name) || select.includes('*'))
      json[name] = field(attachment)
  }
  return json
}

function attachmentKind({ properties, isEmbedded }: Pick<AttachmentSource, 'properties' | 'isEmbedded'>): AttachmentKind {
  if (isEmbedded) return 'itemAttachment'
  return properties.get(known.method) === byWebReference ? 'referenceAttachment' : 'fileAttachment'
}

function attachmentName(properties: ReadonlyPropertyBag): string | null {
  return properties.get(known.longFileName) ?? properties.get(known.displayName) ?? properties.get(known.fileName) ?? null
}

/** Whether the body shows it. */
export function isInlineAttachment(properties: ReadonlyPropertyBag): boolean {
  return properties.get(known.hidden) === true || ((properties.get(known.flags) ?? 0) & shownInBody) !== 0
}
