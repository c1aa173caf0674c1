import type { FolderId, ItemId } from '../../../core/model/ids.ts'
import type { ItemRef } from '../../../core/model/item.ts'
import type { KeywordChange } from '../../../core/ports/connector.ts'
import { mapAhead } from '../../kit/map-ahead.ts'
import { graphPath } from '../../kit/microsoft/graph-path.ts'
import { callMessage } from './call-message.ts'
import type { MailAccess } from './mail-access.ts'
import { toChanges } from './message-keywords.ts'
import { refQuery, toRef } from './message-ref.ts'

const permission = 'Mail.ReadWrite'

/** `Target.inspect`: those of a folder that are still in it. */
export async function inspectMessages(access: MailAccess, folderId: FolderId, ids: readonly ItemId[]): Promise<ReadonlyMap<ItemId, ItemRef>> {
  const { userPath } = access
  const query = { ...refQuery, $select: `${refQuery.$select},parentFolderId` }
  const refs = new Map<ItemId, ItemRef>()
  const look = async (id: ItemId): Promise<ItemRef | undefined> => {
    const path = userPath + graphPath`/messages/${id}`
    const answer = await callMessage(access, { method: 'GET', path, query, permission: 'Mail.Read' })
    return answer?.json['parentFolderId'] === folderId ? { ...toRef(answer.json, folderId), id } : undefined
  }
  for await (const ref of mapAhead(ids, access.requestsAtOnce, look)) if (ref !== undefined) refs.set(ref.id, ref)
  return refs
}

/** `Target.updateKeywords`. */
export async function updateKeywords(access: MailAccess, changes: readonly KeywordChange[]): Promise<void> {
  const { userPath } = access
  const change = async ({ id, keywords }: KeywordChange): Promise<void> => {
    const path = userPath + graphPath`/messages/${id}`
    await callMessage(access, { method: 'PATCH', path, body: toChanges(keywords), permission })
  }
  for await (const _ of mapAhead(changes, access.requestsAtOnce, change)) continue
}

/** `Target.move`: a moved message has another id, which the answer tells. */
export async function moveMessages(
  access: MailAccess,
  ids: readonly ItemId[],
  into: FolderId,
): Promise<ReadonlyMap<ItemId, ItemId | undefined>> {
  const { userPath } = access
  const moved = new Map<ItemId, ItemId | undefined>()
  const move = async (id: ItemId): Promise<void> => {
    const path = userPath + graphPath`/messages/${id}/move`
    const answer = await callMessage(access, { method: 'POST', path, body: { destinationId: into }, permission })
    if (answer !== undefined) moved.set(id, String(answer.json['id']) as ItemId)
  }
  for await (const _ of mapAhead(ids, access.requestsAtOnce, move)) continue
  return moved
}
