import { Buffer } from 'node:buffer'
import { attachmentProperties as attachment } from '../mapi/attachment-properties.ts'
import type { MapiAttachment, MapiMessage } from '../mapi/message.ts'
import { messageProperties as message } from '../mapi/message-properties.ts'
import type { ReadonlyPropertyBag } from '../mapi/property-bag.ts'
import { attachMethods, shownInBody } from './attached-part.ts'
import { charsetOfCodePage } from './code-pages.ts'
import { parameter } from './header-writing.ts'
import { InlineReferences } from './inline-references.ts'
import type { MimePiece } from './mime-pieces.ts'
import { encodeText, isPlainBody } from './transfer-encoding.ts'

/** A part that is to be written. `fields` are its header lines, each with its line end. */
export type PlannedPart =
  | { readonly kind: 'leaf'; readonly fields: string; readonly body: MimePiece }
  | { readonly kind: 'multipart'; readonly type: string; readonly children: readonly PlannedPart[] }
  | { readonly kind: 'message'; readonly fields: string; readonly message: MapiMessage }
  /** A part with its own header in front, which stays as it is to the byte. */
  | { readonly kind: 'entity'; readonly entity: Uint8Array }

/** The text/calendar form of an item, for a meeting message. */
export interface CalendarForm {
  readonly ics: string
  /** `REQUEST`, `REPLY`, `CANCEL`. */
  readonly method: string
}

/**
 * The structure that a message is written in (MS-OXCMAIL section 2.1.3.3 and MS-OXOSMIME section 2.1.3): mixed of a body
 * and files, the body related with the pictures in it, the text alternative. A signed or encrypted message is the part
 * that it holds.
 */
export function planStructure(item: MapiMessage, calendar: CalendarForm | undefined): PlannedPart {
  const secured = planSecured(item)
  if (secured !== undefined) return secured
  const { properties } = item
  const references = new InlineReferences(properties.get(message.html))
  const shown: PlannedPart[] = []
  const files: PlannedPart[] = []
  let hasReport = false
  for (const each of item.attachments) {
    // The calendar part tells of it (MS-OXOCAL section 2.2.10.1).
    if (calendar !== undefined && isException(each.properties)) continue
    const isShown = each.embedded === undefined && isInline(each.properties) && references.shows(each.properties)
    const list = isShown ? shown : files
    list.push(planAttachment(each, isShown))
    hasReport ||= reportType(each.properties) !== undefined
  }
  const body = planBody(properties, calendar)
  const whole = body === undefined || shown.length === 0 ? body : multipart('multipart/related', [body, ...shown])
  if (files.length === 0) return whole ?? leaf('text/plain; charset=us-ascii', encodeText(new Uint8Array(0)))
  const type = hasReport && isReport(properties) ? reportTypeOf(item) : 'multipart/mixed'
  return multipart(type, whole === undefined ? files : [whole, ...files])
}

function planSecured({ properties, attachments }: MapiMessage): PlannedPart | undefined {
  const only = attachments.length === 1 ? attachments[0] : undefined
  const data = only?.properties.get(attachment.data)
  if (data === undefined || !/^IPM\.(?:.+\.)?SMIME/i.test(properties.get(message.messageClass) ?? '')) return undefined
  const type = only!.properties.get(attachment.mimeType)?.toLowerCase() ?? ''
  if (type === 'multipart/signed') return isEntity(data) ? { kind: 'entity', entity: data } : undefined
  const written = properties.get(message.contentTypeHeader) ?? 'application/pkcs7-mime;\r\n name="smime.p7m"'
  const fields = `Content-Type: ${toSafeValue(written)}\r\nContent-Disposition: attachment;\r\n filename="smime.p7m"\r\n`
  return {
    kind: 'leaf',
    fields: `${fields}Content-Transfer-Encoding: base64\r\n`,
    body: { base64: data },
  }
}

function isEntity(data: Uint8Array): boolean {
  return /^content-type:/i.test(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('latin1', 0, 13))
}

/** A value on one line and in ASCII; one that is too long is folded at its parameters. */
function toSafeValue(value: string): string {
  const plain = value.replace(/\s+/g, ' ').replace(/[^\x20-\x7e]/g, '_')
  return plain.length > 60 ? plain.replaceAll('; ', ';\r\n ') : plain
}

function planBody(properties: ReadonlyPropertyBag, calendar: CalendarForm | undefined): PlannedPart | undefined {
  const text = properties.get(message.body)
  const html = properties.get(message.html)
  const forms: PlannedPart[] = []
  if (text !== undefined && (text !== '' || html === undefined))
    forms.push(textLeaf('text/plain', Buffer.from(text, 'utf8')))
  if (html !== undefined) {
    const charset = charsetOfCodePage(properties.get(message.internetCodePage) ?? 65001) ?? 'utf-8'
    forms.push(leaf(`text/html; charset=${charset}`, encodeText(html)))
  }
  if (calendar !== undefined) {
    const type = `text/calendar; charset=utf-8; method=${calendar.method.replace(/[^\w-]/g, '')}`
    forms.push(leaf(type, encodeText(Buffer.from(calendar.ics, 'utf8'))))
  }
  return forms.length < 2 ? forms[0] : multipart('multipart/alternative', forms)
}

function textLeaf(type: string, bytes: Buffer): PlannedPart {
  const encoded = encodeText(bytes)
  return leaf(`${type}; charset=${encoded.encoding === '7bit' ? 'us-ascii' : 'utf-8'}`, encoded)
}

function leaf(contentType: string, { encoding, body }: { encoding: string; body: MimePiece }): PlannedPart {
  return {
    kind: 'leaf',
    fields: `Content-Type: ${contentType}\r\nContent-Transfer-Encoding: ${encoding}\r\n`,
    body,
  }
}

function multipart(type: string, children: readonly PlannedPart[]): PlannedPart {
  return { kind: 'multipart', type, children }
}

function isInline(properties: ReadonlyPropertyBag): boolean {
  return ((properties.get(attachment.flags) ?? 0) & shownInBody) !== 0
}

const exceptionOfSeries = 2

function isException(properties: ReadonlyPropertyBag): boolean {
  return ((properties.get(attachment.attachmentFlags) ?? 0) & exceptionOfSeries) !== 0
}

const reports: Readonly<Record<string, string>> = {
  'message/delivery-status': 'delivery-status',
  'message/global-delivery-status': 'delivery-status',
  'message/disposition-notification': 'disposition-notification',
}

function reportType(properties: ReadonlyPropertyBag): string | undefined {
  return reports[properties.get(attachment.mimeType)?.toLowerCase() ?? '']
}

function isReport(properties: ReadonlyPropertyBag): boolean {
  return /^REPORT\./i.test(properties.get(message.messageClass) ?? '')
}

function reportTypeOf({ attachments }: MapiMessage): string {
  const type = attachments.map(({ properties }) => reportType(properties)).find((found) => found !== undefined)
  return `multipart/report; report-type=${type ?? 'delivery-status'}`
}

function planAttachment({ properties, embedded }: MapiAttachment, isShown: boolean): PlannedPart {
  const name = properties.get(attachment.longFileName) ?? properties.get(attachment.fileName)
  if (embedded !== undefined) {
    const fields = `Content-Type: message/rfc822\r\n${dispositionLine('attachment', name)}${identityLines(properties)}`
    return { kind: 'message', fields, message: embedded }
  }
  const type = mediaTypeOf(properties)
  const data = dataOf(properties)
  const charset = type.startsWith('text/') ? properties.get(attachment.textCharset) : undefined
  const parameters = [
    charset === undefined ? '' : parameter('charset', charset),
    name === undefined ? '' : parameter('name', name),
  ]
  // A report about a delivery must not be encoded (RFC 3464 section 2.1).
  const isPlain = reportType(properties) !== undefined && isPlainBody(data)
  const lines = [dispositionLine(isShown ? 'inline' : 'attachment', name), identityLines(properties)]
  const head = `Content-Type: ${type}${parameters.join('')}\r\n${lines.join('')}`
  const fields = `${head}Content-Transfer-Encoding: ${isPlain ? '7bit' : 'base64'}\r\n`
  return { kind: 'leaf', fields, body: isPlain ? data : { base64: data } }
}

function dispositionLine(disposition: string, name: string | undefined): string {
  return `Content-Disposition: ${disposition}${name === undefined ? '' : parameter('filename', name)}\r\n`
}

function identityLines(properties: ReadonlyPropertyBag): string {
  const contentId = safeText(properties.get(attachment.contentId))
  const location = safeText(properties.get(attachment.contentLocation))
  const base = safeText(properties.get(attachment.contentBase))
  const lines = [contentId === '' ? '' : `Content-ID: <${contentId}>\r\n`]
  if (location !== '') lines.push(`Content-Location: ${location}\r\n`)
  if (base !== '') lines.push(`Content-Base: ${base}\r\n`)
  return lines.join('')
}

/** As UTF-8 bytes of one character each; controls would end the line. */
function safeText(text: string | undefined): string {
  const plain = (text ?? '').replace(/[\x00-\x1f\x7f]+/g, ' ').trim()
  return /[^\x20-\x7e]/.test(plain) ? Buffer.from(plain, 'utf8').toString('latin1') : plain
}

/** What a leaf may be called; a multipart as a file would be taken apart. */
function mediaTypeOf(properties: ReadonlyPropertyBag): string {
  const type = (properties.get(attachment.mimeType) ?? '').toLowerCase()
  const isUsable = /^[\w!#$&.+^-]+\/[\w!#$&.+^-]+$/.test(type) && !type.startsWith('multipart/')
  return isUsable ? type : 'application/octet-stream'
}

function dataOf(properties: ReadonlyPropertyBag): Uint8Array {
  const data = properties.get(attachment.data) ?? properties.get(attachment.dataObject)
  if (data !== undefined) return data
  const link =
    properties.get(attachment.method) === attachMethods.webReference ? properties.get(attachment.longPathName) : undefined
  return Buffer.from(link === undefined ? '' : `[InternetShortcut]\r\nURL=${link}\r\n`, 'utf8')
}
