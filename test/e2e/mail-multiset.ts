import { Buffer } from 'node:buffer'
import { calendarConversion } from '../../src/formats/calendar/calendar-conversion.ts'
import { calendarProperties } from '../../src/formats/mapi/calendar-properties.ts'
import { messageProperties } from '../../src/formats/mapi/message-properties.ts'
import { essenceDigest, mailEssence } from '../../src/formats/mime/mail-essence.ts'
import { mimeToMapi } from '../../src/formats/mime/mime-to-mapi.ts'
import { readRawMaildir } from '../corpus/raw-maildir.ts'
import { decodeModifiedUtf7 } from '../servers/modified-utf7.ts'
import type { MessageMultiset } from '../servers/message-multiset.ts'

/** What is compared of a message. */
export interface MailFacts {
  readonly folder: readonly string[]
  readonly bytes: Uint8Array
  readonly receivedAt: Date
  /** IMAP flags and keywords, sorted. */
  readonly flags: readonly string[]
}

/** What Exchange calls the folders that every mailbox has. */
const exchangeNames: Readonly<Record<string, string>> = { Sent: 'Sent Items', Trash: 'Deleted Items', Junk: 'Junk Email' }

/** Mail as it is: folder, essence, date, flags and categories of each message, counted. */
export function mailOf(messages: readonly MailFacts[]): MessageMultiset {
  return count(messages.map((message) => keyOf(message, message.folder, message.flags)))
}

/** The mail of a Maildir as Exchange is to have it after a migration. */
export function mailForExchange(maildir: string): MessageMultiset {
  return count(
    readRawMaildir(maildir).map((message) => {
      const [first = '', ...rest] = message.folder
      return keyOf(message, [exchangeNames[first] ?? first, ...rest].map(decodeModifiedUtf7), flagsForExchange(message.flags))
    }),
  )
}

/**
 * What Exchange keeps of flags: whether something is to be deleted is none of its properties, and of answering and
 * forwarding it knows one (exchange.md 8.2).
 */
function flagsForExchange(flags: readonly string[]): readonly string[] {
  return flags.filter((flag) => flag !== '\\Deleted' && !(flag === '$Forwarded' && flags.includes('\\Answered')))
}

function keyOf({ bytes, receivedAt }: MailFacts, folder: readonly string[], flags: readonly string[]): string {
  const wire = Buffer.from(Buffer.from(bytes).toString('latin1').replace(/(?<!\r)\n/g, '\r\n'), 'latin1')
  const message = mimeToMapi(wire, { convertCalendar: calendarConversion.convertCalendar })
  const essence = mailEssence(message)
  // Of an invitation, what it invites to and when; of other mail, that it is none.
  const meeting = [messageProperties.messageClass, calendarProperties.startWhole, calendarProperties.endWhole].map((property) => String(message.properties.get(property)))
  return [folder.join('/'), essence.subject, essenceDigest(essence), ...meeting, receivedAt.toISOString(), flags.join(' ')].join(' | ')
}

function count(keys: readonly string[]): MessageMultiset {
  const counts = new Map<string, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}
