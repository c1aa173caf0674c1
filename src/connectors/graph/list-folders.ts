import type { Folder } from '../../core/model/folder.ts'
import { allEnded } from '../../core/flow/all-ended.ts'
import type { Cursor, FolderId } from '../../core/model/ids.ts'
import type { JsonObject } from '../kit/microsoft/read-json.ts'
import { isMachineMade, itemTypeOf, roleOf } from './folder-types.ts'
import { jsonNumber, jsonText } from '../kit/microsoft/json-values.ts'
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

/** The cursor of a folder that never held anything, as far as is known: nothing has to be asked to know that it is so. */
export const nothingYet = 'empty' as Cursor

/**
 * All folders that a person sees, by one flat list, and hidden ones, which that list leaves out: at the top, and where the
 * counts show that there are any. Search folders, which hold nothing of their own, are below another root and so left out.
 */
export async function listFolders(client: MailboxClient): Promise<MailboxTree> {
  const [top, seen] = await allEnded([listChildren(client, rootName), listSeen(client)])
  const rootId = (top[0]?.parentId as FolderId | undefined) ?? (await readFolder(client, rootName)).id
  const seenIds = new Set<string>(seen.map(({ id }) => id))
  const byParent = Map.groupBy(seen, ({ parentId }) => parentId)
  const tree = top.filter((folder) => seenIds.has(folder.id) || isMigrated(folder))
  for (const parent of tree) {
    const children = byParent.get(parent.id) ?? []
    tree.push(...children)
    if (parent.childFolders <= children.length) continue
    const all = await listChildren(client, parent.id)
    tree.push(...all.filter((folder) => !seenIds.has(folder.id) && isMigrated(folder)))
  }
  return { rootId, folders: tree }
}

const rootName = 'msgfolderroot'

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
    // What holds nothing now is looked into once it holds something.
    const status = items === 0 ? { items, cursor: nothingYet } : { items }
    return [
      {
        id,
        path,
        itemType: itemTypeOf(containerClass),
        ...(role === undefined ? {} : { role }),
        holdsItems: true,
        status,
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

/** Of a hidden folder: whether a person may have put something there. */
function isMigrated({ containerClass }: MailboxFolder): boolean {
  return !isMachineMade(containerClass)
}
