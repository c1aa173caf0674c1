import { Buffer } from 'node:buffer'
import { readFastTransfer } from '../../src/formats/fast-transfer/read-fast-transfer.ts'
import { objectText } from '../servers/graph/object-text.ts'
import type { GraphObject, TenantClient } from './tenant-client.ts'

/** As many as one call exports (exchange.md 2.3). */
const exportItemsMax = 20

/** Everything in a mailbox below the folders that people see, as Exchange exports it: a text for each item, sorted. */
export async function exportedMailbox(client: TenantClient, user: string): Promise<readonly string[]> {
  const { primaryMailboxId } = await client.call('GET', `/users/${user}/settings/exchange`)
  const mailbox = `/admin/exchange/mailboxes/${String(primaryMailboxId)}`
  const pathOf = new Map<string, string>()
  for (const { id, path } of await foldersBelow(client, mailbox, 'msgfolderroot', '')) {
    for (const item of await client.list(`${mailbox}/folders/${id}/items?$select=id&$top=500`)) pathOf.set(String(item['id']), path)
  }
  const texts: string[] = []
  const ids = [...pathOf.keys()]
  for (let from = 0; from < ids.length; from += exportItemsMax) {
    const { value } = await client.call('POST', `${mailbox}/exportItems`, { itemIds: ids.slice(from, from + exportItemsMax) })
    for (const { itemId, data } of value as readonly GraphObject[]) {
      texts.push(`${pathOf.get(String(itemId))} ${objectText(readFastTransfer(Buffer.from(String(data), 'base64')))}`)
    }
  }
  return texts.toSorted()
}

interface FolderAt {
  readonly id: string
  /** By well-known names, as the languages of two mailboxes may differ. */
  readonly path: string
}

/** The folders that hold something. */
async function foldersBelow(client: TenantClient, mailbox: string, parent: string, above: string): Promise<readonly FolderAt[]> {
  const found: FolderAt[] = []
  for (const folder of await client.list(`${mailbox}/folders/${parent}/childFolders?includeHiddenFolders=true&$top=500`)) {
    const id = String(folder['id'])
    const path = `${above}/${String(folder['wellKnownName'] ?? folder['displayName'])}`
    if (folder['totalItemCount'] !== 0) found.push({ id, path })
    if (folder['childFolderCount'] !== 0) found.push(...(await foldersBelow(client, mailbox, id, path)))
  }
  return found
}
