import { Buffer } from 'node:buffer'
import type { FolderId, ItemId } from '../../../core/model/ids.ts'
import type { Description, ItemRef } from '../../../core/model/item.ts'
import type { Described } from '../../../core/ports/connector.ts'
import { describeObject } from '../../../formats/mapi/object-description.ts'
import type { JsonObject } from '../../kit/microsoft/read-json.ts'
import { jsonObjects, jsonText } from '../../kit/microsoft/json-values.ts'
import type { MailboxClient } from '../mailbox-client.ts'
import { lookUpItems } from './look-up-items.ts'

/** Extended properties by their numbers (exchange.md 2.3). */
const subject = 0x0037
const sentAt = 0x0039
const senderSmtpAddress = 0x5d01
const senderAddress = 0x0c1f
const senderName = 0x0c1a
const messageId = 0x1035
const searchKey = 0x300b

const asked = [
  ['String', subject],
  ['SystemTime', sentAt],
  ['String', senderSmtpAddress],
  ['String', senderAddress],
  ['String', senderName],
  ['String', messageId],
  ['Binary', searchKey],
] as const

const ids = asked.map(([type, id]) => `id eq '${type} 0x${id.toString(16).padStart(4, '0')}'`)
const wanted = { select: 'id,changeKey,type', expand: `singleValueExtendedProperties($filter=${ids.join(' or ')})` }

/** So many descriptions of items that nobody asked for yet are kept, since a list gives them all at once. */
const keptMax = 20_000

/** Describes items without opening them; what a list tells of others is kept for when they are asked for. */
export class DescribedItems {
  readonly #client: MailboxClient
  readonly #itemsIn: (folderId: FolderId) => number
  /** By id and version. */
  readonly #kept = new Map<string, Description>()

  /** `itemsIn`: how many items a folder has, about. */
  constructor(client: MailboxClient, itemsIn: (folderId: FolderId) => number) {
    this.#client = client
    this.#itemsIn = itemsIn
  }

  /** As `Reader.describe`. */
  async *describe(refs: readonly ItemRef[]): AsyncGenerator<Described> {
    const open: ItemRef[] = []
    for (const ref of refs) {
      const description = this.#take(ref)
      if (description === undefined) open.push(ref)
      else yield { ref, description }
    }
    for (const [folderId, inFolder] of Map.groupBy(open, (ref) => ref.folderId)) {
      const found = await lookUpItems(
        this.#client,
        folderId,
        inFolder.map(({ id }) => id),
        wanted,
        this.#itemsIn(folderId),
        (json) => this.#keep(json),
      )
      for (const ref of inFolder) {
        const json = found.get(ref.id)
        if (json !== undefined) yield { ref, description: descriptionOf(json) }
      }
    }
  }

  #take({ id, version }: ItemRef): Description | undefined {
    const key = `${id} ${version}`
    const description = this.#kept.get(key)
    this.#kept.delete(key)
    return description
  }

  #keep(json: JsonObject): void {
    if (this.#kept.size >= keptMax) return
    this.#kept.set(`${jsonText(json, 'id') as ItemId} ${jsonText(json, 'changeKey')}`, descriptionOf(json))
  }
}

function descriptionOf(json: JsonObject): Description {
  const values = new Map(
    jsonObjects(json, 'singleValueExtendedProperties').map((one) => [numberOf(jsonText(one, 'id')), jsonText(one, 'value')]),
  )
  const sentAtMs = Date.parse(values.get(sentAt) ?? '')
  const key = values.get(searchKey)
  return describeObject({
    messageClass: jsonText(json, 'type'),
    subject: values.get(subject) ?? '',
    sender: values.get(senderSmtpAddress) ?? values.get(senderAddress) ?? values.get(senderName) ?? '',
    sentAtMs: Number.isNaN(sentAtMs) ? undefined : sentAtMs,
    messageId: values.get(messageId) ?? '',
    searchKey: key === undefined ? undefined : Buffer.from(key, 'base64'),
  })
}

/** Graph writes the number without leading zeros: `String 0x37`. */
function numberOf(id: string): number {
  return Number(/ (0x[0-9a-f]+)$/i.exec(id)?.[1])
}
