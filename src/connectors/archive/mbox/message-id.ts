import { hash } from 'node:crypto'
import type { ItemId } from '../../../core/model/ids.ts'
import { describeMessage } from '../../../formats/message-description.ts'
import type { MboxMessage } from '../../../formats/mbox/scanner.ts'

/** In the sender's place on From_ lines that we write. */
const ownHost = '@mailvan'

/** The sender for a From_ line of ours. */
export function toOwnSender(unique: string): string {
  return `${unique}${ownHost}`
}

export function isOwnFromLine(fromLine: string): boolean {
  return fromLine.split(' ', 2)[1]?.endsWith(ownHost) ?? false
}

/** The id of a message that we wrote: its From_ line is like no other. */
export function toOwnId(offset: number, fromLine: string): ItemId {
  return toId(offset, fromLine)
}

/** Other programs write one From_ line again and again; Date, From, To and Subject tell their messages apart. */
export function toForeignId(message: MboxMessage): ItemId {
  return toId(message.offset, `${message.fromLine}\n${describeMessage(message.head).identity}`)
}

/** Of the message's From_ line when the id was given. */
export function offsetOf(id: ItemId): number {
  return Number(id.slice(0, id.indexOf('-')))
}

/** The offset alone would be true of another message once the file was written anew. */
function toId(offset: number, facts: string): ItemId {
  return `${offset}-${BigInt(`0x${hash('sha256', facts, 'hex').slice(0, 14)}`)}` as ItemId
}
