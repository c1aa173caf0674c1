import { itemNotFound } from '../../graph-mailbox/item-references.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { FolderRow } from '../../mailbox/rows.ts'

/** Deletes a folder as clients do: it goes to the deleted items, under another name where its own is taken there. */
export function moveFolderAway(mailbox: Mailbox, folder: FolderRow): void {
  const deleted = mailbox.folders.wellKnown('deleteditems')
  if (deleted === undefined) throw itemNotFound()
  const isTaken = (name: string) =>
    mailbox.folders.child(deleted.id, name) !== undefined ||
    (name !== folder.name && folder.parentId !== undefined && mailbox.folders.child(folder.parentId, name) !== undefined)
  let { name } = folder
  for (let n = 1; isTaken(name); n++) name = `${folder.name}${n}`
  if (name !== folder.name) mailbox.folders.rename(folder.id, name)
  mailbox.folders.move(folder.id, deleted.id)
}
