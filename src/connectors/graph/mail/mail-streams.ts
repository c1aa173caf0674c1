import { MigrationError } from '../../../core/errors.ts'
import type { Content, Delivery } from '../../../core/model/item.ts'
import { calendarConversion } from '../../../formats/calendar/calendar-conversion.ts'
import { FastTransferError } from '../../../formats/fast-transfer/fast-transfer-error.ts'
import { fastTransferChunks } from '../../../formats/fast-transfer/write-fast-transfer.ts'
import { binaryValues } from '../../../formats/mapi/binary-values.ts'
import type { MapiMessage } from '../../../formats/mapi/message.ts'
import { mimeToMapi, type MimeToMapiOptions } from '../../../formats/mime/mime-to-mapi.ts'
import { replaceAddresses } from '../../../formats/mime/replace-addresses.ts'
import type { MailState } from '../../../formats/mime/state-properties.ts'
import { freeBytes } from '../../kit/free-bytes.ts'
import { ContentPieces } from '../content-pieces.ts'
import { toCategories } from './message-keywords.ts'

const { convertCalendar } = calendarConversion

/** Streams up to so long are in one piece; of longer ones the large values are not held twice. */
const joinedBytesMax = 96 * 1024

/** The address that an old one has become. */
export type AddressNow = (address: string) => string

/** What becomes of the calendar in an invitation: properties of the message, or a file as it came. */
type CalendarConversion = Pick<MimeToMapiOptions, 'convertCalendar'>

/** About what a delivery takes in memory: the message as it came, and what is made of it. */
export const bytesInMaking = ({ item }: Delivery): number => 2 * item.sizeBytes

/** A mail as the object that Exchange keeps of it: with its date, what its reader did with it, and its categories. */
export async function toMessage({ item, keywords, receivedAt }: Delivery, addressNow: AddressNow, calendar: CalendarConversion): Promise<MapiMessage> {
  const bytes = await wholeOf(item.content, item.sizeBytes)
  const message = mimeToMapi(bytes, { ...stateOf(keywords), receivedMs: receivedAt.epochMs, ...calendar })
  if (bytes !== item.content && !binaryValues(message).some(({ buffer }) => buffer === bytes.buffer)) freeBytes(bytes)
  return replaceAddresses(message, addressNow)
}

/** Whether a message that was made of a content holds memory of its own there, and no part of the content. */
export function isMade({ buffer }: Uint8Array, of: Content): boolean {
  return !(of instanceof Uint8Array) || buffer !== of.buffer
}

/**
 * A mail as Exchange's own stream of it, made here (exchange.md 8.2, way d). Throws `item` for one that cannot be written as
 * such.
 */
export async function toStream(delivery: Delivery, addressNow: AddressNow): Promise<Delivery> {
  const message = await toMessage(delivery, addressNow, { convertCalendar })
  try {
    const pieces = fastTransferChunks(message)
    const stream = new ContentPieces(pieces, (piece) => isMade(piece, delivery.item.content))
    const { sizeBytes } = stream
    const content = sizeBytes <= joinedBytesMax ? Buffer.concat(pieces) : stream
    return { ...delivery, item: { ...delivery.item, content, sizeBytes } }
  } catch (error) {
    if (!(error instanceof FastTransferError)) throw error
    throw new MigrationError('item', 'graph.mail.not-convertible', {
      message: 'This message cannot be written in the form that Exchange imports.',
      hint: 'Look at it with a mail program, and move it by hand or leave it out.',
      cause: error,
    })
  }
}

function stateOf(keywords: readonly string[]): MailState {
  const has = new Set(keywords.map((keyword) => keyword.toLowerCase()))
  return {
    isRead: has.has('$seen'),
    isDraft: has.has('$draft'),
    isFlagged: has.has('$flagged'),
    isAnswered: has.has('$answered'),
    isForwarded: has.has('$forwarded'),
    keywords: toCategories(keywords),
  }
}

/** A content as one piece. Throws `transient` when a stream ends early or late: what it was made of changed on the way. */
export async function wholeOf(content: Content, sizeBytes: number): Promise<Uint8Array> {
  if (content instanceof Uint8Array) return content
  const whole = Buffer.allocUnsafeSlow(sizeBytes)
  let at = 0
  for await (const chunk of content) {
    if (at + chunk.byteLength <= sizeBytes) whole.set(chunk, at)
    at += chunk.byteLength
  }
  if (at === sizeBytes) return whole
  throw new MigrationError('transient', 'graph.mail.cut-short', {
    message: 'A message came with another length than its source had announced.',
    hint: 'It is read again.',
  })
}
