import { Buffer } from 'node:buffer'
import { createHash, randomUUID } from 'node:crypto'
import { toFileTime } from '../../formats/mapi/file-time.ts'
import { messageProperties as known } from '../../formats/mapi/message-properties.ts'
import type { ReadonlyPropertyBag } from '../../formats/mapi/property-bag.ts'
import { splitSubject } from '../../formats/mime/subject-prefix.ts'

/** PidTagConversationIndex: a byte 1, five of the time, sixteen of the conversation (MS-OXOMSG section 2.2.1.3). */
const headBytes = 22
/** Conversation ids begin with `AAQkAG`. */
const conversationPrefix = Buffer.from('AAQkAG', 'base64')

/** The first index of a conversation that begins now. */
export function newConversationIndex(nowMs: number): Buffer {
  return indexOf(nowMs, Buffer.from(randomUUID().replaceAll('-', ''), 'hex'))
}

/** Graph's `conversationId`: the same for the items of one conversation in one mailbox. */
export function conversationIdOf(bag: ReadonlyPropertyBag, mailboxGuid: string): string {
  const mailbox = Buffer.from(mailboxGuid.replaceAll('-', ''), 'hex')
  return Buffer.concat([conversationPrefix, mailbox, conversationOf(bag)])
    .toString('base64')
    .replaceAll('+', '-')
    .replaceAll('/', '_')
}

/** Graph's `conversationIndex` in base64; made from the topic where the item has none of its own. */
export function conversationIndexOf(bag: ReadonlyPropertyBag, receivedMs: number): string {
  const index = bag.get(known.conversationIndex)
  return Buffer.from(index ?? indexOf(receivedMs, conversationOf(bag))).toString('base64')
}

/** MS-OXOMSG section 2.2.1.2: the index says which, and without one the topic does. */
function conversationOf(bag: ReadonlyPropertyBag): Uint8Array {
  const index = bag.get(known.conversationIndex)
  if (index !== undefined && index.byteLength >= headBytes) return index.subarray(headBytes - 16, headBytes)
  const topic = bag.get(known.conversationTopic) ?? splitSubject(bag.get(known.subject) ?? '').normalized
  return createHash('md5').update(topic.toUpperCase(), 'utf16le').digest()
}

function indexOf(timeMs: number, conversation: Uint8Array): Buffer {
  const ticks = Buffer.alloc(8)
  ticks.writeBigUInt64BE(BigInt.asUintN(64, toFileTime(timeMs)))
  return Buffer.concat([Buffer.from([1]), ticks.subarray(1, 6), conversation])
}
