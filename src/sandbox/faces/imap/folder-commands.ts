import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { FolderRow } from '../../mailbox/rows.ts'
import { inTransaction } from '../../tenant/open-database.ts'
import { type CommandCall, existingFolder } from './command-call.ts'
import { shownFlags } from './flags.ts'
import { findFolder, isInbox, type NamedFolder, namedFolders, parseFolderPath, separator } from './folder-names.ts'
import { folderPattern } from './folder-pattern.ts'
import { badArguments, Refusal } from './refusal.ts'
import { SelectedFolder } from './selected-folder.ts'
import { folderAstring } from './strings.ts'
import { forgetSubscription, isSubscribed, subscribe } from './subscriptions.ts'

/** RFC 3501 sections 6.3.1 and 6.3.2; the lines as Exchange writes them (RainLoop/rainloop-webmail #686). */
export function select({ name, args, answer, box }: CommandCall): string {
  args.space()
  const folderName = args.astring()
  args.end()
  box.selected = undefined
  const folder = existingFolder(box.mailbox, folderName)
  const isReadOnly = name === 'EXAMINE'
  const selected = new SelectedFolder(box.mailbox, folder, isReadOnly)
  box.selected = selected
  answer.untagged(`${selected.size} EXISTS`).untagged('0 RECENT').untagged(`FLAGS (${shownFlags})`)
  answer.untagged(`OK [PERMANENTFLAGS (${isReadOnly ? '' : shownFlags})] Permanent flags`)
  if (selected.firstUnseen !== undefined) answer.untagged(`OK [UNSEEN ${selected.firstUnseen}] Is the first unseen message`)
  answer.untagged(`OK [UIDVALIDITY ${folder.uidValidity}] UIDVALIDITY value`)
  answer.untagged(`OK [UIDNEXT ${folder.uidNext}] The next unique identifier value`)
  return `[${isReadOnly ? 'READ-ONLY' : 'READ-WRITE'}] ${name} completed.`
}

/** RFC 3501 sections 6.3.8 and 6.3.9; the roles of RFC 6154 without having been asked for, as Exchange does. */
export function list({ name, args, answer, box }: CommandCall): string {
  args.space()
  const reference = args.astring()
  args.space()
  const pattern = args.pattern()
  args.end()
  if (pattern === '') {
    answer.untagged(`${name} (\\Noselect \\HasChildren) "${separator}" ""`)
    return `${name} completed.`
  }
  const fits = folderPattern(`${reference}${pattern}`)
  for (const folder of namedFolders(box.mailbox)) {
    if (!fits(folder.name) || (name === 'LSUB' && !isSubscribed(box.mailbox, folder.folder))) continue
    answer.untagged(`${name} (${attributesOf(folder)}) "${separator}" ${folderAstring(folder.name)}`)
  }
  return `${name} completed.`
}

const roles: Readonly<Record<string, string>> = {
  deleteditems: '\\Trash',
  drafts: '\\Drafts',
  junkemail: '\\Junk',
  sentitems: '\\Sent',
}

function attributesOf({ folder, hasChildren }: NamedFolder): string {
  const children = hasChildren ? '\\HasChildren' : '\\HasNoChildren'
  const role = roles[folder.wellKnown ?? '']
  return role === undefined ? children : `${children} ${role}`
}

/** RFC 3501 section 6.3.10. */
export function status({ args, answer, box }: CommandCall): string {
  args.space()
  const folderName = args.astring()
  args.space()
  const items = args.list(() => args.atom().toUpperCase())
  args.end()
  const folder = existingFolder(box.mailbox, folderName)
  const counts = box.mailbox.folders.counts(folder.id)
  const values: Readonly<Record<string, number>> = {
    MESSAGES: counts.items,
    RECENT: 0,
    UIDNEXT: folder.uidNext,
    UIDVALIDITY: folder.uidValidity,
    UNSEEN: counts.unread,
  }
  if (items.length === 0 || items.some((item) => values[item] === undefined)) throw badArguments()
  answer.untagged(`STATUS ${folderAstring(folderName)} (${items.map((item) => `${item} ${values[item]}`).join(' ')})`)
  return 'STATUS completed.'
}

/** RFC 3501 section 6.3.3: folders above that are missing are made too. */
export function create({ args, box }: CommandCall): string {
  args.space()
  const folderName = args.astring()
  args.end()
  const path = newPath(box.mailbox, folderName)
  inTransaction(box.account.database, () => makePath(box.mailbox, path))
  return 'CREATE completed.'
}

/** RFC 3501 section 6.3.4. A folder with others below it stays: none goes that was not named. */
export function remove({ args, box }: CommandCall): string {
  args.space()
  const folder = existingFolder(box.mailbox, args.astring())
  args.end()
  if (folder.wellKnown !== undefined || box.mailbox.folders.children(folder.id).length > 0) throw new Refusal('NO', 'DELETE failed.')
  inTransaction(box.account.database, () => {
    for (const { id } of [...box.mailbox.items.list(folder.id), ...box.mailbox.items.list(folder.id, { isAssociated: true })]) {
      box.mailbox.items.remove(id)
    }
    box.mailbox.folders.remove(folder.id)
    forgetSubscription(box.mailbox, folder.id)
  })
  if (box.selected?.folderId === folder.id) box.selected = undefined
  return 'DELETE completed.'
}

/** RFC 3501 section 6.3.5. Exchange's own folders, the inbox too, keep their names. */
export function rename({ args, box }: CommandCall): string {
  args.space()
  const folder = existingFolder(box.mailbox, args.astring())
  args.space()
  const newName = args.astring()
  args.end()
  if (folder.wellKnown !== undefined) throw new Refusal('NO', 'RENAME failed.')
  const { folders } = box.mailbox
  const isSame = findFolder(box.mailbox, newName)?.id === folder.id
  const path = isSame ? (parseFolderPath(newName) as readonly string[]) : newPath(box.mailbox, newName)
  inTransaction(box.account.database, () => {
    const parent = makePath(box.mailbox, path.slice(0, -1))
    if (folder.parentId !== parent.id) folders.move(folder.id, parent.id)
    folders.rename(folder.id, path.at(-1) as string)
  })
  return 'RENAME completed.'
}

/** RFC 3501 sections 6.3.6 and 6.3.7. */
export function changeSubscription({ name, args, box }: CommandCall): string {
  args.space()
  const folder = existingFolder(box.mailbox, args.astring())
  args.end()
  subscribe(box.mailbox, folder, name === 'SUBSCRIBE')
  return `${name} completed.`
}

/** The labels of a folder that is to be made. Throws for names that are taken or cannot be. */
function newPath(mailbox: Mailbox, folderName: string): readonly string[] {
  const path = parseFolderPath(folderName)
  if (path === undefined || path.some((label) => /[\x00-\x1f\x7f]/.test(label))) throw badArguments()
  if (findFolder(mailbox, folderName) !== undefined) throw new Refusal('NO', 'Mailbox already exists.')
  // exchange.md 4.5: the name is reserved.
  if (path.length === 1 && path[0]?.toLowerCase() === 'files') throw new Refusal('NO', 'CREATE failed.')
  return path
}

function makePath(mailbox: Mailbox, path: readonly string[]): FolderRow {
  let folder = mailbox.folders.wellKnown('msgfolderroot')
  if (folder === undefined) throw new Refusal('NO', 'CREATE failed.')
  for (const [depth, label] of path.entries()) {
    const next: FolderRow | undefined =
      depth === 0 && isInbox(label) ? mailbox.folders.wellKnown('inbox') : mailbox.folders.child(folder.id, label)
    folder = next ?? mailbox.folders.create(folder.id, { name: label, folderClass: 'IPF.Note' })
  }
  return folder
}
