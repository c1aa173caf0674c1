import type { Property } from '../../../formats/mapi/property.ts'
import { tagged } from '../../../formats/mapi/property.ts'
import { folderReader as mailFolderReader, folderSource } from '../../graph-mailbox/mail-folders.ts'
import type { PropertyReader } from '../../graph-json/extended-properties.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { FolderRow } from '../../mailbox/rows.ts'

/** PidTagFolderType (MS-OXCFOLD 2.2.2.2.2.3): by it a client tells search folders, which hold nothing of their own. */
const folderType = tagged(0x3601, 'integer32')
const folderTypes = { root: 0, generic: 1, search: 2 } as const

/** PidTagDisplayName, PidTagContainerClass and what the store counts and dates: no client writes them as properties. */
const computedIds: ReadonlySet<number> = new Set([
  0x3001, 0x3601, 0x3613, 0x0e08, 0x10f4, 0x66b5, 0x3602, 0x3603, 0x360a, 0x3007, 0x3008, 0x670a, 0x0fff,
])

/** Whether a property of folders is the store's own affair. */
export function isComputedOfFolder({ name }: Property): boolean {
  return 'id' in name && computedIds.has(name.id)
}

/** A folder's extended properties: those that were given to it, and those that the store works out. */
export function folderReader(mailbox: Mailbox, folder: FolderRow): PropertyReader {
  const { bag, computed } = mailFolderReader(mailbox, folderSource(mailbox, folder))
  return {
    bag,
    computed: (property) =>
      property.key === folderType.key && property.type === folderType.type
        ? folderTypeOf(folder)
        : computed?.(property),
  }
}

function folderTypeOf({ parentId, isSearch }: FolderRow): number {
  if (parentId === undefined) return folderTypes.root
  return isSearch ? folderTypes.search : folderTypes.generic
}
