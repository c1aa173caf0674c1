import { hash } from 'node:crypto'
import type { Essence, ItemEssence } from '../../../core/ports/connector.ts'
import { calendarConversion } from '../../../formats/calendar/calendar-conversion.ts'
import { attachmentProperties as known } from '../../../formats/mapi/attachment-properties.ts'
import type { MapiMessage } from '../../../formats/mapi/message.ts'
import { PropertyBag } from '../../../formats/mapi/property-bag.ts'
import { essenceDigest, mailEssence as essenceOf } from '../../../formats/mime/mail-essence.ts'
import { mimeToMapi, type MimeToMapiOptions } from '../../../formats/mime/mime-to-mapi.ts'
import { replaceAddresses } from '../../../formats/mime/replace-addresses.ts'
import { toFiles } from './json/attached-files.ts'
import type { AddressNow } from './mail-streams.ts'

/** What became of every mail that Exchange stores. */
export const rebuilt = 'rebuilt'
/** And of one for which Graph could not take all. */
export const rebuiltLossy = 'rebuilt,lossy'

/** Ways in that share folders and ids. */
export type CreatedWay = 'stream' | 'mime' | 'json'

/** What a message is as Exchange's object, and with its calendar as a file. */
interface Converted {
  readonly asStored: MapiMessage
  readonly asPosted: MapiMessage
}

/**
 * How copies are told, by the way that they came; the strictest first. Old addresses and what they have become count as the same.
 *
 * By streams: Exchange keeps properties, and writes MIME anew from them each time somebody asks (exchange.md 8.1): also the
 * calendar of an invitation, which is therefore told by its mail and never by its text.
 *
 * By MIME and by JSON Graph makes the message. Where there was no Message-ID or no date of sending it makes one; a message
 * within a message may be a file. By MIME a calendar tells nothing, since it is written anew; in JSON it is a file as it came.
 */
export function mailEssences(addressNow: AddressNow): Readonly<Record<CreatedWay, Essence>> {
  const convert = conversions(addressNow)
  return {
    stream: { altered: rebuilt, of: (content) => ({ item: essenceDigest(essenceOf(convert(content).asStored)), state: '' }) },
    mime: { altered: rebuilt, of: (content) => createdEssence(withoutCalendar(convert(content).asStored)) },
    json: { altered: rebuiltLossy, of: (content) => createdEssence(convert(content).asPosted) },
  }
}

/** Of streams, where no addresses are mapped. */
export const mailEssence = mailEssences((address) => address).stream

/** Converts a content once for all ways that look at it. */
function conversions(addressNow: AddressNow): (content: Uint8Array) => Converted {
  const done = new WeakMap<Uint8Array, Converted>()
  const convert = (content: Uint8Array, options: MimeToMapiOptions): MapiMessage => replaceAddresses(mimeToMapi(content, options), addressNow)
  return (content) => {
    const before = done.get(content)
    if (before !== undefined) return before
    let hasCalendar = false
    const asStored = convert(content, {
      convertCalendar(ics) {
        hasCalendar = true
        return convertCalendar(ics)
      },
    })
    const converted = { asStored, asPosted: hasCalendar ? convert(content, {}) : asStored }
    done.set(content, converted)
    return converted
  }
}

function createdEssence(message: MapiMessage): ItemEssence {
  const { messageId, sentAtSeconds, ...kept } = essenceOf(withFiles(message))
  return { item: hash('sha256', JSON.stringify(kept)), state: '', given: [messageId, sentAtSeconds === null ? '' : String(sentAtSeconds)] }
}

function withoutCalendar(message: MapiMessage): MapiMessage {
  return { ...message, attachments: message.attachments.filter(({ properties }) => properties.get(known.mimeType) !== 'text/calendar') }
}

function withFiles(message: MapiMessage): MapiMessage {
  const attachments = toFiles(message.attachments).map(({ name, content }) => ({
    properties: new PropertyBag().set(known.longFileName, name).set(known.data, content),
  }))
  return { ...message, attachments }
}

/** Exceptions and files of an appointment come back in other places than they were in. */
function convertCalendar(ics: string): MapiMessage | undefined {
  const item = calendarConversion.convertCalendar(ics)
  return item === undefined ? undefined : { ...item, attachments: [] }
}
