import { extendedProperties } from '../../graph-mailbox/outlook-types.ts'
import { int32, type Structure, text } from '../../http/json/kinds.ts'
import type { GraphRequest } from '../../http/route.ts'
import { toFolderId, toMailboxId } from '../../mailbox/ids.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { FolderRow } from '../../mailbox/rows.ts'

/** The CSDL's mailboxFolder, with the two properties that only the documentation has (August 2026). */
export const mailboxFolder = {
  name: 'microsoft.graph.mailboxFolder',
  properties: {
    id: text,
    displayName: text,
    type: text,
    parentFolderId: text,
    parentMailboxUrl: text,
    childFolderCount: int32,
    totalItemCount: int32,
    wellKnownName: text,
    ...extendedProperties,
  },
} as const satisfies Structure

/** What a client may not set. */
export const readOnlyOfFolder = [
  'id',
  'parentFolderId',
  'parentMailboxUrl',
  'childFolderCount',
  'totalItemCount',
  'wellKnownName',
] as const

/** What `$select`, `$filter` and `$orderby` may name. */
export const folderProperties: ReadonlySet<string> = new Set(Object.keys(mailboxFolder.properties))

/** A folder as Graph answers it. */
export function folderJson(
  request: GraphRequest,
  mailbox: Mailbox,
  folder: FolderRow,
): Readonly<Record<string, unknown>> {
  const { guid } = mailbox.row
  const counts = mailbox.folders.counts(folder.id)
  const { endpoints, version, tenant } = request
  const mailboxUrl = `${endpoints.graph}/${version}/admin/exchange/mailboxes/${toMailboxId(guid, tenant.id)}`
  return {
    '@odata.type': '#microsoft.graph.mailboxFolder',
    id: toFolderId(guid, folder.id),
    displayName: folder.name,
    parentFolderId: folder.parentId === undefined ? null : toFolderId(guid, folder.parentId),
    parentMailboxUrl: mailboxUrl,
    childFolderCount: counts.children,
    totalItemCount: counts.items,
    wellKnownName: folder.wellKnown ?? null,
    type: folder.folderClass === '' ? null : folder.folderClass,
  }
}
