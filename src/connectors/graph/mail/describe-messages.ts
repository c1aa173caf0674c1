import type { FolderId, ItemId } from '../../../core/model/ids.ts'
import type { Description, ItemRef } from '../../../core/model/item.ts'
import type { Described } from '../../../core/ports/connector.ts'
import { describeMessage } from '../../../formats/message-description.ts'
import { mapAhead } from '../../kit/map-ahead.ts'
import { graphPath } from '../../kit/microsoft/graph-path.ts'
import { graphValues } from '../../kit/microsoft/graph-pages.ts'
import type { JsonObject } from '../../kit/microsoft/read-json.ts'
import { callMessage } from './call-message.ts'
import { expandExtended, extendedValue } from './extended-value.ts'
import type { MailAccess } from './mail-access.ts'

/** PidTagTransportMessageHeaders: the header as it was received, one character for each byte. */
const transportHeaders = 'String 0x007D'
const headerQuery = { $select: 'id', $expand: expandExtended([transportHeaders]) } as const
/** Headers take kilobytes: small pages keep the answers small. */
const pageItemsMax = 50
/** Of a folder's messages at least one in so many has to be wanted, or they are asked for one by one. */
const listingPays = 20

/**
 * `Reader.describe`: by listing the folder with its messages' headers, or one by one where only few are wanted. A message
 * without a stored header (a draft, one that was sent here) is read as MIME for it.
 */
export async function* describeMessages(access: MailAccess, refs: readonly ItemRef[]): AsyncGenerator<Described> {
  for (const [folderId, own] of Map.groupBy(refs, (ref) => ref.folderId)) {
    const texts = own.length > access.requestsAtOnce * 2 ? await listHeaders(access, folderId, own) : new Map<ItemId, string>()
    for await (const one of mapAhead(own, access.requestsAtOnce, (ref) => describeOne(access, ref, texts.get(ref.id)))) {
      if (one !== undefined) yield one
    }
  }
}

async function listHeaders({ graph, userPath }: MailAccess, folderId: FolderId, refs: readonly ItemRef[]): Promise<Map<ItemId, string>> {
  const wanted = new Set(refs.map((ref) => ref.id))
  const texts = new Map<ItemId, string>()
  const path = userPath + graphPath`/mailFolders/${folderId}/messages`
  const query = { ...headerQuery, $top: pageItemsMax }
  let seen = 0
  for await (const message of graphValues(graph, { method: 'GET', path, query, permission: 'Mail.Read' })) {
    const id = String(message['id']) as ItemId
    if (wanted.delete(id)) texts.set(id, headerOf(message))
    seen++
    if (wanted.size === 0 || seen > refs.length * listingPays) break
  }
  return texts
}

async function describeOne(access: MailAccess, ref: ItemRef, listed: string | undefined): Promise<Described | undefined> {
  const { userPath } = access
  let header = listed
  if (header === undefined) {
    const path = userPath + graphPath`/messages/${ref.id}`
    const answer = await callMessage(access, { method: 'GET', path, query: headerQuery, permission: 'Mail.Read' })
    if (answer === undefined) return undefined
    header = headerOf(answer.json)
  }
  if (header !== '') return { ref, description: descriptionOf(header) }
  const path = userPath + graphPath`/messages/${ref.id}/$value`
  const answer = await callMessage(access, { method: 'GET', path, permission: 'Mail.Read' })
  return answer === undefined ? undefined : { ref, description: describeMessage(answer.body) }
}

function headerOf(message: JsonObject): string {
  return extendedValue(message, transportHeaders) ?? ''
}

function descriptionOf(header: string): Description {
  return describeMessage(Buffer.from(header, 'latin1'))
}
