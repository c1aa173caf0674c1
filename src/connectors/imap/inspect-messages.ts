import type { FolderId, ItemId } from '../../core/model/ids.ts'
import type { ItemRef } from '../../core/model/item.ts'
import { answerError } from './errors.ts'
import { examine } from './examine.ts'
import { isMessageData, refAttributes } from './enumerate.ts'
import { toKeywords } from './flags.ts'
import { toItemId, uidOf, uidValidityOf } from './item-id.ts'
import { parseFetch } from './protocol/fetch-response.ts'
import { chunkSequenceSet } from './protocol/sequence-set.ts'
import type { Session } from './protocol/session.ts'

/** Messages of one folder as they are now; those gone are left out. */
export async function inspectMessages(
  session: Session,
  folderId: FolderId,
  ids: readonly ItemId[],
): Promise<ReadonlyMap<ItemId, ItemRef>> {
  const refs = new Map<ItemId, ItemRef>()
  if (ids.length === 0) return refs
  let uidValidity = 0
  const examined = examine(session, folderId, (state) => (uidValidity = state.uidValidity))
  const uids = [...new Set(ids.map(uidOf))].sort((a, b) => a - b)
  const fetched = chunkSequenceSet(uids).map(({ set }) =>
    session.execute(`UID FETCH ${set} ${refAttributes}`, {
      claims: isMessageData,
      onUntagged: (text, literals) => {
        const data = parseFetch(text, literals)
        if (data?.uid === undefined || data.flags === undefined || data.sizeBytes === undefined) return
        const id = toItemId(uidValidity, data.uid)
        const receivedAt = data.receivedAt ?? { epochMs: 0, offsetMinutes: 0 }
        refs.set(id, { id, folderId, ...toKeywords(data.flags), sizeBytes: data.sizeBytes, receivedAt })
      },
    }),
  )
  await examined
  for (const answer of await Promise.all(fetched)) {
    if (answer.status !== 'OK') throw answerError(answer, { command: 'FETCH' })
  }
  const asked = new Set(ids.filter((id) => uidValidityOf(id) === uidValidity))
  return new Map([...refs].filter(([id]) => asked.has(id)))
}
