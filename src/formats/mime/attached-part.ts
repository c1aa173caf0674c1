import type { Buffer } from 'node:buffer'
import { attachmentProperties as attachment } from '../mapi/attachment-properties.ts'
import type { MapiAttachment, MapiMessage } from '../mapi/message.ts'
import { messageProperties } from '../mapi/message-properties.ts'
import { PropertyBag } from '../mapi/property-bag.ts'
import { extensionOf, madeFileName, shortFileName, writtenFileName } from './attachment-name.ts'
import type { AttachedPart } from './body-parts.ts'
import type { InlineReferences } from './inline-references.ts'
import { decodedBody } from './part-tree.ts'

/** PidTagAttachMethod (MS-OXCMSG section 2.2.2.9). */
export const attachMethods = { byValue: 1, embeddedMessage: 5, webReference: 7 } as const

/** PidTagAttachFlags: the body shows it (MS-OXCMSG section 2.2.2.18). */
export const shownInBody = 4

/** What an attachment needs to know of the message it is in. */
export interface AttachingContext {
  readonly number: number
  readonly references: InlineReferences
  /** Counts the files without a name. */
  readonly nextUnnamed: () => number
  /** Converts a message within this one; undefined when they are nested too deep. */
  readonly embed: ((bytes: Buffer) => MapiMessage) | undefined
}

const messageTypes: ReadonlySet<string> = new Set(['message/rfc822', 'message/global'])

/** The attachment that a leaf becomes (MS-OXCMAIL section 2.2.3.4). */
export function attachPart(bytes: Buffer, leaf: AttachedPart, context: AttachingContext): MapiAttachment {
  const { part, disposition } = leaf
  const { header, contentType } = part
  const name = writtenFileName(contentType, disposition)
  const type = contentType.value
  const contentId = header.first('content-id')?.replace(/^</, '').replace(/>$/, '')
  const properties = new PropertyBag()
    .set(attachment.number, context.number)
    .set(attachment.renderingPosition, -1)
    .set(attachment.mimeType, type)
    .set(attachment.contentId, contentId === '' ? undefined : contentId)
    .set(attachment.contentLocation, header.first('content-location'))
    .set(attachment.contentBase, header.first('content-base'))
    .set(attachment.attachmentFlags, 0)
    .set(attachment.linkId, 0)
  if (context.embed !== undefined && messageTypes.has(type)) {
    const embedded = context.embed(decodedBody(bytes, part))
    properties
      .set(attachment.method, attachMethods.embeddedMessage)
      .set(attachment.displayName, name ?? embedded.properties.get(messageProperties.subject) ?? '')
      .set(attachment.flags, 0)
      .set(attachment.hidden, false)
    if (name !== undefined) properties.set(attachment.longFileName, name)
    return { properties, embedded }
  }
  const fileName = name ?? madeFileName(type, context.nextUnnamed())
  const extension = extensionOf(fileName)
  const isShown = disposition?.value !== 'attachment' && context.references.shows(properties)
  properties
    .set(attachment.method, attachMethods.byValue)
    .set(attachment.data, decodedBody(bytes, part))
    .set(attachment.longFileName, fileName)
    .set(attachment.displayName, fileName)
    .set(attachment.fileName, shortFileName(fileName))
    .set(attachment.extension, extension === '' ? undefined : extension)
    .set(attachment.flags, isShown ? shownInBody : 0)
    .set(attachment.hidden, isShown || leaf.isAlternative)
  if (type.startsWith('text/')) properties.set(attachment.textCharset, contentType.parameters.get('charset'))
  return { properties }
}
