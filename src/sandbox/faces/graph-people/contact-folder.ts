import { folderOf, itemNotFound } from '../../graph-mailbox/item-references.ts'
import type { GraphRequest } from '../../http/route.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { FolderRow } from '../../mailbox/rows.ts'
import { keyed, userContext } from './user-context.ts'

/** The folder of the contacts that `/contacts` speaks of. */
export function defaultContactFolder(mailbox: Mailbox): FolderRow {
  const folder = mailbox.folders.wellKnown('contacts')
  if (folder === undefined) throw itemNotFound()
  return folder
}

/** The folder that a request's path names, the default one where it names none. Throws 400 and 404 as `folderOf`. */
export function contactFolderOf(mailbox: Mailbox, { params }: Pick<GraphRequest, 'params'>): FolderRow {
  const { folderId, childId } = params
  if (folderId === undefined) return defaultContactFolder(mailbox)
  const folder = requireContactFolder(folderOf(mailbox, folderId))
  if (childId === undefined) return folder
  const child = requireContactFolder(folderOf(mailbox, childId))
  if (child.parentId !== folder.id) throw itemNotFound()
  return child
}

/** Throws 404 for a folder that does not hold contacts. */
export function requireContactFolder(folder: FolderRow): FolderRow {
  if (!isContactFolder(folder)) throw itemNotFound()
  return folder
}

/** The contact folders in a folder, by name; hidden ones are nobody's (v1.0 lists none of them). */
export function contactFoldersIn(mailbox: Mailbox, folderId: number): readonly FolderRow[] {
  return mailbox.folders.children(folderId).filter((folder) => isContactFolder(folder) && !folder.isHidden)
}

/** Every contact folder below a folder, parents first. */
export function contactFoldersBelow(mailbox: Mailbox, folderId: number): readonly FolderRow[] {
  const found = [...contactFoldersIn(mailbox, folderId)]
  for (const folder of found) found.push(...contactFoldersIn(mailbox, folder.id))
  return found
}

/** `users('x')/contacts`, `users('x')/contactFolders('y')/contacts`: the context of what a request's path names. */
export function contactsContext(request: GraphRequest): string {
  const { folderId, childId } = request.params
  if (folderId === undefined) return userContext(request, 'contacts')
  const folders = [keyed('contactFolders', folderId), ...(childId === undefined ? [] : [keyed('childFolders', childId)])]
  return userContext(request, ...folders, 'contacts')
}

function isContactFolder({ folderClass }: FolderRow): boolean {
  return /^IPF\.Contact(?:\.|$)/i.test(folderClass)
}
