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
import { importItem, type ImportParts } from './import-item.ts'
import { ImportSessions } from './import-session.ts'
import { itemSelection, toItemRef } from './item-ref.ts'
import { lookUpItems } from './look-up-items.ts'
import { moveItems } from './move-items.ts'
import { ExchangeReader } from './reader.ts'
import { withdrawReceipt } from './withdraw-receipt.ts'
import { writeItems } from './write-items.ts'

const removedAtOnce = 4

/** The same mailbox, written to by import sessions. */
export class ExchangeTarget extends ExchangeReader implements Target {
  readonly essence: Essence = exchangeEssence
  readonly move?: NonNullable<Target['move']>
  readonly remove?: NonNullable<Target['remove']>
  readonly findExtras?: NonNullable<Target['findExtras']>
  readonly writeExtra?: NonNullable<Target['writeExtra']>
  readonly #parts: ImportParts
  #directory: FolderDirectory | undefined

  constructor(opened: OpenedMailbox, capabilities: Capabilities) {
    super(opened, capabilities)
    const { client } = opened
    const { extras } = this
    if (extras !== undefined) {
      this.findExtras = (asked, placeOf) => findExtras(extras, asked, placeOf)
      this.writeExtra = (extra, standing) => writeExtra(extras, extra, standing)
    }
    this.#parts = { client, sessions: new ImportSessions(client), homes: new Map() }
    // Without the permission each would be refused.
    if (!client.mayHave('MailboxItem.ReadWrite.All')) return
    this.remove = (folderId, ids) => this.#remove(folderId, ids)
    if (!client.mayHave('Mail.ReadWrite')) return
    this.move = (from, ids, into) => moveItems(client, ids, into, (id) => this.#carry(from, id, into))
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

  write(deliveries: AsyncIterable<Delivery>): AsyncIterable<WriteResult> {
    return writeItems(this.#parts, deliveries)
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

  /** For kinds that no interface moves: taken out, put in there, and then removed here. */
  async #carry(from: FolderId, id: ItemId, into: FolderId): Promise<ItemId | undefined> {
    const ref: ItemRef = { id, folderId: from, version: '', sizeBytes: 0, receivedAt: { epochMs: 0, offsetMinutes: 0 }, keywords: [] }
    const [read] = await exportItems(this.opened.client, [ref])
    if (read === undefined || read.type === 'gone' || (read.type === 'failed' && read.error.code === 'graph.item-unknown')) return undefined
    if (read.type === 'failed') throw read.error
    const { receivedAt, keywords } = ref
    const written = await importItem(this.#parts, { item: read.item, into, receivedAt, keywords, group: 0 })
    if (written.type === 'refused') throw written.error
    if (written.type === 'conflict' || written.targetId === undefined) return undefined
    await this.#remove(from, [id])
    return written.targetId
  }
}
