import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { FolderRow } from '../../mailbox/rows.ts'

/** Removes a folder with all below it; `remove` says where its items go. Throws `folder-is-default` before anything is touched. */
export function removeContactFolder(mailbox: Mailbox, folder: FolderRow, remove: (mailbox: Mailbox, itemId: number) => void): void {
  if (folder.wellKnown === undefined) for (const { id } of mailbox.folders.subtree(folder.id)) emptyFolder(mailbox, id, remove)
  mailbox.folders.remove(folder.id)
}

function emptyFolder(mailbox: Mailbox, folderId: number, remove: (mailbox: Mailbox, itemId: number) => void): void {
  for (const { id } of mailbox.items.list(folderId)) remove(mailbox, id)
  for (const { id } of mailbox.items.list(folderId, { isAssociated: true })) mailbox.items.remove(id)
}
