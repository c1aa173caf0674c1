import { forEachLimited } from '../../../core/flow/for-each-limited.ts'
import type { Capabilities } from '../../../core/model/capabilities.ts'
import type { FolderId, ItemId } from '../../../core/model/ids.ts'
import type { Delivery, ItemRef, WriteResult } from '../../../core/model/item.ts'
import type { EnsuredFolder, Essence, FolderWish, Target } from '../../../core/ports/connector.ts'
import type { Folder } from '../../../core/model/folder.ts'
import { findExtras, writeExtra } from '../extras/mailbox-extras.ts'
import { FolderDirectory } from '../folder-directory.ts'
import type { OpenedMailbox } from '../open-mailbox.ts'
import { exchangeEssence } from './essence.ts'
import { exportItems } from './export-items.ts'
import { importItem } from './import-item.ts'
import { ImportSessions } from './import-session.ts'
import { itemSelection, toItemRef } from './item-ref.ts'
import { lookUpItems } from './look-up-items.ts'
import { moveItems } from './move-items.ts'
import { ExchangeReader } from './reader.ts'
import { withdrawReceipt } from './withdraw-receipt.ts'
import { writeItems, type WriteParts, type WrittenHow } from './write-items.ts'

const removedAtOnce = 4

/** Of items that are being written, over all streams; a larger one goes alone. */
const bytesUnderWayMax = 8 * 1024 * 1024

/** The same mailbox, written to by import sessions. */
export class ExchangeTarget extends ExchangeReader implements Target {
  readonly essences: readonly Essence[] = [exchangeEssence]
  readonly move?: NonNullable<Target['move']>
  readonly copy?: NonNullable<Target['copy']>
  readonly remove?: NonNullable<Target['remove']>
  readonly findExtras?: NonNullable<Target['findExtras']>
  readonly writeExtra?: NonNullable<Target['writeExtra']>
  readonly #parts: WriteParts
  #directory: FolderDirectory | undefined

  constructor(opened: OpenedMailbox, capabilities: Capabilities) {
    super(opened, capabilities)
    const { client } = opened
    const { extras } = this
    if (extras !== undefined) {
      this.findExtras = (asked, successors) => findExtras(extras, asked, successors)
      this.writeExtra = (extra, standing) => writeExtra(extras, extra, standing)
    }
    const room = opened.memory.budget(bytesUnderWayMax)
    const making = opened.memory.withLine(room, bytesUnderWayMax, 'making')
    this.#parts = { client, sessions: new ImportSessions(client), homes: new Map(), room, making }
    // Without the permission each would be refused.
    if (!client.mayHave('MailboxItem.ReadWrite.All')) return
    this.remove = (folderId, ids) => this.#remove(folderId, ids)
    this.copy = (from, ids, into) => this.#copy(from, ids, into)
    if (!client.mayHave('Mail.ReadWrite')) return
    this.move = (_from, ids, into) => moveItems(client, ids, into)
  }

  override async discover(): Promise<readonly Folder[]> {
    const folders = await super.discover()
    this.#directory = undefined
    return folders
  }

  async ensureFolder(path: readonly string[], wish: FolderWish): Promise<EnsuredFolder> {
    if (this.tree === undefined) await this.discover()
    if (this.tree === undefined) throw new Error('a mailbox that was listed has a tree')
    this.#directory ??= new FolderDirectory(this.opened.client, this.tree)
    return this.#directory.ensure(path, wish)
  }

  /** `Target.write`; of each delivery what `how` makes of it, which reads its content once there is room for it. */
  write(deliveries: AsyncIterable<Delivery>, how?: WrittenHow): AsyncIterable<WriteResult> {
    return writeItems(this.#parts, deliveries, how)
  }

  async inspect(folderId: FolderId, ids: readonly ItemId[]): Promise<ReadonlyMap<ItemId, ItemRef>> {
    const found = await lookUpItems(this.opened.client, folderId, ids, { select: itemSelection }, this.itemsIn(folderId))
    return new Map([...found].map(([id, json]) => [id, toItemRef(json, folderId)]))
  }

  /** Nothing is sent to anybody: meetings are deleted as items, not as events (exchange.md 3.6). */
  async #remove(folderId: FolderId, ids: readonly ItemId[]): Promise<void> {
    const { client } = this.opened
    await forEachLimited(ids, { concurrencyMax: removedAtOnce, signal: client.signal }, async (id) => {
      if (client.mayHave('Mail.ReadWrite')) await withdrawReceipt(client, id)
      await client.call({
        method: 'DELETE',
        path: `/folders/${encodeURIComponent(folderId)}/items/${encodeURIComponent(id)}`,
        query: { disposalType: 'hardDelete' },
        // An id that is none is gone as well.
        expects: [400, 404],
        permission: 'MailboxItem.ReadWrite.All',
      })
    })
  }

  /** For kinds that no interface moves: taken out here and put in there, one after the other. */
  async #copy(from: FolderId, ids: readonly ItemId[], into: FolderId): Promise<ReadonlyMap<ItemId, ItemId | undefined>> {
    const copied = new Map<ItemId, ItemId | undefined>()
    const [receivedAt, keywords] = [{ epochMs: 0, offsetMinutes: 0 }, []]
    for (const id of ids) {
      const [read] = await exportItems(this.opened.client, [{ id, folderId: from, version: '', sizeBytes: 0, receivedAt, keywords }])
      if (read === undefined || read.type === 'gone' || (read.type === 'failed' && read.error.code === 'graph.item-unknown')) continue
      if (read.type === 'failed') throw read.error
      const written = await importItem(this.#parts, { item: read.item, into, receivedAt, keywords, group: 0 })
      if (written.type === 'refused') throw written.error
      if (written.type === 'written') copied.set(id, written.targetId)
    }
    return copied
  }
}
