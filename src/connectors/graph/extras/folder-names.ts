import type { FindPlace } from '../../../core/ports/connector.ts'
import type { FolderId } from '../../../core/model/ids.ts'
import type { ItemType } from '../../../core/model/folder.ts'
import { itemTypeOf } from '../folder-types.ts'
import type { MailboxTree } from '../list-folders.ts'

/** A folder by the names that Exchange has for it and those above it; the top of the mailbox has none. */
export interface NamedFolder {
  readonly id: FolderId
  readonly names: readonly string[]
  readonly itemType: ItemType
}

/** The folders of a mailbox, the top of it first. */
export function namedFolders({ rootId, folders }: MailboxTree): readonly NamedFolder[] {
  const top: NamedFolder = { id: rootId, names: [], itemType: 'message' }
  const named = new Map<string, NamedFolder>([[rootId, top]])
  for (const { id, parentId, name, containerClass } of folders) {
    const above = named.get(parentId)
    if (above !== undefined) named.set(id, { id, names: [...above.names, name], itemType: itemTypeOf(containerClass) })
  }
  return [...named.values()]
}

/** What a folder's place at the target is called there: the inbox has a name of its own in every language. */
export function namesAt({ id, path }: NonNullable<ReturnType<FindPlace>>, tree: MailboxTree | undefined): readonly string[] {
  const known = tree && namedFolders(tree).find((folder) => folder.id === id)
  if (known !== undefined) return known.names
  const inbox = tree?.folders.find(({ wellKnownName }) => wellKnownName === 'inbox')?.name
  return path[0] === 'INBOX' && inbox !== undefined ? [inbox, ...path.slice(1)] : path
}

/** As Exchange's own commands name a folder; undefined where a backslash in a name would be read as the end of it. */
export function commandFolder(user: string, names: readonly string[]): string | undefined {
  return names.some((name) => name.includes('\\')) ? undefined : `${user}:\\${names.join('\\')}`
}
