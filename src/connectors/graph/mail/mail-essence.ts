import type { Essence } from '../../../core/ports/connector.ts'
import { calendarConversion } from '../../../formats/calendar/calendar-conversion.ts'
import type { MapiMessage } from '../../../formats/mapi/message.ts'
import { essenceDigest, mailEssence as essenceOf } from '../../../formats/mime/mail-essence.ts'
import { mimeToMapi } from '../../../formats/mime/mime-to-mapi.ts'
import { replaceAddresses } from '../../../formats/mime/replace-addresses.ts'
import type { AddressNow } from './mail-streams.ts'

/** What became of every mail that Exchange stores. */
export const rebuilt = 'rebuilt'

/**
 * Exchange keeps properties, and writes MIME anew from them each time somebody asks (exchange.md 8.1): also the calendar of an
 * invitation, which is therefore told by its mail and never by its text. Old addresses and what they have become count as the
 * same.
 */
export function mailEssenceWith(addressNow: AddressNow): Essence {
  return {
    altered: rebuilt,
    of: (content) => ({ item: essenceDigest(essenceOf(replaceAddresses(mimeToMapi(content, { convertCalendar }), addressNow))), state: '' }),
  }
}

/** The same where no addresses are mapped. */
export const mailEssence = mailEssenceWith((address) => address)

/** Exceptions and files of an appointment come back in other places than they were in. */
function convertCalendar(ics: string): MapiMessage | undefined {
  const item = calendarConversion.convertCalendar(ics)
  return item === undefined ? undefined : { ...item, attachments: [] }
}
