import { MigrationError } from '../../../core/errors.ts'
import type { FolderId, ItemId } from '../../../core/model/ids.ts'
import type { Delivery, WriteResult } from '../../../core/model/item.ts'
import { mapAhead } from '../../kit/map-ahead.ts'
import { graphPath } from '../../kit/microsoft/graph-path.ts'
import type { MailAccess } from './mail-access.ts'
import { rebuilt } from './mail-essence.ts'
import { wholeDeliveries, wholeOf } from './mail-streams.ts'
import { toChanges } from './message-keywords.ts'
import { specimen, specimenReceivedAtMs } from './specimen.ts'

const permission = 'Mail.ReadWrite'

/**
 * Whether mail that is posted as MIME is no draft and keeps its date: announced for the end of 2026 (exchange.md 8.1 way f), and
 * found out by posting a small message, which is removed again.
 */
export async function takesNativeMime(access: MailAccess): Promise<boolean> {
  const { graph, userPath } = access
  const created = await postMime(access, specimen)
  await graph.call({ method: 'POST', path: userPath + graphPath`/messages/${created.id}/permanentDelete`, expects: [404], permission })
  return created.isDraft === false && created.receivedAtMs === specimenReceivedAtMs
}

/**
 * `Target.write` as MIME, which Exchange converts by itself; three calls for each message. A draft goes by `createDraft`, since
 * MIME cannot say that it is one.
 */
export function writeMime(
  access: MailAccess,
  createDraft: (delivery: Delivery) => Promise<ItemId>,
  deliveries: AsyncIterable<Delivery>,
): AsyncIterable<WriteResult> {
  return mapAhead(wholeDeliveries(deliveries), access.requestsAtOnce, async (delivery): Promise<WriteResult> => {
    const { ref } = delivery.item
    try {
      const targetId = delivery.keywords.includes('$draft') ? await createDraft(delivery) : await create(access, delivery)
      return { type: 'written', ref, targetId, altered: rebuilt }
    } catch (error) {
      if (error instanceof MigrationError && error.kind === 'item') return { type: 'refused', refs: [ref], error }
      throw error
    }
  })
}

/** Posted into Drafts, marked there, and moved last: what stands in its folder is whole. */
async function create(access: MailAccess, { into, item, keywords, receivedAt }: Delivery): Promise<ItemId> {
  const { graph, userPath } = access
  const { id } = await postMime(access, await wholeOf(item.content, item.sizeBytes))
  try {
    const body = toChanges(keywords, receivedAt)
    await graph.call({ method: 'PATCH', path: userPath + graphPath`/messages/${id}`, body, permission })
    return await moveTo(access, id, into)
  } catch (error) {
    await graph.call({ method: 'POST', path: userPath + graphPath`/messages/${id}/permanentDelete`, expects: [404], permission })
    throw error
  }
}

async function moveTo({ graph, userPath }: MailAccess, id: string, into: FolderId): Promise<ItemId> {
  const path = userPath + graphPath`/messages/${id}/move`
  const { json } = await graph.call({ method: 'POST', path, body: { destinationId: into }, permission })
  return String(json['id']) as ItemId
}

async function postMime({ graph, userPath }: MailAccess, bytes: Uint8Array) {
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
  const headers = { 'content-type': 'text/plain' }
  const { json } = await graph.call({ method: 'POST', path: `${userPath}/messages`, headers, body: Buffer.from(base64, 'latin1'), permission })
  return { id: String(json['id']), isDraft: json['isDraft'], receivedAtMs: Date.parse(String(json['receivedDateTime'])) }
}
