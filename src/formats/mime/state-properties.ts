import { messageProperties as message } from '../mapi/message-properties.ts'
import type { PropertyBag } from '../mapi/property-bag.ts'

/** What became of a message in its mailbox. */
export interface MailState {
  readonly isRead?: boolean | undefined
  readonly isDraft?: boolean | undefined
  readonly isFlagged?: boolean | undefined
  readonly isAnswered?: boolean | undefined
  readonly isForwarded?: boolean | undefined
  /** They become categories, after those of the message itself. */
  readonly keywords?: readonly string[] | undefined
}

/** PidTagMessageFlags (MS-OXCMSG section 2.2.1.6). */
const messageFlags = { read: 1, unsent: 8 } as const

const verbs = { reply: 102, forward: 104 } as const
const icons = { replied: 261, forwarded: 262 } as const
const flagged = 2
const redFlag = 6
const isTodo = 1

/**
 * Sets the properties of a state (MS-OXCMSG section 2.2.1.6, MS-OXOFLAG section 2.2.1, MS-OXOMSG section 2.2.1). Of a
 * message that was answered and forwarded the answer counts, since only one verb is kept; when it was done is not known.
 */
export function setStateProperties(bag: PropertyBag, state: MailState): void {
  const isRead = state.isRead === true ? messageFlags.read : 0
  const isUnsent = state.isDraft === true ? messageFlags.unsent : 0
  bag.set(message.messageFlags, isRead | isUnsent)
  if (state.isFlagged === true) {
    bag
      .set(message.flagStatus, flagged)
      .set(message.followupIcon, redFlag)
      .set(message.todoItemFlags, isTodo)
      .set(message.flagRequest, 'Follow up')
      .set(message.todoTitle, bag.get(message.subject))
      .set(message.taskStatus, 0)
      .set(message.taskComplete, false)
      .set(message.taskPercentComplete, 0)
  }
  if (state.isAnswered === true) bag.set(message.lastVerbExecuted, verbs.reply).set(message.iconIndex, icons.replied)
  else if (state.isForwarded === true)
    bag.set(message.lastVerbExecuted, verbs.forward).set(message.iconIndex, icons.forwarded)
  if (state.keywords !== undefined && state.keywords.length > 0) {
    bag.set(message.keywords, [...new Set([...(bag.get(message.keywords) ?? []), ...state.keywords])])
  }
}
