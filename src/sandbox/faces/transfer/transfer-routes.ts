import type { MailboxStores } from '../../graph-mailbox/open-mailbox.ts'
import type { Route } from '../../http/route.ts'
import type { SigningKeys } from '../../tokens/signing-keys.ts'
import { createFolder, deleteFolder, updateFolder } from './change-folders.ts'
import { createImportSession } from './create-import-session.ts'
import { deleteItem } from './delete-item.ts'
import { exchangeSettingsRoute } from './exchange-settings.ts'
import { exportItems } from './export-items.ts'
import { folderDelta } from './folder-delta.ts'
import { itemDelta } from './item-delta.ts'
import { getFolder, listChildFolders, listFolders } from './list-folders.ts'
import { getItem, listItems } from './list-items.ts'
import { mailboxRoute } from './mailbox-route.ts'
import { transferPermissions } from './permissions.ts'
import type { TransferParts } from './transfer-parts.ts'
import { transferDefaults, type TransferSettings } from './transfer-settings.ts'

/**
 * Graph's mailbox import and export API (exchange.md 2), all of it but the import URLs that it gives out: those are
 * `createImportApp`'s, which needs the same keys and settings.
 */
export function transferRoutes(
  stores: MailboxStores,
  keys: SigningKeys,
  settings: Partial<TransferSettings> = {},
): readonly Route[] {
  const parts: TransferParts = { stores, keys, settings: { ...transferDefaults, ...settings } }
  const { readFolders, writeFolders, readItems, deleteItems, exportItems: exporting, importItems } = transferPermissions
  const route = (
    ...[method, path, permissions, call]: Parameters<typeof mailboxRoute> extends [unknown, ...infer R] ? R : never
  ) => mailboxRoute(parts, method, path, permissions, call)
  const folder = '/folders/{folderId}'
  const child = `${folder}/childFolders/{childId}`
  return [
    exchangeSettingsRoute(parts),
    route('GET', '/folders', readFolders, listFolders),
    route('POST', '/folders', writeFolders, createFolder),
    route('GET', '/folders/delta', readFolders, folderDelta),
    route('GET', folder, readFolders, getFolder),
    route('PATCH', folder, writeFolders, updateFolder),
    route('DELETE', folder, writeFolders, deleteFolder),
    // The documentation deletes by reference, the permission table plainly.
    route('DELETE', `${folder}/$ref`, writeFolders, deleteFolder),
    route('GET', `${folder}/childFolders`, readFolders, listChildFolders),
    route('POST', `${folder}/childFolders`, writeFolders, createFolder),
    route('GET', `${folder}/childFolders/delta`, readFolders, folderDelta),
    route('GET', child, readFolders, getFolder),
    route('PATCH', child, writeFolders, updateFolder),
    route('DELETE', child, writeFolders, deleteFolder),
    route('DELETE', `${child}/$ref`, writeFolders, deleteFolder),
    route('GET', `${folder}/items`, readItems, listItems),
    route('GET', `${folder}/items/delta`, readItems, itemDelta),
    route('GET', `${folder}/items/{itemId}`, readItems, getItem),
    route('DELETE', `${folder}/items/{itemId}`, deleteItems, deleteItem),
    route('POST', '/exportItems', exporting, exportItems),
    route('POST', '/createImportSession', importItems, (request, opened) =>
      createImportSession(request, opened, parts),
    ),
  ]
}
