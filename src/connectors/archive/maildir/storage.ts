import { readdir, writeFile } from 'node:fs/promises'
import type { Capabilities } from '../../../core/model/capabilities.ts'
import type { Folder, Role } from '../../../core/model/folder.ts'
import type { FolderId, ItemId } from '../../../core/model/ids.ts'
import type { Delivery, ItemRef } from '../../../core/model/item.ts'
import type { EnsuredFolder, KeywordChange } from '../../../core/ports/connector.ts'
import type { Context } from '../../../core/ports/context.ts'
import { formatMaildirFileName, parseMaildirFileName } from '../../../formats/maildir/file-name.ts'
import { toSystemPath } from '../byte-path.ts'
import { fileNaming } from '../capabilities.ts'
import { toFolder, type FoundFolder } from '../distinct-folders.ts'
import { syncDirectory } from '../durable-file.ts'
import { archiveError, toArchiveError } from '../errors.ts'
import { FolderCache } from '../folder-cache.ts'
import { addFolderFacts, folderFactsFile, readFolderFacts } from '../folder-facts.ts'
import { Mutex } from '../mutex.ts'
import { makeRoot } from '../open-root.ts'
import type { Listing, StoredMessage, WritableStorage, WriteOutcome } from '../storage.ts'
import { UniqueNames } from '../unique-name.ts'
import { deliver } from './deliver.ts'
import { findMaildirFolders, isShortened, toMaildirName } from './find-folders.ts'
import { FolderDirectory } from './folder-directory.ts'
import { SubscriptionFile } from './subscription-file.ts'

/** Maildir++ on disk (https://www.courier-mta.org/maildir.html), as Dovecot reads and writes it. */
export class MaildirStorage implements WritableStorage {
  readonly capabilities: Capabilities = {
    preservesBytes: true,
    datePrecisionMs: 1,
    storesKeywords: true,
    sessionsMax: 4,
    folderNaming: fileNaming,
    announced: ['maildir++', 'dovecot-keywords'],
  }
  readonly #root: string
  readonly #names: UniqueNames
  readonly #subscriptions: SubscriptionFile
  readonly #folders: FolderCache<FolderDirectory>
  readonly #ensuring = new Mutex()

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

  async #describe(found: FoundFolder): Promise<Folder> {
    const folder = toFolder(found)
    if (!found.holdsItems) return folder
    const directory = this.#folders.get(found.relative)
    const { role } = await readFolderFacts(directory.path(folderFactsFile))
    return { ...(role !== undefined && { role }), ...folder, status: await directory.status() }
  }

  async list(folderId: FolderId): Promise<Listing> {
    return await this.#folders.get(folderId).list()
  }

  async open(ref: Pick<ItemRef, 'id' | 'folderId'>): Promise<StoredMessage | undefined> {
    return await this.#folders.get(ref.folderId).open(ref.id)
  }

  ensureFolder(
    path: readonly string[],
    wish: { readonly role?: Role; readonly isSubscribed?: boolean },
  ): Promise<EnsuredFolder> {
    return this.#ensuring.run(async () => {
      if (path.length === 0 || path.some((name) => name === '')) throw archiveError('folder-name')
      await makeRoot(this.#root)
      const { folders, encoding } = await this.#find()
      const found = folders.find((one) => JSON.stringify(one.path) === JSON.stringify(path))
      const directory = this.#folders.get(found?.relative ?? toMaildirName(path, encoding))
      const isInbox = directory.id === '.'
      const isNew = await directory.ensure()
      try {
        if (isNew && !isInbox) {
          // Tells a delivery agent that this directory is a folder, not an account (Maildir++).
          await writeFile(directory.path('maildirfolder'), '')
          await syncDirectory(toSystemPath(this.#root, '.'))
        }
        await addFolderFacts(directory.path(folderFactsFile), {
          ...(wish.role !== undefined && wish.role !== 'inbox' && { role: wish.role }),
          ...(isNew && isShortened(path, encoding) && { path }),
        })
        if (wish.isSubscribed === true) await this.#subscriptions.add(path, encoding)
      } catch (error) {
        throw toArchiveError(error, directory.shown())
      }
      return { id: directory.id, items: (await directory.status()).items, isNew: isNew && !isInbox }
    })
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

  async close(): Promise<void> {
    // No file stays open between calls.
  }

  async #find() {
    try {
      return await findMaildirFolders(this.#root)
    } catch (error) {
      throw toArchiveError(error, this.#root)
    }
  }
}
