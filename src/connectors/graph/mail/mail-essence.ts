import type { Essence } from '../../../core/ports/connector.ts'
import { calendarConversion } from '../../../formats/calendar/calendar-conversion.ts'
import { attachmentProperties as known } from '../../../formats/mapi/attachment-properties.ts'
import type { MapiMessage } from '../../../formats/mapi/message.ts'
import { PropertyBag } from '../../../formats/mapi/property-bag.ts'
import { essenceDigest, type MailEssence, mailEssence as essenceOf } from '../../../formats/mime/mail-essence.ts'
import { mimeToMapi, type MimeToMapiOptions } from '../../../formats/mime/mime-to-mapi.ts'
import { replaceAddresses } from '../../../formats/mime/replace-addresses.ts'
import { toFiles } from './json/attached-files.ts'
import type { AddressNow } from './mail-streams.ts'

/** What became of every mail that Exchange stores. */
export const rebuilt = 'rebuilt'

/**
 * Exchange keeps properties, and writes MIME anew from them each time somebody asks (exchange.md 8.1): also the calendar of an
 * invitation, which is therefore told by its mail and never by its text. Old addresses and what they have become count as the
 * same.
 */
export function mailEssenceWith(addressNow: AddressNow): Essence {
  return toEssence(addressNow, { convertCalendar }, essenceOf)
}

/** The same where no addresses are mapped. */
export const mailEssence = mailEssenceWith((address) => address)

/**
 * What outlasts that Graph makes a message, of MIME or of JSON. Where there was no Message-ID or no date of sending it makes one,
 * so that neither tells a copy; both stand in the stored header as they came. In JSON a message within a message is a file, and
 * so is the calendar of an invitation. By MIME only drafts go as JSON, so there a calendar tells nothing: it is written anew, or
 * is a file.
 */
export function createdEssenceWith(addressNow: AddressNow, way: 'mime' | 'json'): Essence {
  return toEssence(addressNow, way === 'json' ? {} : { convertCalendar }, (message) => {
    const { attachments } = message
    const told = way === 'json' ? attachments : attachments.filter(({ properties }) => properties.get(known.mimeType) !== 'text/calendar')
    return { ...essenceOf(withFiles({ ...message, attachments: told })), messageId: '', sentAtSeconds: null }
  })
}

function toEssence(addressNow: AddressNow, options: MimeToMapiOptions, read: (message: MapiMessage) => MailEssence): Essence {
  return {
    altered: rebuilt,
    of: (content) => ({ item: essenceDigest(read(replaceAddresses(mimeToMapi(content, options), addressNow))), state: '' }),
  }
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
