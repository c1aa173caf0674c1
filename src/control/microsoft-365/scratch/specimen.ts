import { mimeToMapi } from '../../../formats/mime/mime-to-mapi.ts'
import type { MapiMessage } from '../../../formats/mapi/message.ts'

/** What everything is called that is there for a moment; it tells who finds it what it is. */
export const scratchName = 'Mailvan probe (may be deleted)'

/** When the specimen was received. */
export const specimenReceivedAt = '2020-02-29T12:34:56Z'

/** By which a specimen that was left behind is found. */
export const specimenMessageId = '<probe@mailvan.example.org>'

/** A small message that says what it is. */
export const specimenText = [
  'Date: Sat, 29 Feb 2020 12:34:56 +0000',
  'From: Mailvan <mailvan@example.org>',
  'To: Mailvan <mailvan@example.org>',
  'Subject: Mailvan probe',
  `Message-ID: ${specimenMessageId}`,
  'MIME-Version: 1.0',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'This note finds out whether items can be stored. It may be deleted.',
  '',
].join('\r\n')

/** The specimen as an object of Exchange's, made as migrated mail is. */
export function specimenMessage(): MapiMessage {
  return mimeToMapi(Buffer.from(specimenText), { receivedMs: Date.parse(specimenReceivedAt), isRead: true })
}
