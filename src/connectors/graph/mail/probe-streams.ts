import type { FolderId, ItemId } from '../../../core/model/ids.ts'
import type { Delivery, ItemRef } from '../../../core/model/item.ts'
import type { Target } from '../../../core/ports/connector.ts'
import { graphValues } from '../../kit/microsoft/graph-pages.ts'
import { mailEssence } from './mail-essence.ts'
import { readMessages } from './read-messages.ts'
import type { MailAccess } from './mail-access.ts'
import { toStream } from './mail-streams.ts'
import type { WriteStreams } from './write-mail.ts'
import { specimen, specimenMessageId, specimenReceivedAtMs, specimenSubject } from './specimen.ts'

/** What the probe needs of the target of whole items. */
export type ProbedMailbox = Pick<Target, 'remove'> & { readonly write: WriteStreams }

const receivedAt = { epochMs: specimenReceivedAtMs, offsetMinutes: 0 }

/**
 * Whether the mailbox takes streams made here: a small message is imported into `folderId`, read back, compared and removed
 * (exchange.md 0.3), and with it what a probe that was cut short has left behind. False when it is refused or comes back as
 * another; throws what does not tell.
 */
export async function takesStreams(mailbox: ProbedMailbox, access: MailAccess, folderId: FolderId): Promise<boolean> {
  const ref: ItemRef = { id: 'probe' as ItemId, folderId, version: '', sizeBytes: specimen.byteLength, receivedAt, keywords: ['$seen'] }
  const description = { identity: 'probe', messageId: '', from: '', subject: '' }
  await removeLeftovers(mailbox, access)
  const delivery: Delivery = { item: { ref, sizeBytes: specimen.byteLength, description, content: specimen }, into: folderId, receivedAt, keywords: ['$seen'], group: 0 }
  const targetId = await importOne(mailbox, await toStream(delivery, (address) => address))
  if (targetId === undefined) return false
  try {
    return await isSame(access, { ...ref, id: targetId })
  } finally {
    await mailbox.remove?.(folderId, [targetId])
  }
}

/** A process that was killed, or an answer that was lost, leaves the message where nobody asks for it any more. */
async function removeLeftovers(mailbox: ProbedMailbox, { graph, userPath }: MailAccess): Promise<void> {
  const query = { $filter: `internetMessageId eq '${specimenMessageId}'`, $select: 'id,parentFolderId,subject,receivedDateTime' }
  for await (const found of graphValues(graph, { method: 'GET', path: `${userPath}/messages`, query, permission: 'Mail.Read' })) {
    if (found['subject'] !== specimenSubject || Date.parse(String(found['receivedDateTime'])) !== receivedAt.epochMs) continue
    await mailbox.remove?.(String(found['parentFolderId']) as FolderId, [String(found['id']) as ItemId])
  }
}

async function importOne(mailbox: ProbedMailbox, delivery: Delivery): Promise<ItemId | undefined> {
  for await (const result of mailbox.write(one(delivery))) {
    if (result.type === 'written') return result.targetId
    if (result.type === 'refused' && result.error.kind !== 'item') throw result.error
  }
  return undefined
}

async function isSame(access: MailAccess, ref: ItemRef): Promise<boolean> {
  const { graph, userPath } = access
  const { json } = await graph.call({ method: 'GET', path: `${userPath}/messages/${encodeURIComponent(ref.id)}`, query: { $select: 'isDraft,isRead,receivedDateTime' }, permission: 'Mail.Read' })
  if (json['isDraft'] !== false || json['isRead'] !== true || Date.parse(String(json['receivedDateTime'])) !== receivedAt.epochMs) return false
  for await (const result of readMessages(access, access.memory.budget(specimen.byteLength), one([ref]))) {
    if (result.type === 'failed') throw result.error
    if (result.type !== 'item' || !(result.item.content instanceof Uint8Array)) return false
    return mailEssence.of(result.item.content)?.item === mailEssence.of(specimen)?.item
  }
  return false
}

async function* one<T>(value: T): AsyncGenerator<T> {
  yield value
}
