import { readdir, writeFile } from 'node:fs/promises'
import type { Folder } from '../../../core/model/folder.ts'
import type { FolderId, ItemId } from '../../../core/model/ids.ts'
import type { Delivery, ItemRef } from '../../../core/model/item.ts'
import type { EnsuredFolder, FolderWish, KeywordChange } from '../../../core/ports/connector.ts'
import type { Context } from '../../../core/ports/context.ts'
import { formatMaildirFileName, parseMaildirFileName } from '../../../formats/maildir/file-name.ts'
import { toSystemPath } from '../byte-path.ts'
import { fileCapabilities } from '../capabilities.ts'
import { describeFolder, folderAt, type FoundFolder } from '../distinct-folders.ts'
import { syncDirectory } from '../durable-file.ts'
import { toArchiveError } from '../errors.ts'
import { FolderCache } from '../folder-cache.ts'
import { addFolderFacts, folderFactsFile, wishedFacts } from '../folder-facts.ts'
import { makeRoot } from '../open-root.ts'
import type { Listing, StoredMessage, WritableStorage, WriteOutcome } from '../storage.ts'
import { UniqueNames } from '../unique-name.ts'
import { deliver } from './deliver.ts'
import { findMaildirFolders, isShortened, toMaildirName } from './find-folders.ts'
import { FolderDirectory } from './folder-directory.ts'
import { SubscriptionFile } from './subscription-file.ts'

/** Maildir++ on disk (https://www.courier-mta.org/maildir.html), as Dovecot reads and writes it. */
export class MaildirStorage implements WritableStorage {
  readonly capabilities = fileCapabilities('maildir++', 'dovecot-keywords')
  readonly #root: string
  readonly #names: UniqueNames
  readonly #subscriptions: SubscriptionFile
  readonly #folders: FolderCache<FolderDirectory>

  constructor(root: string, context: Context) {
    this.#root = root
    this.#names = new UniqueNames(context)
    this.#subscriptions = new SubscriptionFile(root)
    this.#folders = new FolderCache((id) => new FolderDirectory(root, id))
  }

  async discover(): Promise<readonly Folder[]> {
    const { folders, encoding } = await this.#find()
    const isSubscribed = await this.#subscriptions.load(encoding)
    const described = await Promise.all(folders.map((found) => this.#describe(found)))
    return described.map((folder) => ({ ...folder, ...(isSubscribed && { isSubscribed: isSubscribed(folder.path) }) }))
  }

  /** Whether there is any Maildir at all. */
  async isMaildir(): Promise<boolean> {
    const { folders } = await this.#find()
    return folders.length > 1 || !(await this.#folders.get('.').isAbsent())
  }

  /** Whether there is nothing but what a run that was killed at its very beginning leaves. */
  async isBegun(): Promise<boolean> {
    const names = await readdir(this.#root)
    return names.every((name) => ['cur', 'new', 'tmp', 'subscriptions'].includes(name) || name.startsWith('.'))
  }

  #describe(found: FoundFolder): Promise<Folder> {
    const directory = this.#folders.get(found.relative)
    return describeFolder(found, directory.path(folderFactsFile), () => directory.status())
  }

  async list(folderId: FolderId): Promise<Listing> {
    return await this.#folders.get(folderId).list()
  }

  async open(ref: Pick<ItemRef, 'id' | 'folderId'>): Promise<StoredMessage | undefined> {
    return await this.#folders.get(ref.folderId).open(ref.id)
  }

  async ensureFolder(path: readonly string[], { isSubscribed, ...wish }: FolderWish): Promise<EnsuredFolder> {
    await makeRoot(this.#root)
    const { folders, encoding } = await this.#find()
    const directory = this.#folders.get(folderAt(folders, path)?.relative ?? toMaildirName(path, encoding))
    const isNew = await directory.ensure()
    try {
      if (isNew && directory.id !== '.') {
        // Tells a delivery agent that this directory is a folder, not an account (Maildir++).
        await writeFile(directory.path('maildirfolder'), '')
        await syncDirectory(toSystemPath(this.#root, '.'))
      }
      const facts = { ...wishedFacts(wish), ...(isNew && isShortened(path, encoding) && { path }) }
      await addFolderFacts(directory.path(folderFactsFile), facts)
      if (isSubscribed === true) await this.#subscriptions.add(path, encoding)
    } catch (error) {
      throw toArchiveError(error, directory.shown())
    }
    return { id: directory.id, items: (await directory.status()).items, isNew }
  }

  async write(deliveries: readonly Delivery[]): Promise<WriteOutcome> {
    return await deliver(deliveries, this.#names, (id) => this.#folders.get(id))
  }

  async inspect(folderId: FolderId, ids: readonly ItemId[]): Promise<ReadonlyMap<ItemId, ItemRef>> {
    return await this.#folders.get(folderId).inspect(ids)
  }

  async updateKeywords(changes: readonly KeywordChange[]): Promise<void> {
    const touched = new Set<FolderDirectory>()
    for (const { folderId, id, keywords } of changes) {
      const directory = this.#folders.get(folderId)
      touched.add(directory)
      await directory.setFlags(id, keywords)
    }
    for (const directory of touched) await directory.sync()
  }

  async move(from: FolderId, ids: readonly ItemId[], into: FolderId): Promise<ReadonlyMap<ItemId, ItemId | undefined>> {
    const moved = new Map<ItemId, ItemId>()
    const source = this.#folders.get(from)
    const target = this.#folders.get(into)
    const refs = await source.inspect(ids)
    for (const [id, { keywords }] of refs) {
      // A name that the other folder has too, as after a copy by hand, would replace the message there.
      const newId = (await target.has(id)) ? this.#renamed(id) : id
      const name = formatMaildirFileName(newId, await target.keywords.flagsFor(newId, keywords))
      if (!(await source.rename(id, target.path('cur', name)))) continue
      target.note(newId, name)
      source.note(id, undefined)
      moved.set(id, newId)
    }
    await target.sync()
    await source.sync()
    return moved
  }

  #renamed(id: ItemId): ItemId {
    const { sizeBytes, crlfBytes } = parseMaildirFileName(id)
    const fields = sizeBytes === undefined || crlfBytes === undefined ? '' : `,S=${sizeBytes},W=${crlfBytes}`
    return `${this.#names.next()}${fields}` as ItemId
  }

  async remove(folderId: FolderId, ids: readonly ItemId[]): Promise<void> {
    const directory = this.#folders.get(folderId)
    for (const id of ids) await directory.unlink(id)
    await directory.sync()
  }

  async #find() {
    try {
      return await findMaildirFolders(this.#root)
    } catch (error) {
      throw toArchiveError(error, this.#root)
    }
  }
}
