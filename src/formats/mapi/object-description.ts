import { Buffer } from 'node:buffer'
import { hash } from 'node:crypto'
import type { Description } from '../../core/model/item.ts'
import { removeControls } from '../control-characters.ts'
import { fromFileTime } from './file-time.ts'
import { messageProperties as known } from './message-properties.ts'
import type { ReadonlyPropertyBag } from './property-bag.ts'

/** What an object is recognised and found by, from wherever it was read. */
export interface ObjectFacts {
  readonly messageClass: string
  readonly subject: string
  /** The sender's address, or name where there is none. */
  readonly sender: string
  readonly sentAtMs: number | undefined
  readonly messageId: string
  /** PidTagSearchKey, which copies keep (MS-OXCPRPT section 2.2.1.9). */
  readonly searchKey: Uint8Array | undefined
}

const textCharactersMax = 300

/** The facts that an object's own properties tell. */
export function objectFacts(properties: ReadonlyPropertyBag): ObjectFacts {
  const sent = properties.get(known.clientSubmitTime)
  return {
    messageClass: properties.get(known.messageClass) ?? '',
    subject: properties.get(known.subject) ?? properties.get(known.normalizedSubject) ?? '',
    sender:
      properties.get(known.senderSmtpAddress) ?? properties.get(known.senderAddress) ?? properties.get(known.senderName) ?? '',
    sentAtMs: sent === undefined ? undefined : fromFileTime(sent),
    messageId: properties.get(known.internetMessageId) ?? '',
    searchKey: properties.get(known.searchKey),
  }
}

/**
 * How an object is recognised and found. The identity is made of class and search key; of an object without one, of class,
 * subject, sender, date and Message-ID.
 */
export function describeObject(facts: ObjectFacts): Description {
  const { messageClass, subject, sender, sentAtMs, messageId, searchKey } = facts
  const named =
    searchKey === undefined || searchKey.byteLength === 0
      ? JSON.stringify([subject, sender.toLowerCase(), sentAtMs === undefined ? null : Math.floor(sentAtMs / 1000), messageId])
      : Buffer.from(searchKey.buffer, searchKey.byteOffset, searchKey.byteLength).toString('base64')
  return {
    identity: hash('sha256', `${messageClass.toLowerCase()}\n${named}`, 'base64url').slice(0, 22),
    messageId: toText(messageId),
    from: toText(sender),
    subject: toText(subject),
  }
}

function toText(text: string): string {
  return removeControls(text).slice(0, textCharactersMax).toWellFormed()
}
