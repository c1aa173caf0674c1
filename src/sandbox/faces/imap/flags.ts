import { toFileTime } from '../../../formats/mapi/file-time.ts'
import { messageProperties as known } from '../../../formats/mapi/message-properties.ts'
import type { PropertyBag } from '../../../formats/mapi/property-bag.ts'
import type { MailState } from '../../../formats/mime/state-properties.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { ItemRow } from '../../mailbox/rows.ts'
import { badArguments } from './refusal.ts'

/** A flag that Exchange keeps. `forwarded` is taken and not shown. */
export type Flag = 'seen' | 'answered' | 'flagged' | 'deleted' | 'draft' | 'mdnSent' | 'forwarded'

/** FLAGS and PERMANENTFLAGS of every folder (RainLoop/rainloop-webmail #686): no keywords of the client's own. */
export const shownFlags = '\\Seen \\Answered \\Flagged \\Deleted \\Draft $MDNSent'

const flagsByName: Readonly<Record<string, Flag>> = {
  '\\seen': 'seen',
  '\\answered': 'answered',
  '\\flagged': 'flagged',
  '\\deleted': 'deleted',
  '\\draft': 'draft',
  $mdnsent: 'mdnSent',
  $forwarded: 'forwarded',
}

/** Throws `badArguments` for any other flag (mscdex/node-imap #602); `\Recent` cannot be set and is left out. */
export function parseFlags(names: readonly string[]): ReadonlySet<Flag> {
  const flags = names
    .map((name) => name.toLowerCase())
    .filter((name) => name !== '\\recent')
    .map((name) => flagsByName[name])
  if (flags.includes(undefined)) throw badArguments()
  return new Set(flags as Flag[])
}

const read = 1
const unsent = 8
const flagged = 2
const mdnSent = '$MDNSent'

/** The flags of an item (exchange.md 3.4, 4.5: `$MDNSent` is a category). */
export function flagsOf(row: ItemRow): ReadonlySet<Flag> {
  const flags = new Set<Flag>()
  if ((row.messageFlags & read) !== 0) flags.add('seen')
  if (row.lastVerb === 102 || row.lastVerb === 103) flags.add('answered')
  if (row.flagStatus === flagged) flags.add('flagged')
  if (row.isImapDeleted) flags.add('deleted')
  if ((row.messageFlags & unsent) !== 0) flags.add('draft')
  if (row.categories.includes(mdnSent)) flags.add('mdnSent')
  if (row.lastVerb === 104) flags.add('forwarded')
  return flags
}

/** As FETCH shows them, without parentheses. */
export function formatFlags(row: ItemRow): string {
  const shown: string[] = []
  if ((row.messageFlags & read) !== 0) shown.push('\\Seen')
  if (row.lastVerb === 102 || row.lastVerb === 103) shown.push('\\Answered')
  if (row.flagStatus === flagged) shown.push('\\Flagged')
  if (row.isImapDeleted) shown.push('\\Deleted')
  if ((row.messageFlags & unsent) !== 0) shown.push('\\Draft')
  if (row.categories.includes(mdnSent)) shown.push(mdnSent)
  return shown.join(' ')
}

/** The state of a message that comes by APPEND: a draft only with `\Draft` (exchange.md 8.1). */
export function stateOf(flags: ReadonlySet<Flag>): MailState {
  return {
    isRead: flags.has('seen'),
    isDraft: flags.has('draft'),
    isFlagged: flags.has('flagged'),
    isAnswered: flags.has('answered'),
    isForwarded: flags.has('forwarded'),
    keywords: flags.has('mdnSent') ? [mdnSent] : [],
  }
}

/** Gives an item exactly these flags. Returns it as it is then; without a change it is the row that was given. */
export function setFlags(mailbox: Mailbox, row: ItemRow, flags: ReadonlySet<Flag>, nowMs: number): ItemRow {
  const wanted = new Set(flags)
  // Only one verb is kept.
  if (wanted.has('answered')) wanted.delete('forwarded')
  const changed = flagsOf(row).symmetricDifference(wanted)
  let result = row
  if (changed.has('deleted')) {
    result = mailbox.items.markImapDeleted(row.id, wanted.has('deleted'))
    changed.delete('deleted')
  }
  if (changed.size === 0) return result
  return mailbox.items.edit(row.id, (bag) => {
    for (const flag of changed) setters[flag](bag, wanted.has(flag), nowMs)
  })
}

type Setter = (bag: PropertyBag, isSet: boolean, nowMs: number) => void

const setters: Readonly<Record<Flag, Setter>> = {
  seen: (bag, isSet) => setBit(bag, read, isSet),
  draft: (bag, isSet) => setBit(bag, unsent, isSet),
  answered: (bag, isSet, nowMs) => setVerb(bag, isSet ? { verb: 102, icon: 261 } : undefined, nowMs),
  forwarded: (bag, isSet, nowMs) => setVerb(bag, isSet ? { verb: 104, icon: 262 } : undefined, nowMs),
  flagged: setFollowUp,
  mdnSent(bag, isSet) {
    const others = (bag.get(known.keywords) ?? []).filter((name) => name !== mdnSent)
    const keywords = isSet ? [...others, mdnSent] : others
    if (keywords.length === 0) bag.delete(known.keywords)
    else bag.set(known.keywords, keywords)
  },
  deleted: () => {},
}

function setBit(bag: PropertyBag, bit: number, isSet: boolean): void {
  const flags = bag.get(known.messageFlags) ?? 0
  bag.set(known.messageFlags, isSet ? flags | bit : flags & ~bit)
}

function setVerb(bag: PropertyBag, done: { readonly verb: number; readonly icon: number } | undefined, nowMs: number): void {
  if (done === undefined) {
    for (const property of [known.lastVerbExecuted, known.lastVerbExecutionTime, known.iconIndex]) bag.delete(property)
    return
  }
  bag.set(known.lastVerbExecuted, done.verb).set(known.lastVerbExecutionTime, toFileTime(nowMs)).set(known.iconIndex, done.icon)
}

/** MS-OXOFLAG section 2.2.1. */
function setFollowUp(bag: PropertyBag, isSet: boolean): void {
  if (isSet) {
    bag.set(known.flagStatus, flagged).set(known.followupIcon, 6).set(known.todoItemFlags, 1).set(known.flagRequest, 'Follow up')
    return
  }
  for (const property of [known.flagStatus, known.followupIcon, known.todoItemFlags, known.flagRequest]) bag.delete(property)
}
