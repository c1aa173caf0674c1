import type { FolderId, ItemId } from '../../../core/model/ids.ts'
import type { Delivery, ItemRef, WriteResult } from '../../../core/model/item.ts'
import type { RecipientMap } from '../../../core/model/recipient-map.ts'
import { mapAddress } from '../../../core/plan/map-address.ts'
import type { EnsuredFolder, Essence, FolderWish, KeywordChange, Target } from '../../../core/ports/connector.ts'
import { inspectMessages, moveMessages, updateKeywords } from './change-messages.ts'
import type { HttpSender } from '../../kit/http/http-client.ts'
import type { Room } from '../byte-budget.ts'
import type { MailWay } from '../config.ts'
import { isExchangeId } from '../exchange-id.ts'
import type { MailAccess } from './mail-access.ts'
import { type CreatedWay, mailEssences } from './mail-essence.ts'
import type { AddressNow } from './mail-streams.ts'
import { type MailboxReader, MailReader } from './reader.ts'
import { takesStreams } from './probe-streams.ts'
import { type JsonParts, writeJson } from './json/write-json.ts'
import { writeMail, type WriteStreams } from './write-mail.ts'
import { takesNativeMime, writeMime } from './write-mime.ts'

/** What of the target of whole items that of mail is made of. */
export type MailboxTarget = MailboxReader & Pick<Target, 'ensureFolder' | 'remove'> & { readonly write: WriteStreams }

/** Of messages that are being written by calls of their own, over all streams; a larger one goes alone. */
const bytesUnderWayMax = 8 * 1024 * 1024

/** A mailbox filled with mail. */
export class MailTarget extends MailReader implements Target {
  #addressNow: AddressNow = (address) => address
  readonly remove?: NonNullable<Target['remove']>
  readonly #mailbox: MailboxTarget

  readonly #uploads: HttpSender
  readonly #room: Room
  /** Found out with the first message that is written. */
  #way: Promise<CreatedWay> | undefined
  #essences = essencesWith(this.#addressNow)

  constructor(mailbox: MailboxTarget, access: MailAccess, { via, uploads }: { readonly via: MailWay; readonly uploads: HttpSender }) {
    super(mailbox, access)
    this.#room = access.memory.withLine(access.memory.budget(bytesUnderWayMax), bytesUnderWayMax, 'making')
    this.#mailbox = mailbox
    this.#uploads = uploads
    if (via === 'stream' || via === 'mime' || via === 'json') this.#way = Promise.resolve(via)
    const { remove } = mailbox
    if (remove !== undefined) this.remove = (folderId, ids) => remove(folderId, ids)
  }

  get #jsonParts(): JsonParts {
    return { access: this.access, uploads: this.#uploads, addressNow: this.#addressNow, room: this.#room }
  }

  /** Of all ways: an earlier pass may have found another one than this one will. */
  get essences(): readonly Essence[] {
    return this.#essences
  }

  isOfAnotherWay(folderId: FolderId): boolean {
    return !isExchangeId(folderId)
  }

  mapRecipients(map: RecipientMap): void {
    this.#addressNow = (address) => mapAddress(map, address)
    this.#essences = essencesWith(this.#addressNow)
  }

  ensureFolder(path: readonly string[], wish: FolderWish): Promise<EnsuredFolder> {
    return this.#mailbox.ensureFolder(path, wish)
  }

  async *write(deliveries: AsyncIterable<Delivery>): AsyncGenerator<WriteResult> {
    const iterator = deliveries[Symbol.asyncIterator]()
    const first = await iterator.next()
    if (first.done === true) return
    const way = (this.#way ??= this.#findWay(first.value.into))
    const all = withFirst(first.value, iterator)
    yield* this.#writeBy(await way.catch((error: unknown) => this.#forgetWay(error)), all)
  }

  #writeBy(way: CreatedWay, deliveries: AsyncIterable<Delivery>): AsyncIterable<WriteResult> {
    switch (way) {
      case 'stream':
        return writeMail(deliveries, this.#addressNow, (raw, how) => this.#mailbox.write(raw, how))
      case 'mime':
        return writeMime(this.#jsonParts, deliveries)
      case 'json':
        return writeJson(this.#jsonParts, deliveries)
    }
  }

  async #findWay(folderId: FolderId): Promise<CreatedWay> {
    if (await takesStreams(this.#mailbox, this.access, folderId)) return 'stream'
    return (await takesNativeMime(this.access)) ? 'mime' : 'json'
  }

  /** It is asked again with the next stream. */
  #forgetWay(error: unknown): never {
    this.#way = undefined
    throw error
  }

  inspect(folderId: FolderId, ids: readonly ItemId[]): Promise<ReadonlyMap<ItemId, ItemRef>> {
    return inspectMessages(this.access, folderId, ids)
  }

  updateKeywords(changes: readonly KeywordChange[]): Promise<void> {
    return updateKeywords(this.access, changes)
  }

  move(_from: FolderId, ids: readonly ItemId[], into: FolderId): Promise<ReadonlyMap<ItemId, ItemId | undefined>> {
    return moveMessages(this.access, ids, into)
  }
}

function essencesWith(addressNow: AddressNow): readonly Essence[] {
  const { stream, mime, json } = mailEssences(addressNow)
  return [stream, mime, json]
}

async function* withFirst(first: Delivery, rest: AsyncIterator<Delivery>): AsyncGenerator<Delivery> {
  try {
    yield first
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
  } finally {
    await rest.return?.(undefined)
  }
}
