import type { Folder } from '../../core/model/folder.ts'
import type { FolderId } from '../../core/model/ids.ts'
import type { JsonObject } from '../kit/microsoft/read-json.ts'
import { isMachineMade, itemTypeOf, roleOf } from './folder-types.ts'
import { jsonNumber, jsonText } from './json-values.ts'
import type { MailboxClient } from './mailbox-client.ts'
import { mailboxValues } from './mailbox-pages.ts'

/** A folder as the mailbox names it. */
export interface MailboxFolder {
  readonly id: FolderId
  readonly parentId: string
  readonly name: string
  readonly containerClass: string
  readonly wellKnownName: string
  readonly items: number
  readonly childFolders: number
}

/** The folders of a mailbox, with the id of the one that they are all in. */
export interface MailboxTree {
  readonly rootId: FolderId
  readonly folders: readonly MailboxFolder[]
}

const pageFolders = 900

/**
 * All folders that a person sees, by one flat list, and hidden ones, which that list leaves out, where the counts show that
 * there are any. Search folders, which hold nothing of their own, are below another root and so left out.
 */
export async function listFolders(client: MailboxClient): Promise<MailboxTree> {
  const [root, seen] = await Promise.all([readFolder(client, 'msgfolderroot'), listSeen(client)])
  const byParent = Map.groupBy(seen, ({ parentId }) => parentId)
  const tree: MailboxFolder[] = [root]
  for (const parent of tree) {
    const children = byParent.get(parent.id) ?? []
    tree.push(...children)
    if (parent === root || parent.childFolders > children.length) tree.push(...(await listHidden(client, parent.id, children)))
  }
  return { rootId: root.id, folders: tree.slice(1) }
}

/** The children of a folder, hidden ones included. */
export async function listChildren(client: MailboxClient, parentId: string): Promise<readonly MailboxFolder[]> {
  const path = `/folders/${encodeURIComponent(parentId)}/childFolders`
  const query = { includeHiddenFolders: 'true', $top: pageFolders }
  const children: MailboxFolder[] = []
  for await (const json of mailboxValues(client, { method: 'GET', path, query, permission })) children.push(toFolder(json))
  return children
}

/** A folder by its id or well-known name. Throws as `MailboxClient.call`. */
export async function readFolder(client: MailboxClient, id: string): Promise<MailboxFolder> {
  const { json } = await client.call({ method: 'GET', path: `/folders/${encodeURIComponent(id)}`, permission })
  return toFolder(json)
}

/** A folder as Graph answers it. */
export function toFolder(json: JsonObject): MailboxFolder {
  return {
    id: jsonText(json, 'id') as FolderId,
    parentId: jsonText(json, 'parentFolderId'),
    name: jsonText(json, 'displayName'),
    containerClass: jsonText(json, 'type'),
    wellKnownName: jsonText(json, 'wellKnownName').toLowerCase(),
    items: jsonNumber(json, 'totalItemCount'),
    childFolders: jsonNumber(json, 'childFolderCount'),
  }
}

/** The folders of a tree with their paths, parents before children. */
export function toFolders({ rootId, folders }: MailboxTree): readonly Folder[] {
  const paths = new Map<string, readonly string[]>([[rootId, []]])
  return folders.flatMap((folder) => {
    const above = paths.get(folder.parentId)
    if (above === undefined) return []
    const { id, containerClass, items, wellKnownName } = folder
    const role = roleOf(wellKnownName)
    const path = role === 'inbox' ? ['INBOX'] : [...above, folder.name]
    paths.set(id, path)
    return [
      {
        id,
        path,
        itemType: itemTypeOf(containerClass),
        ...(role === undefined ? {} : { role }),
        holdsItems: true,
        status: { items },
      },
    ]
  })
}

const permission = 'MailboxFolder.Read.All'

async function listSeen(client: MailboxClient): Promise<readonly MailboxFolder[]> {
  const folders: MailboxFolder[] = []
  const headers = { prefer: `odata.maxpagesize=${pageFolders}` }
  for await (const json of mailboxValues(client, { method: 'GET', path: '/folders/delta', headers, permission })) {
    if (json['@removed'] === undefined) folders.push(toFolder(json))
  }
  return folders
}

async function listHidden(client: MailboxClient, parentId: string, seen: readonly MailboxFolder[]): Promise<readonly MailboxFolder[]> {
  const seenIds = new Set(seen.map(({ id }) => id))
  const hidden = (await listChildren(client, parentId)).filter(({ id }) => !seenIds.has(id))
  return hidden.filter(({ containerClass }) => !isMachineMade(containerClass))
}
