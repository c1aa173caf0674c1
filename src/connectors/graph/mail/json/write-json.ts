import { MigrationError } from '../../../../core/errors.ts'
import type { ItemId } from '../../../../core/model/ids.ts'
import type { Delivery, WriteResult } from '../../../../core/model/item.ts'
import { graphPath } from '../../../kit/microsoft/graph-path.ts'
import { freeBytes } from '../../../kit/free-bytes.ts'
import type { HttpSender } from '../../../kit/http/http-client.ts'
import { binaryValues } from '../../../../formats/mapi/binary-values.ts'
import type { MapiMessage } from '../../../../formats/mapi/message.ts'
import type { Room } from '../../byte-budget.ts'
import type { MailAccess } from '../mail-access.ts'
import { rebuiltLossy } from '../mail-essence.ts'
import { type AddressNow, isMade, toMessage } from '../mail-streams.ts'
import { writeByCalls } from '../write-by-calls.ts'
import { type AttachedFile, toFileAttachment, toFiles } from './attached-files.ts'
import { toMessageJson } from './message-json.ts'

const permission = 'Mail.ReadWrite'
/** A request may have 4 MB, and base64 takes four thirds (exchange.md 3.2). */
const inlineBytesMax = 2_500_000
/** Of an upload session; a multiple of 320 KiB, as Microsoft wants it. */
const uploadPieceBytes = 10 * 320 * 1024

/** What writing messages as JSON needs. */
export interface JsonParts {
  readonly access: MailAccess
  /** For upload URLs, which take no token. */
  readonly uploads: HttpSender
  readonly addressNow: AddressNow
  /** Of all streams: for what is being written. */
  readonly room: Room
}

/**
 * `Target.write` as Graph's JSON: for tenants that take mail in no other way (exchange.md 3.2, 8.1 way b). The message is no
 * draft and has its dates, but Exchange rebuilds it: other forms of its body and the validity of signatures are lost.
 */
export function writeJson(parts: JsonParts, deliveries: AsyncIterable<Delivery>): AsyncIterable<WriteResult> {
  const { access, addressNow, room } = parts
  const make = (delivery: Delivery): Promise<MapiMessage> => toPosted(delivery, addressNow)
  return writeByCalls({ access, room, make, create: (message, delivery) => createMessage(parts, delivery, message), alteredOf: () => rebuiltLossy }, deliveries)
}

/** The message of a delivery as it is posted: properties of a meeting cannot be, so its calendar stays a file. */
export function toPosted(delivery: Delivery, addressNow: AddressNow): Promise<MapiMessage> {
  return toMessage(delivery, addressNow, {})
}

/** Writes a delivery's message, all of it or nothing; the message is spoilt. Throws as `GraphCaller.call`, and `item` or `transient` for an upload that is refused. */
export async function createMessage({ access, uploads }: Pick<JsonParts, 'access' | 'uploads'>, { into, item }: Delivery, message: MapiMessage): Promise<ItemId> {
  const { graph, userPath } = access
  const files = toFiles(message.attachments)
  const within = files.reduce((sum, { content }) => sum + content.byteLength, 0) <= inlineBytesMax
  const path = userPath + graphPath`/mailFolders/${into}/messages`
  const body = { ...toMessageJson(message), ...(within && files.length > 0 && { attachments: files.map(toFileAttachment) }) }
  const { json } = await graph.call({ method: 'POST', path, body, permission })
  const id = String(json['id'])
  if (within) return id as ItemId
  try {
    for (const file of files) await attach(access, uploads, id, file)
  } catch (error) {
    // All or nothing: half a message must not stay.
    await graph.call({ method: 'POST', path: userPath + graphPath`/messages/${id}/permanentDelete`, expects: [404], permission })
    throw error
  }
  // After a refusal something may still be on its way to the socket.
  for (const value of binaryValues(message)) if (isMade(value, item.content)) freeBytes(value)
  return id as ItemId
}

async function attach({ graph, userPath, signal }: MailAccess, uploads: HttpSender, id: string, file: AttachedFile): Promise<void> {
  const path = userPath + graphPath`/messages/${id}/attachments`
  if (file.content.byteLength <= inlineBytesMax) {
    await graph.call({ method: 'POST', path, body: toFileAttachment(file), permission })
    return
  }
  const { name, contentType, content, isInline, contentId } = file
  const size = content.byteLength
  const AttachmentItem = { attachmentType: 'file', name, size, contentType, isInline, ...(contentId !== undefined && { contentId }) }
  const { json } = await graph.call({ method: 'POST', path: `${path}/createUploadSession`, body: { AttachmentItem }, permission })
  const url = String(json['uploadUrl'])
  for (let from = 0; from < size; from += uploadPieceBytes) {
    const piece = content.subarray(from, Math.min(from + uploadPieceBytes, size))
    const headers = { 'content-type': 'application/octet-stream', 'content-range': `bytes ${from}-${from + piece.byteLength - 1}/${size}` }
    const { status } = await uploads.send({ method: 'PUT', url, headers, body: piece, signal })
    if (status !== 200 && status !== 201) throw uploadRefused(status)
  }
}

function uploadRefused(status: number): MigrationError {
  return new MigrationError(status === 413 ? 'item' : 'transient', 'graph.mail.upload-refused', {
    message: 'Microsoft did not take an attachment of a message.',
    hint: status === 413 ? "Raise the mailbox's limit (Set-Mailbox -MaxReceiveSize 150MB), or leave the message out." : 'It is tried again.',
  })
}
