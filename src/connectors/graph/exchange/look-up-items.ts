import { forEachLimited } from '../../../core/flow/for-each-limited.ts'
import type { FolderId, ItemId } from '../../../core/model/ids.ts'
import type { JsonObject } from '../../kit/microsoft/read-json.ts'
import { jsonText } from '../../kit/microsoft/json-values.ts'
import type { MailboxClient } from '../mailbox-client.ts'
import { mailboxPages } from '../mailbox-pages.ts'
import { pageItemsMax } from './enumerate-items.ts'

const lookedUpAtOnce = 4

/** What to ask for of each item. */
export interface Wanted {
  readonly select: string
  readonly expand?: string
}

/**
 * Gives those of `ids` that are in the folder, by whatever costs fewer requests: one after the other, or the folder's list.
 * What a list leaves out is asked for by itself before it counts as gone, since a list may miss what stands beside something
 * that changes meanwhile. `folderItems`: how many there are, about. `onOther` gets what a list tells of others.
 */
export async function lookUpItems(
  client: MailboxClient,
  folderId: FolderId,
  ids: readonly ItemId[],
  wanted: Wanted,
  folderItems: number,
  onOther: (json: JsonObject) => void = () => undefined,
): Promise<ReadonlyMap<ItemId, JsonObject>> {
  const found = new Map<ItemId, JsonObject>()
  const left = new Set(ids)
  if (left.size > Math.max(1, Math.ceil(folderItems / pageItemsMax))) {
    await listInto(client, folderId, wanted, (json) => {
      const id = jsonText(json, 'id') as ItemId
      if (left.delete(id)) found.set(id, json)
      else onOther(json)
      return left.size > 0
    })
  }
  const limits = { concurrencyMax: lookedUpAtOnce, signal: client.signal }
  await forEachLimited([...left], limits, async (id) => {
    const json = await readItem(client, folderId, id, wanted)
    if (json !== undefined) found.set(id, json)
  })
  return found
}

async function listInto(
  client: MailboxClient,
  folderId: FolderId,
  wanted: Wanted,
  goesOn: (json: JsonObject) => boolean,
): Promise<void> {
  const path = `/folders/${encodeURIComponent(folderId)}/items`
  const query = { ...queryOf(wanted), $top: pageItemsMax }
  for await (const { values } of mailboxPages(client, { method: 'GET', path, query, permission })) {
    let isOpen = true
    for (const json of values) isOpen = goesOn(json) && isOpen
    if (!isOpen) return
  }
}

/** Undefined when it is not there, or in another folder. */
async function readItem(client: MailboxClient, folderId: FolderId, id: ItemId, wanted: Wanted): Promise<JsonObject | undefined> {
  const path = `/folders/${encodeURIComponent(folderId)}/items/${encodeURIComponent(id)}`
  const { status, json } = await client.call({ method: 'GET', path, query: queryOf(wanted), expects: missing, permission })
  return missing.includes(status) ? undefined : json
}

function queryOf({ select, expand }: Wanted): Readonly<Record<string, string>> {
  return { $select: select, ...(expand === undefined ? {} : { $expand: expand }) }
}

const permission = 'MailboxItem.Read.All'
/** An id that is none is not there either. */
const missing: readonly number[] = [400, 404]
