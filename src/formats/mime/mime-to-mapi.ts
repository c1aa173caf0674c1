import { Buffer } from 'node:buffer'
import type { MapiAttachment, MapiMessage } from '../mapi/message.ts'
import { messageProperties as message } from '../mapi/message-properties.ts'
import { PropertyBag } from '../mapi/property-bag.ts'
import { attachPart } from './attached-part.ts'
import { sortParts } from './body-parts.ts'
import type { AttachedPart, BodyParts } from './body-parts.ts'
import { decodeCharset } from './charset-text.ts'
import { setHeaderProperties } from './header-properties.ts'
import { InlineReferences } from './inline-references.ts'
import { mergeCalendar } from './meeting-message.ts'
import { mimeLimits } from './mime-limits.ts'
import { decodedBody, parsePartTree } from './part-tree.ts'
import type { MimePart, PartBudget } from './part-tree.ts'
import { reportClassOf } from './report-class.ts'
import { toSecuredMessage } from './secured-message.ts'
import { setStateProperties } from './state-properties.ts'
import type { MailState } from './state-properties.ts'

/** What a message does not say itself. */
export interface MimeToMapiOptions extends MailState {
  /** When it arrived, in ms since 1970; without it the topmost Received field counts, then Date. */
  readonly receivedMs?: number | undefined
  /**
   * Makes an item of the text/calendar part of a meeting message. Its properties are added to those of the mail and its
   * message class counts; undefined leaves the part an attachment, as it is without this function.
   */
  readonly convertCalendar?: ((ics: string) => MapiMessage | undefined) | undefined
}

/**
 * Makes the MAPI object of a message as Exchange does (MS-OXCMAIL section 2.2, MS-OXOSMIME section 2.1). Reads any
 * bytes and never throws; what cannot be taken apart, or is beyond `mimeLimits`, is kept whole as text or attachment.
 * Unencoded attachments are views of `bytes`, which must not change afterwards.
 *
 * The header stands in PidTagTransportMessageHeaders with one character for each byte, so that 8-bit text of any charset
 * comes back as it was; only line ends are made CRLF and NUL is left out. HTML is stored as UTF-8. Receipts are
 * never asked for again: the fields that did are in the header alone.
 */
export function mimeToMapi(bytes: Uint8Array, options: MimeToMapiOptions = {}): MapiMessage {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return convert(view, options, { partsLeft: mimeLimits.partsMax }, 0)
}

function convert(bytes: Buffer, options: MimeToMapiOptions, budget: PartBudget, depth: number): MapiMessage {
  const root = parsePartTree(bytes, budget)
  const properties = new PropertyBag().set(message.messageClass, 'IPM.Note')
  const recipients = setHeaderProperties(properties, root.header, options.receivedMs)
  setStateProperties(properties, options)
  const secured = toSecuredMessage(bytes, root)
  if (secured !== undefined) {
    properties.set(message.messageClass, secured.messageClass)
    if (secured.contentType !== undefined) properties.set(message.contentTypeHeader, secured.contentType)
    if (secured.shown !== undefined) setBodies(properties, bytes, sortParts(secured.shown))
    return { properties, recipients, attachments: [secured.attachment] }
  }
  properties.set(message.messageClass, reportClassOf(bytes, root))
  const parts = sortParts(root)
  setBodies(properties, bytes, parts)
  const made = {
    properties,
    recipients,
    attachments: attachAll(bytes, properties, parts.attached, budget, depth),
  }
  return options.convertCalendar === undefined ? made : mergeCalendar(bytes, made, parts.attached, options.convertCalendar)
}

function attachAll(
  bytes: Buffer,
  properties: PropertyBag,
  attached: readonly AttachedPart[],
  budget: PartBudget,
  depth: number,
): readonly MapiAttachment[] {
  if (attached.length === 0) return []
  const references = new InlineReferences(properties.get(message.html))
  let unnamed = 0
  return attached.map((leaf, number) => {
    const canEmbed = depth < mimeLimits.embeddedDepthMax && budget.partsLeft > 0
    const embed = (inner: Buffer) => convert(inner, { isRead: true }, budget, depth + 1)
    return attachPart(bytes, leaf, {
      number,
      references,
      nextUnnamed: () => ++unnamed,
      embed: canEmbed ? embed : undefined,
    })
  })
}

const nativeText = 1
const nativeHtml = 3
const utf8CodePage = 65001

function setBodies(properties: PropertyBag, bytes: Buffer, { text, html }: BodyParts): void {
  properties
    .set(message.internetCodePage, utf8CodePage)
    .set(message.body, text === undefined ? undefined : decodedText(bytes, text))
    .set(message.nativeBody, html === undefined ? nativeText : nativeHtml)
  if (html !== undefined) properties.set(message.html, Buffer.from(decodedText(bytes, html), 'utf8'))
}

/** With CRLF, as Exchange stores text. */
function decodedText(bytes: Buffer, part: MimePart): string {
  const text = decodeCharset(decodedBody(bytes, part), part.contentType.parameters.get('charset')).toWellFormed()
  return /(?:^|[^\r])\n/.test(text) ? text.replace(/\r?\n/g, '\r\n') : text
}
