import { Buffer } from 'node:buffer'
import { countBareLineFeeds, toCrlf } from '../line-ends.ts'
import { attachmentProperties as attachment } from '../mapi/attachment-properties.ts'
import type { MapiAttachment } from '../mapi/message.ts'
import { PropertyBag } from '../mapi/property-bag.ts'
import { attachMethods } from './attached-part.ts'
import { writtenFileName } from './attachment-name.ts'
import type { HeaderBlock, HeaderField } from './header-block.ts'
import { decodedBody } from './part-tree.ts'
import type { MimePart } from './part-tree.ts'
import { parseStructuredField } from './structured-field.ts'

/** Classes of signed and encrypted messages (MS-OXOSMIME section 2.1.3). */
const securedClasses = {
  opaque: 'IPM.Note.SMIME',
  signed: 'IPM.Note.SMIME.MultipartSigned',
} as const

/** A message whose one attachment is what was signed or encrypted. */
export interface SecuredMessage {
  readonly messageClass: string
  readonly attachment: MapiAttachment
  /** The Content-Type as it was written, for a message that is one encrypted part. */
  readonly contentType: string | undefined
  /** The signed part, whose text is the body that is shown; a message that is opaque shows none. */
  readonly shown: MimePart | undefined
}

/**
 * A signed or encrypted message as Exchange keeps it (MS-OXOSMIME section 2.1.3); undefined for all others. A
 * multipart/signed of any protocol, OpenPGP's too, is kept byte for byte with its Content-Type in front; only bare LF is
 * made CRLF, which is the form that was signed (RFC 8551 section 3.1.1). A PKCS #7 message is kept decoded. A
 * multipart/encrypted is none of these: its parts are attachments.
 */
export function toSecuredMessage(bytes: Buffer, root: MimePart): SecuredMessage | undefined {
  const written = root.header.fields.find(
    (field) => field.key === 'content-type' && typeOf(root.header, field) === root.contentType.value,
  )
  if (written === undefined) return undefined
  const signed = root.contentType.value === 'multipart/signed' ? root.children[0] : undefined
  if (signed !== undefined && root.children.length > 1) {
    const head = Buffer.from(`${root.header.written(written)}\r\n\r\n`, 'latin1')
    const entity = Buffer.concat([head, bytes.subarray(root.bodyStart)])
    const data = toCrlf(entity, false, countBareLineFeeds(entity, false))
    const attachment = toSecuredAttachment('multipart/signed', data)
    return {
      messageClass: securedClasses.signed,
      attachment,
      contentType: undefined,
      shown: signed,
    }
  }
  if (!isOpaque(root)) return undefined
  const attachment = toSecuredAttachment(root.contentType.value, decodedBody(bytes, root))
  return {
    messageClass: securedClasses.opaque,
    attachment,
    contentType: root.header.value(written),
    shown: undefined,
  }
}

/** Of several Content-Type fields the one that counts is meant. */
function typeOf(header: HeaderBlock, field: HeaderField): string {
  return parseStructuredField(header.value(field)).value
}

function isOpaque({ contentType, header }: MimePart): boolean {
  if (contentType.value === 'application/pkcs7-mime' || contentType.value === 'application/x-pkcs7-mime') return true
  if (contentType.value !== 'application/octet-stream') return false
  const disposition = header.first('content-disposition')
  const name = writtenFileName(contentType, disposition === undefined ? undefined : parseStructuredField(disposition))
  return name?.toLowerCase().endsWith('.p7m') === true
}

function toSecuredAttachment(mimeType: string, data: Uint8Array): MapiAttachment {
  const properties = new PropertyBag()
    .set(attachment.number, 0)
    .set(attachment.renderingPosition, -1)
    .set(attachment.mimeType, mimeType)
    .set(attachment.method, attachMethods.byValue)
    .set(attachment.data, data)
    .set(attachment.longFileName, 'smime.p7m')
    .set(attachment.displayName, 'smime.p7m')
    .set(attachment.fileName, 'smime.p7m')
    .set(attachment.extension, '.p7m')
    .set(attachment.flags, 0)
    .set(attachment.hidden, false)
    .set(attachment.attachmentFlags, 0)
    .set(attachment.linkId, 0)
  return { properties }
}
