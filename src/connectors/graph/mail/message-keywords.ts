import { decodeModifiedUtf7, encodeModifiedUtf7 } from '../../../formats/modified-utf7.ts'
import type { ZonedTime } from '../../../core/model/item.ts'
import type { JsonObject } from '../../kit/microsoft/read-json.ts'
import { extendedValue } from './extended-value.ts'

/** RFC 9051 section 9: what an IMAP server takes as a keyword. */
const atom = /^[!#$&'+,\-./0-9:;<=>?@A-Z[^_`a-z|}~]+$/

/** PidTagLastVerbExecuted (MS-OXOMSG section 2.2.1.34). */
export const lastVerb = 'Integer 0x1081'
const verbs = { reply: '102', replyToAll: '103', forward: '104' } as const
/** PidTagIconIndex, which shows what was done (MS-OXOMSG section 2.2.1.17). */
const iconIndex = 'Integer 0x1080'
/** PidTagMessageDeliveryTime. */
const deliveryTime = 'SystemTime 0x0E06'
const icons = { unread: '-1', replied: '261', forwarded: '262' } as const

const forwarded = '$forwarded'
const beside: ReadonlySet<string> = new Set(['$seen', '$answered', '$flagged', '$draft', '$deleted', forwarded])

/** The keywords of a message, sorted: what Graph keeps in properties of their own, and its categories. */
export function toKeywords(message: JsonObject): readonly string[] {
  const flag = message['flag'] as { readonly flagStatus?: string } | undefined
  const verb = extendedValue(message, lastVerb)
  const categories = Array.isArray(message['categories']) ? message['categories'].map(String) : []
  return [
    ...new Set([
      ...(message['isRead'] === true ? ['$seen'] : []),
      ...(message['isDraft'] === true ? ['$draft'] : []),
      ...(flag?.flagStatus === 'flagged' ? ['$flagged'] : []),
      ...(verb === verbs.reply || verb === verbs.replyToAll ? ['$answered'] : []),
      ...(verb === verbs.forward ? ['$Forwarded'] : []),
      ...categories.map(keywordOfCategory).filter((keyword) => keyword !== ''),
    ]),
  ].toSorted()
}

/** The categories that keywords mean: all that is not kept in a property of its own. */
export function toCategories(keywords: readonly string[]): readonly string[] {
  return keywords.filter((keyword) => !beside.has(keyword.toLowerCase())).map(categoryOfKeyword)
}

/**
 * What `PATCH /messages/{id}` takes to give a message these keywords, and a date of arrival; whether it is a draft cannot be
 * changed.
 */
export function toChanges(keywords: readonly string[], receivedAt?: ZonedTime): object {
  const has = (name: string): boolean => keywords.some((keyword) => keyword.toLowerCase() === name)
  const [verb, icon] = has('$answered') ? [verbs.reply, icons.replied] : has(forwarded) ? [verbs.forward, icons.forwarded] : ['0', icons.unread]
  return {
    isRead: has('$seen'),
    // Marked as read here, nobody has read it: its sender is not to hear so.
    ...(has('$seen') && { isReadReceiptRequested: false }),
    flag: { flagStatus: has('$flagged') ? 'flagged' : 'notFlagged' },
    categories: toCategories(keywords),
    singleValueExtendedProperties: [
      { id: lastVerb, value: verb },
      { id: iconIndex, value: icon },
      ...(receivedAt === undefined ? [] : [{ id: deliveryTime, value: new Date(receivedAt.epochMs).toISOString() }]),
    ],
  }
}

/**
 * A category as a keyword: as it is where it can be one, otherwise with `_` for blanks and in modified UTF-7, as mail programs
 * write their labels.
 */
function keywordOfCategory(category: string): string {
  if (atom.test(category)) return category
  return encodeModifiedUtf7(category.replace(/\s/g, '_')).replace(/[^!#$&'+,\-./0-9:;<=>?@A-Z[^_`a-z|}~]/g, '_')
}

/** The category that a keyword means, such that `keywordOfCategory` gives the keyword again. */
function categoryOfKeyword(keyword: string): string {
  const decoded = decodeModifiedUtf7(keyword)
  return decoded !== undefined && keywordOfCategory(decoded) === keyword ? decoded : keyword
}
