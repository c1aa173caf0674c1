import { MigrationError } from '../../../core/errors.ts'
import type { Content, Delivery } from '../../../core/model/item.ts'
import { calendarConversion } from '../../../formats/calendar/calendar-conversion.ts'
import { FastTransferError } from '../../../formats/fast-transfer/fast-transfer-error.ts'
import { writeFastTransfer } from '../../../formats/fast-transfer/write-fast-transfer.ts'
import type { MapiMessage } from '../../../formats/mapi/message.ts'
import { mimeToMapi, type MimeToMapiOptions } from '../../../formats/mime/mime-to-mapi.ts'
import { replaceAddresses } from '../../../formats/mime/replace-addresses.ts'
import type { MailState } from '../../../formats/mime/state-properties.ts'
import { toCategories } from './message-keywords.ts'

const { convertCalendar } = calendarConversion

/** The address that an old one has become. */
export type AddressNow = (address: string) => string

/** What becomes of the calendar in an invitation: properties of the message, or a file as it came. */
type CalendarConversion = Pick<MimeToMapiOptions, 'convertCalendar'>

/** A mail as the object that Exchange keeps of it: with its date, what its reader did with it, and its categories. */
export async function toMessage({ item, keywords, receivedAt }: Delivery, addressNow: AddressNow, calendar: CalendarConversion): Promise<MapiMessage> {
  const bytes = await wholeOf(item.content, item.sizeBytes)
  return replaceAddresses(mimeToMapi(bytes, { ...stateOf(keywords), receivedMs: receivedAt.epochMs, ...calendar }), addressNow)
}

/**
 * A mail as Exchange's own stream of it, made here (exchange.md 8.2, way d). Throws `item` for one that cannot be written as
 * such.
 */
export async function toStream(delivery: Delivery, addressNow: AddressNow): Promise<Delivery> {
  const message = await toMessage(delivery, addressNow, { convertCalendar })
  try {
    const content = writeFastTransfer(message)
    return { ...delivery, item: { ...delivery.item, content, sizeBytes: content.byteLength } }
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

/**
 * Deliveries with their contents read, in order: a source gives a large content only until the next item is asked for, so it
 * has to be read before requests overlap. Throws as `wholeOf`.
 */
export async function* wholeDeliveries(deliveries: AsyncIterable<Delivery>): AsyncGenerator<Delivery> {
  for await (const delivery of deliveries) {
    const content = await wholeOf(delivery.item.content, delivery.item.sizeBytes)
    yield { ...delivery, item: { ...delivery.item, content } }
  }
}

/** A content as one piece. Throws `transient` when a stream ends early or late: what it was made of changed on the way. */
export async function wholeOf(content: Content, sizeBytes: number): Promise<Uint8Array> {
  if (content instanceof Uint8Array) return content
  const chunks: Uint8Array[] = []
  for await (const chunk of content) chunks.push(chunk)
  const whole = Buffer.concat(chunks)
  if (whole.byteLength === sizeBytes) return whole
  throw new MigrationError('transient', 'graph.mail.cut-short', {
    message: 'A message came with another length than its source had announced.',
    hint: 'It is read again.',
  })
}
