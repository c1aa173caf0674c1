import { lostPrefix } from '../plan/lost-keywords.ts'

const rules: Readonly<Record<string, string>> = {
  'default-exclusion': 'in a folder that is left out unless asked for',
  'folder-not-included': 'in a folder that was not asked for',
  'received-before': 'received before the time asked for',
  'received-after': 'received after the time asked for',
  'too-large': 'larger than the size asked for',
  'too-large-for-target': 'larger than the target takes',
}

const nameChanges: Readonly<Record<string, string>> = {
  'folder-map': 'as the folder map says',
  'earlier-pass': 'as in an earlier pass',
  role: "the target's own folder for this",
  prefix: 'below the prefix asked for',
  'inbox-child': 'the target keeps no folders below INBOX',
  'illegal-character': 'a character that the target does not allow',
  blank: 'blanks at the ends of the name',
  'empty-name': 'an empty name',
  reserved: 'a name that the target keeps for itself',
  'too-long': 'a name longer than the target allows',
  'too-deep': 'folders nested deeper than the target allows',
  'existing-spelling': 'spelled as it is at the target',
  collision: 'another folder has this name at the target',
  'refused-name': 'the target refused to make a folder of this name',
}

const alterations: Readonly<Record<string, string>> = {
  'line-ends': 'line ends were normalised to CR LF',
  nul: 'NUL bytes were replaced by 0x80',
  'final-cr': 'a CR at the very end was dropped',
  'transfer-encoding': 'a part is stored in another transfer encoding, with the same content',
  rebuilt: 'Exchange keeps the message in a form of its own and writes it anew: the same header, text and attachments in other bytes',
  lossy: 'the target takes mail in a lesser form only: other forms of the text, and the validity of signatures, are lost',
  state: 'another program copied it before; that copy is read, flagged or categorised otherwise',
  'header-lines-added': 'the server or another program added header lines',
}

const conflicts: Readonly<Record<string, string>> = {
  'deleted-at-target': 'the copy was deleted at the target',
  'changed-at-target': 'the copy was changed at the target',
  'other-at-target': 'the target has another one of this name',
}

/** Why items were skipped, in words that follow "were"; the rule's own name when it is not known here. */
export function explainRule(rule: string): string {
  const pattern = /^folder-excluded:(.*)$/s.exec(rule)?.[1]
  return pattern === undefined ? explain(rules, rule) : `in a folder excluded by "${pattern}"`
}

/** Why a folder's name or place was changed (`plan/legal-name`). */
export function explainNameChange(change: string): string {
  return explain(nameChanges, change)
}

/** How a copy differs from its original; the names of `Entry.altered`, comma-separated. */
export function explainAlteration(altered: string): string {
  return altered
    .split(',')
    .map((each) => (each.startsWith(lostPrefix) ? explainLostKeywords(each) : explain(alterations, each)))
    .join('; ')
}

function explainLostKeywords(name: string): string {
  return `keywords that the target does not keep: ${name.slice(lostPrefix.length)}`
}

/** Why a change at the source was not carried. */
export function explainConflict(conflict: string): string {
  return explain(conflicts, conflict)
}

function explain(words: Readonly<Record<string, string>>, name: string): string {
  return Object.hasOwn(words, name) ? words[name]! : name
}
