import { forEachLimited } from '../../../core/flow/for-each-limited.ts'
import type { FolderId, ItemId } from '../../../core/model/ids.ts'
import { jsonText } from '../../kit/microsoft/json-values.ts'
import type { MailboxClient } from '../mailbox-client.ts'

const movedAtOnce = 4
/** No message, gone, or not for this app by that interface. */
const notMoved: readonly number[] = [400, 403, 404]

/** `Target.move` by the mail interface: what is no message is none of its own. */
export async function moveItems(
  client: MailboxClient,
  ids: readonly ItemId[],
  into: FolderId,
): Promise<ReadonlyMap<ItemId, ItemId | undefined>> {
  const moved = new Map<ItemId, ItemId | undefined>()
  await forEachLimited(ids, { concurrencyMax: movedAtOnce, signal: client.signal }, async (id) => {
    const newId = await moveMessage(client, id, into)
    if (newId !== undefined) moved.set(id, newId)
  })
  return moved
}

async function moveMessage(client: MailboxClient, id: ItemId, into: FolderId): Promise<ItemId | undefined> {
  const { status, json } = await client.userCall({
    method: 'POST',
    path: `/messages/${encodeURIComponent(id)}/move`,
    body: { destinationId: into },
    expects: notMoved,
    permission: 'Mail.ReadWrite',
  })
  return notMoved.includes(status) ? undefined : (jsonText(json, 'id') as ItemId)
}
