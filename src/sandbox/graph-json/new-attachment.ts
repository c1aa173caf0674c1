import { Buffer } from 'node:buffer'
import { attachmentProperties as known } from '../../formats/mapi/attachment-properties.ts'
import { toFileTime } from '../../formats/mapi/file-time.ts'
import type { MapiAttachment, MapiMessage } from '../../formats/mapi/message.ts'
import { PropertyBag } from '../../formats/mapi/property-bag.ts'
import { attachMethods, shownInBody } from '../../formats/mime/attached-part.ts'
import { extensionOf, shortFileName } from '../../formats/mime/attachment-name.ts'
import { JsonRefusal } from './refusal.ts'

/** A file as a client gives it. */
export interface NewFile {
  readonly name?: string | null
  readonly contentType?: string | null
  readonly isInline?: boolean | null
  readonly contentId?: string | null
  readonly contentLocation?: string | null
}

const nameLengthMax = 255

/** The attachment of a file; its content stands apart. Throws a JsonRefusal for a file without a name. */
export function newFileAttachment(file: NewFile, data: Uint8Array, nowMs: number): MapiAttachment {
  const name = nameOf(file.name)
  const extension = extensionOf(name)
  const properties = common(name, file.isInline === true, nowMs)
    .set(known.method, attachMethods.byValue)
    .set(known.data, data)
    .set(known.longFileName, name)
    .set(known.fileName, shortFileName(name))
    .set(known.extension, extension === '' ? undefined : extension)
    .set(known.mimeType, file.contentType ?? 'application/octet-stream')
    .set(known.contentId, file.contentId ?? undefined)
    .set(known.contentLocation, file.contentLocation ?? undefined)
  return { properties }
}

/** The attachment of an item. */
export function newItemAttachment(
  name: string | null | undefined,
  isInline: boolean,
  embedded: MapiMessage,
  nowMs: number,
): MapiAttachment {
  return { properties: common(nameOf(name), isInline, nowMs).set(known.method, attachMethods.embeddedMessage), embedded }
}

/** The attachment of a file that is elsewhere. */
export function newReferenceAttachment(file: NewFile, nowMs: number): MapiAttachment {
  const name = nameOf(file.name)
  const properties = common(name, file.isInline === true, nowMs)
    .set(known.method, attachMethods.webReference)
    .set(known.longFileName, name)
    .set(known.mimeType, file.contentType ?? undefined)
  return { properties }
}

/** Base64 as clients write it, also in its form for URLs. */
export function fromBase64(text: string): Uint8Array {
  return Buffer.from(text.replaceAll('-', '+').replaceAll('_', '/'), 'base64')
}

function common(name: string, isInline: boolean, nowMs: number): PropertyBag {
  const now = toFileTime(nowMs)
  return new PropertyBag()
    .set(known.displayName, name)
    .set(known.renderingPosition, -1)
    .set(known.flags, isInline ? shownInBody : 0)
    .set(known.hidden, isInline)
    .set(known.creationTime, now)
    .set(known.lastModificationTime, now)
}

function nameOf(name: string | null | undefined): string {
  const given = (name ?? '').toWellFormed()
  if (given.trim() === '') throw new JsonRefusal(400, 'ErrorInvalidArgument', 'The attachment has no name.')
  return given.slice(0, nameLengthMax)
}
