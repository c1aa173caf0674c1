import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { FolderRow } from '../../mailbox/rows.ts'

/** All folders of a class, but for those in the deleted items; the default one first, then by age. */
export function foldersOfClass(mailbox: Mailbox, folderClass: RegExp, defaultName: string): readonly FolderRow[] {
  const deleted = mailbox.folders.wellKnown('deleteditems')
  const gone = new Set(deleted === undefined ? [] : mailbox.folders.subtree(deleted.id).map(({ id }) => id))
  return mailbox.folders
    .all()
    .filter((folder) => !folder.isSearch && folderClass.test(folder.folderClass) && !gone.has(folder.id))
    .toSorted((a, b) => Number(b.wellKnown === defaultName) - Number(a.wellKnown === defaultName) || a.id - b.id)
}
