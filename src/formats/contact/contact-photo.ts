import { Buffer } from 'node:buffer'
import { attachmentProperties } from '../mapi/attachment-properties.ts'
import type { MapiAttachment } from '../mapi/message.ts'
import { PropertyBag } from '../mapi/property-bag.ts'
import type { ContactPhoto } from './contact.ts'

/** Every contact photo has this name, whatever its format (MS-OXOCNTC section 2.2.1.8.3). */
const fileName = 'ContactPicture.jpg'

/** First bytes, in hex, of the picture formats that contacts have. */
const signatures: readonly (readonly [string, RegExp])[] = [
  ['image/jpeg', /^ffd8ff/],
  ['image/png', /^89504e470d0a1a0a/],
  ['image/gif', /^47494638/],
  ['image/bmp', /^424d/],
  ['image/tiff', /^(?:49492a00|4d4d002a)/],
  ['image/webp', /^52494646.{8}57454250/],
]

/** The media type of a picture by its first bytes; `application/octet-stream` for what is none. */
export function pictureType(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, 12)).toString('hex')
  return signatures.find(([, signature]) => signature.test(head))?.[0] ?? 'application/octet-stream'
}

/** The photo among the attachments of a contact. */
export function readPhoto(attachments: readonly MapiAttachment[]): ContactPhoto | undefined {
  const bytes = attachments.find(isPhoto)?.properties.get(attachmentProperties.data)
  return bytes === undefined || bytes.length === 0 ? undefined : { bytes }
}

/** The attachments with this photo, or without any. */
export function writePhoto(
  attachments: readonly MapiAttachment[],
  photo: ContactPhoto | undefined,
): readonly MapiAttachment[] {
  const others = attachments.filter((attachment) => !isPhoto(attachment))
  if (photo === undefined) return others
  const properties = new PropertyBag()
    .set(attachmentProperties.method, 1)
    .set(attachmentProperties.contactPhoto, true)
    .set(attachmentProperties.data, photo.bytes)
    .set(attachmentProperties.sizeBytes, photo.bytes.length)
    .set(attachmentProperties.renderingPosition, -1)
    .set(attachmentProperties.fileName, fileName)
    .set(attachmentProperties.longFileName, fileName)
    .set(attachmentProperties.displayName, fileName)
    .set(attachmentProperties.extension, '.jpg')
    .set(attachmentProperties.mimeType, pictureType(photo.bytes))
    .set(attachmentProperties.number, 0)
  return [{ properties }, ...others.map(renumber)]
}

function isPhoto({ properties }: MapiAttachment): boolean {
  return properties.get(attachmentProperties.contactPhoto) === true
}

function renumber(attachment: MapiAttachment, index: number): MapiAttachment {
  return { ...attachment, properties: attachment.properties.copy().set(attachmentProperties.number, index + 1) }
}
