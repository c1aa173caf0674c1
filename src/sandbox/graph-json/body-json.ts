import { Buffer } from 'node:buffer'
import { messageProperties as known } from '../../formats/mapi/message-properties.ts'
import type { PropertyBag, ReadonlyPropertyBag } from '../../formats/mapi/property-bag.ts'
import { decodeCharset } from '../../formats/mime/charset-text.ts'
import { charsetOfCodePage } from '../../formats/mime/code-pages.ts'
import { htmlToText, textToHtml, toHtmlDocument } from './html-to-text.ts'

/** Graph's `itemBody`. */
export interface ItemBodyJson {
  readonly contentType: 'text' | 'html'
  readonly content: string
}

/** What may come in as one. */
export interface ItemBodyInput {
  readonly contentType?: string | null
  readonly content?: string | null
}

/** PidTagNativeBody. */
const native = { text: 1, html: 3 } as const
const utf8CodePage = 65001
/** Graph's page on messages: "the first 255 characters of the message body, in text format". */
const previewLengthMax = 255

/** The body in the form in which it is kept, or in the one that `Prefer: outlook.body-content-type` names. */
export function bodyJson(bag: ReadonlyPropertyBag, wanted?: 'text' | 'html'): ItemBodyJson {
  const html = htmlOf(bag)
  const text = bag.get(known.body)
  const form = wanted ?? (html === undefined && text !== undefined ? 'text' : 'html')
  if (form === 'html') return { contentType: 'html', content: html ?? (text === undefined ? '' : textToHtml(text)) }
  return { contentType: 'text', content: text ?? (html === undefined ? '' : htmlToText(html)) }
}

/** The first characters of the body as text. */
export function bodyPreview(bag: ReadonlyPropertyBag): string {
  const text = bag.get(known.body)
  // An HTML body without its text form: reading a part of it is enough.
  const shown =
    text === undefined ? htmlToText(htmlOf(bag) ?? '', 4 * previewLengthMax) : text.slice(0, 4 * previewLengthMax)
  return shown.trim().slice(0, previewLengthMax).toWellFormed()
}

/** Sets the body as Exchange keeps it: HTML with its text form beside it, or text alone. Null content empties it. */
export function setBody(bag: PropertyBag, { contentType, content }: ItemBodyInput): void {
  const given = (content ?? '').toWellFormed()
  bag.delete(known.rtfCompressed)
  bag.set(known.internetCodePage, utf8CodePage)
  if (contentType?.toLowerCase() === 'html') {
    const html = given === '' ? '' : toHtmlDocument(given)
    bag.set(known.html, Buffer.from(html, 'utf8')).set(known.body, htmlToText(html)).set(known.nativeBody, native.html)
    return
  }
  bag.delete(known.html)
  bag.set(known.body, given.replaceAll(/\r?\n/g, '\r\n')).set(known.nativeBody, native.text)
}

function htmlOf(bag: ReadonlyPropertyBag): string | undefined {
  const bytes = bag.get(known.html)
  if (bytes === undefined) return undefined
  const codePage = bag.get(known.internetCodePage) ?? utf8CodePage
  if (codePage === utf8CodePage) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  return decodeCharset(bytes, charsetOfCodePage(codePage))
}
