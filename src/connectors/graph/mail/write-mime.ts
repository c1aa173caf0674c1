import type { FolderId, ItemId } from '../../../core/model/ids.ts'
import type { Delivery, WriteResult } from '../../../core/model/item.ts'
import type { MapiMessage } from '../../../formats/mapi/message.ts'
import { graphPath } from '../../kit/microsoft/graph-path.ts'
import type { MailAccess } from './mail-access.ts'
import { rebuilt, rebuiltLossy } from './mail-essence.ts'
import { createMessage, type JsonParts, toPosted } from './json/write-json.ts'
import { wholeOf } from './mail-streams.ts'
import { toChanges } from './message-keywords.ts'
import { specimen, specimenReceivedAtMs } from './specimen.ts'
import { writeByCalls } from './write-by-calls.ts'

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
 * `Target.write` as MIME, which Exchange converts by itself; three calls for each message. A draft goes as JSON, since MIME
 * cannot say that it is one.
 */
export function writeMime(parts: JsonParts, deliveries: AsyncIterable<Delivery>): AsyncIterable<WriteResult> {
  const { access, addressNow, room } = parts
  const make = async (delivery: Delivery): Promise<MapiMessage | Uint8Array> =>
    delivery.keywords.includes('$draft') ? toPosted(delivery, addressNow) : wholeOf(delivery.item.content, delivery.item.sizeBytes)
  const create = (made: MapiMessage | Uint8Array, delivery: Delivery): Promise<ItemId> =>
    made instanceof Uint8Array ? post(access, made, delivery) : createMessage(parts, delivery, made)
  const alteredOf = (made: MapiMessage | Uint8Array): string => (made instanceof Uint8Array ? rebuilt : rebuiltLossy)
  return writeByCalls({ access, room, make, create, alteredOf }, deliveries)
}

/** Posted into Drafts, marked there, and moved last: what stands in its folder is whole. */
async function post(access: MailAccess, bytes: Uint8Array, { into, keywords, receivedAt }: Delivery): Promise<ItemId> {
  const { graph, userPath } = access
  const { id } = await postMime(access, bytes)
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
