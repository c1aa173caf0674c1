import { decodeModifiedUtf7, encodeModifiedUtf7 } from '../../../formats/modified-utf7.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { FolderRow } from '../../mailbox/rows.ts'

/** A folder as IMAP names it. */
export interface NamedFolder {
  readonly folder: FolderRow
  /** In modified UTF-7, from the top, separated by `/`. */
  readonly name: string
  readonly hasChildren: boolean
}

/** Between the labels of a name. */
export const separator = '/'
const inbox = 'INBOX'
/** Stands for a `/` within a name, as in Exchange's own folder paths (Get-MailboxFolderStatistics). */
const slashStandIn = '\uf8ff'

/**
 * The folders that Exchange shows to IMAP, parents first and by name: all below the top that are not hidden, calendars and
 * contacts included (Webklex/php-imap #515); search folders are not.
 */
export function namedFolders(mailbox: Mailbox): readonly NamedFolder[] {
  const top = mailbox.folders.wellKnown('msgfolderroot')
  if (top === undefined) return []
  const shown = mailbox.folders.all().filter(({ isHidden, isSearch }) => !isHidden && !isSearch)
  const byParent = Map.groupBy(shown, ({ parentId }) => parentId)
  const found: NamedFolder[] = []
  const add = (parentId: number, prefix: string): void => {
    const children = (byParent.get(parentId) ?? []).map((folder) => ({ folder, label: labelOf(folder) }))
    for (const { folder, label } of children.toSorted((one, other) => compare(one.label, other.label))) {
      const name = `${prefix}${encodeModifiedUtf7(label)}`
      found.push({ folder, name, hasChildren: byParent.has(folder.id) })
      add(folder.id, `${name}${separator}`)
    }
  }
  add(top.id, '')
  return found
}

/** The folder of this name in any case, as Exchange compares names; undefined when there is none. */
export function findFolder(mailbox: Mailbox, name: string): FolderRow | undefined {
  const path = parseFolderPath(name)
  let folder = path === undefined ? undefined : mailbox.folders.wellKnown('msgfolderroot')
  for (const [depth, label] of (path ?? []).entries()) {
    if (folder === undefined) return undefined
    folder = depth === 0 && isInbox(label) ? mailbox.folders.wellKnown('inbox') : shownChild(mailbox, folder, label)
  }
  return folder
}

/** A name's labels as the store keeps them; undefined for what is no name. A separator at the end means nothing. */
export function parseFolderPath(name: string): readonly string[] | undefined {
  const trimmed = name.endsWith(separator) ? name.slice(0, -1) : name
  const labels = trimmed.split(separator).map((label) => decodeModifiedUtf7(label)?.replaceAll(slashStandIn, '/'))
  return labels.some((label) => label === undefined || label === '') ? undefined : (labels as string[])
}

/** The inbox has this name in every language and in any case (RFC 3501 section 5.1). */
export function isInbox(label: string): boolean {
  return label.toUpperCase() === inbox
}

function shownChild(mailbox: Mailbox, parent: FolderRow, label: string): FolderRow | undefined {
  const child = mailbox.folders.child(parent.id, label)
  // The inbox has one name only.
  return child === undefined || child.isHidden || child.isSearch || child.wellKnown === 'inbox' ? undefined : child
}

function labelOf({ wellKnown, name }: FolderRow): string {
  return wellKnown === 'inbox' ? inbox : name.replaceAll('/', slashStandIn)
}

function compare(one: string, other: string): number {
  const [first, second] = [one.toLowerCase(), other.toLowerCase()]
  return first < second ? -1 : first > second ? 1 : 0
}
