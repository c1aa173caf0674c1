import type { Folder } from '../../core/model/folder.ts'
import type { FolderId, ItemId } from '../../core/model/ids.ts'
import type { Delivery, ItemRef, WriteResult } from '../../core/model/item.ts'
import type { EnsuredFolder, FolderWish, KeywordChange, Target } from '../../core/ports/connector.ts'
import type { Context } from '../../core/ports/context.ts'
import { batched } from './batches.ts'
import { isInbox } from './distinct-folders.ts'
import { archiveError } from './errors.ts'
import { Mutex } from './mutex.ts'
import { ArchiveReader } from './source.ts'
import type { WritableStorage } from './storage.ts'

/** An opened archive that can be written, over any format; what the format cannot do is absent. */
export class ArchiveTarget extends ArchiveReader<WritableStorage> implements Target {
  readonly move?: (
    from: FolderId,
    ids: readonly ItemId[],
    into: FolderId,
  ) => Promise<ReadonlyMap<ItemId, ItemId | undefined>>
  readonly remove?: (folderId: FolderId, ids: readonly ItemId[]) => Promise<void>

  /** Listed whether or not it is there, as every mailbox has one; made by the first delivery into it. */
  #inbox: FolderId | undefined
  readonly #ensuring = new Mutex()

  constructor(storage: WritableStorage, context: Context) {
    super(storage, context)
    if (storage.move) this.move = this.#checked(storage.move.bind(storage))
    if (storage.remove) this.remove = this.#checked(storage.remove.bind(storage))
  }

  override async discover(): Promise<readonly Folder[]> {
    const folders = await super.discover()
    this.#inbox = folders.find(({ path }) => isInbox(path))?.id
    return folders
  }

  /** An INBOX is never new, since it was listed. */
  ensureFolder(path: readonly string[], wish: FolderWish): Promise<EnsuredFolder> {
    return this.#checked(async () => {
      if (path.length === 0 || path.includes('')) throw archiveError('folder-name')
      const ensured = await this.#ensuring.run(() => this.storage.ensureFolder(path, wish))
      return isInbox(path) ? { ...ensured, isNew: false } : ensured
    })()
  }

  async *write(deliveries: AsyncIterable<Delivery>): AsyncGenerator<WriteResult> {
    for await (const batch of batched(deliveries)) {
      this.context.signal.throwIfAborted()
      if (batch.some(({ into }) => into === this.#inbox)) await this.#ensureInbox()
      const { results, failure } = await this.storage.write(batch)
      yield* results
      if (failure !== undefined) throw failure.error
    }
  }

  inspect(folderId: FolderId, ids: readonly ItemId[]): Promise<ReadonlyMap<ItemId, ItemRef>> {
    return this.#checked(() => this.storage.inspect(folderId, ids))()
  }

  updateKeywords(changes: readonly KeywordChange[]): Promise<void> {
    return this.#checked(() => this.storage.updateKeywords(changes))()
  }

  async #ensureInbox(): Promise<void> {
    await this.#ensuring.run(() => this.storage.ensureFolder(['INBOX'], {}))
    this.#inbox = undefined
  }

  #checked<A extends unknown[], R>(work: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
    return async (...args) => {
      this.context.signal.throwIfAborted()
      return await work(...args)
    }
  }
}
