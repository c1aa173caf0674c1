import { hash } from 'node:crypto'
import { attachmentProperties as attachment } from '../mapi/attachment-properties.ts'
import { fromFileTime } from '../mapi/file-time.ts'
import type { MapiAttachment, MapiMessage } from '../mapi/message.ts'
import { messageProperties as message } from '../mapi/message-properties.ts'
import type { ReadonlyPropertyBag } from '../mapi/property-bag.ts'
import { recipientProperties } from '../mapi/recipient-properties.ts'
import { fromRecipient, recipientTypes, representingOf } from './address-properties.ts'
import { decodeCharset } from './charset-text.ts'
import { charsetOfCodePage } from './code-pages.ts'
import { htmlText } from './html-text.ts'

/** A file of a message, or a message in it. */
export interface AttachmentEssence {
  /** Empty for an embedded message without a name of its own. */
  readonly name: string
  /** Of an embedded message 0: its bytes are made anew each time. */
  readonly sizeBytes: number
  /** SHA-256 of the data, or of the essence of an embedded message. */
  readonly digest: string
}

/** What of a mail survives Exchange, so that it can be compared (exchange.md 8.1). */
export interface MailEssence {
  readonly messageId: string
  /** Whole seconds since 1970; null without a date. */
  readonly sentAtSeconds: number | null
  /** Addresses in lower case; the name where there is no address. */
  readonly from: string
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly subject: string
  /** SHA-256 of the words of the body: of the HTML when there is one, as Exchange makes a text of it for itself. */
  readonly bodyDigest: string
  /** Sorted, as Exchange puts pictures of the body before files. */
  readonly attachments: readonly AttachmentEssence[]
}

/**
 * The essence of a mail: two messages with the same essence are the same mail to their reader. White space in subject
 * and body counts as one space. For comparing a source's bytes with what a server holds, convert both with
 * `mimeToMapi` first.
 */
export function mailEssence({ properties, recipients, attachments }: MapiMessage): MailEssence {
  const sent = properties.get(message.clientSubmitTime)
  const listOf = (type: number): readonly string[] =>
    recipients.filter((row) => row.get(recipientProperties.recipientType) === type).map((row) => nameOf(fromRecipient(row)))
  return {
    messageId: collapse(properties.get(message.internetMessageId) ?? ''),
    sentAtSeconds: sent === undefined ? null : Math.floor(fromFileTime(sent) / 1000),
    from: nameOf(representingOf(properties)),
    to: listOf(recipientTypes.to),
    cc: listOf(recipientTypes.cc),
    subject: collapse(properties.get(message.subject) ?? ''),
    bodyDigest: hash('sha256', collapse(bodyText(properties))),
    attachments: attachments.map(toAttachmentEssence).toSorted(byNameAndDigest),
  }
}

function toAttachmentEssence({ properties, embedded }: MapiAttachment): AttachmentEssence {
  const name = properties.get(attachment.longFileName) ?? properties.get(attachment.fileName) ?? ''
  if (embedded !== undefined) return { name, sizeBytes: 0, digest: essenceDigest(mailEssence(embedded)) }
  const data = properties.get(attachment.data) ?? new Uint8Array(0)
  return { name, sizeBytes: data.byteLength, digest: hash('sha256', data) }
}

function byNameAndDigest(one: AttachmentEssence, other: AttachmentEssence): number {
  const [left, right] = [`${one.name}\0${one.digest}`, `${other.name}\0${other.digest}`]
  return left < right ? -1 : left > right ? 1 : 0
}

/** One SHA-256 over an essence, in hex. */
export function essenceDigest(essence: MailEssence): string {
  return hash('sha256', JSON.stringify(essence))
}

function nameOf(who: { name: string; address: string } | undefined): string {
  if (who === undefined) return ''
  return who.address === '' ? collapse(who.name) : who.address.toLowerCase()
}

function bodyText(properties: ReadonlyPropertyBag): string {
  const html = properties.get(message.html)
  if (html === undefined) return properties.get(message.body) ?? ''
  return htmlText(decodeCharset(html, charsetOfCodePage(properties.get(message.internetCodePage) ?? 65001)))
}

function collapse(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
