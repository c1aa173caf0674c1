import { mkdir, rename, unlink } from 'node:fs/promises'
import type { Folder } from '../../../core/model/folder.ts'
import type { FolderId, ItemId } from '../../../core/model/ids.ts'
import type { Delivery, ItemRef } from '../../../core/model/item.ts'
import type { EnsuredFolder, FolderWish, KeywordChange } from '../../../core/ports/connector.ts'
import type { Context } from '../../../core/ports/context.ts'
import { joinPath, toSystemPath } from '../byte-path.ts'
import { fileCapabilities } from '../capabilities.ts'
import { describeFolder, folderAt } from '../distinct-folders.ts'
import { syncDirectory, writeNewFile } from '../durable-file.ts'
import { errnoOf, toArchiveError } from '../errors.ts'
import { FolderCache } from '../folder-cache.ts'
import { addFolderFacts, folderFactsFile, wishedFacts } from '../folder-facts.ts'
import type { FactsLine } from '../message-facts.ts'
import { makeRoot } from '../open-root.ts'
import type { Listing, StoredMessage, WritableStorage, WriteOutcome } from '../storage.ts'
import { isShortenedName, toTreeName } from '../tree-name.ts'
import { UniqueNames } from '../unique-name.ts'
import { toOutcome } from '../write-outcome.ts'
import { findEmlFolders, type EmlFolders } from './find-folders.ts'
import { EmlDirectory, toFileName } from './folder-directory.ts'

/** A tree of directories with one .eml file for each message, and a file of facts in each directory. */
export class EmlStorage implements WritableStorage {
  readonly capabilities = fileCapabilities('eml')
  readonly #root: string
  readonly #names: UniqueNames
  readonly #folders: FolderCache<EmlDirectory>

  constructor(root: string, context: Context) {
    this.#root = root
    this.#names = new UniqueNames(context)
    this.#folders = new FolderCache((id) => new EmlDirectory(root, id))
  }

  async discover(): Promise<readonly Folder[]> {
    const { folders } = await this.find()
    return await Promise.all(
      folders.map((found) => {
        const directory = this.#folders.get(found.relative)
        return describeFolder(found, directory.path(folderFactsFile), () => directory.status())
      }),
    )
  }

  /** What is in the tree. */
  async find(): Promise<EmlFolders> {
    try {
      return await findEmlFolders(this.#root)
    } catch (error) {
      throw toArchiveError(error, this.#root)
    }
  }

  async list(folderId: FolderId): Promise<Listing> {
    return await this.#folders.get(folderId).list()
  }

  async open(ref: Pick<ItemRef, 'id' | 'folderId'>): Promise<StoredMessage | undefined> {
    return await this.#folders.get(ref.folderId).open(ref.id)
  }

  async ensureFolder(path: readonly string[], wish: FolderWish): Promise<EnsuredFolder> {
    await makeRoot(this.#root)
    const { folders } = await this.find()
    let relative = '.'
    let isNew = false
    for (const [above, name] of path.entries()) {
      const known = folderAt(folders, path.slice(0, above + 1))
      relative = known?.relative ?? joinPath(relative, toTreeName(name))
      isNew = await this.#make(relative, name)
    }
    const directory = this.#folders.get(relative)
    await this.#translated(addFolderFacts(directory.path(folderFactsFile), wishedFacts(wish)), directory)
    return { id: directory.id, items: (await directory.status()).items, isNew }
  }

  /** True when the directory was not there. */
  async #make(relative: string, name: string): Promise<boolean> {
    const directory = this.#folders.get(relative)
    try {
      await mkdir(directory.path(), { mode: 0o700 })
      if (isShortenedName(name)) await addFolderFacts(directory.path(folderFactsFile), { path: [name] })
      await syncDirectory(toSystemPath(this.#root, relative.includes('/') ? relative.replace(/\/[^/]*$/, '') : '.'))
      return true
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') return false
      throw toArchiveError(error, directory.shown())
    }
  }

  /** Each file is whole and its facts are durable before it gets the name that makes it a message. */
  async write(deliveries: readonly Delivery[]): Promise<WriteOutcome> {
    const staged = await Promise.allSettled(deliveries.map((delivery) => this.#stage(delivery)))
    const ready = staged.filter((one) => one.status === 'fulfilled').map((one) => one.value)
    try {
      for (const directory of new Set(ready.map((one) => one.directory))) {
        const own = ready.filter((one) => one.directory === directory)
        const work = async () => {
          await directory.facts.append(own.map((one) => one.line))
          await Promise.all(own.map((one) => rename(one.temporary, directory.path(toFileName(one.line.id)))))
        }
        await this.#translated(work(), directory)
        await directory.sync()
      }
    } catch (error) {
      for (const { temporary } of ready) await unlink(temporary).catch(ignoreAbsent)
      return { results: [], failure: { error } }
    }
    return toOutcome(deliveries, staged, (one) => one.line.id)
  }

  async #stage(delivery: Delivery): Promise<Staged> {
    const { item, receivedAt, keywords } = delivery
    const directory = this.#folders.get(delivery.into)
    const id = this.#names.nextDated(receivedAt.epochMs) as ItemId
    const temporary = directory.path(`.${id}.part`)
    const facts = { sizeBytes: item.sizeBytes, receivedAtMs: receivedAt.epochMs }
    const { bareLineFeeds } = await this.#translated(writeNewFile(temporary, item.content, facts), directory)
    return { directory, temporary, line: { id, receivedAt, keywords, isExact: bareLineFeeds > 0 } }
  }

  async inspect(folderId: FolderId, ids: readonly ItemId[]): Promise<ReadonlyMap<ItemId, ItemRef>> {
    return await this.#folders.get(folderId).inspect(ids)
  }

  async updateKeywords(changes: readonly KeywordChange[]): Promise<void> {
    for (const folderId of new Set(changes.map((change) => change.folderId))) {
      const directory = this.#folders.get(folderId)
      const own = changes.filter((change) => change.folderId === folderId)
      const there = await directory.inspect(own.map((change) => change.id))
      const lines = own
        .filter((change) => there.has(change.id))
        .map(({ id, keywords }): FactsLine => ({ ...toFactsLine(directory, there.get(id)!), keywords }))
      await this.#translated(directory.facts.append(lines), directory)
    }
  }

  async move(from: FolderId, ids: readonly ItemId[], into: FolderId): Promise<ReadonlyMap<ItemId, ItemId | undefined>> {
    const source = this.#folders.get(from)
    const target = this.#folders.get(into)
    const moved = new Map<ItemId, ItemId>()
    const lines: (FactsLine & { readonly oldId: ItemId })[] = []
    const taken = await target.inspect(ids)
    for (const [id, ref] of await source.inspect(ids)) {
      // Names given by hand repeat from folder to folder.
      const newId = taken.has(id) ? (this.#names.nextDated(ref.receivedAt.epochMs) as ItemId) : id
      lines.push({ ...toFactsLine(source, ref), id: newId, oldId: id })
    }
    await this.#translated(target.facts.append(lines), target)
    for (const { id, oldId } of lines) {
      if (await source.rename(oldId, target.path(toFileName(id)))) moved.set(oldId, id)
    }
    await target.sync()
    await source.sync()
    return moved
  }

  async remove(folderId: FolderId, ids: readonly ItemId[]): Promise<void> {
    const directory = this.#folders.get(folderId)
    for (const id of ids) await directory.unlink(id)
    await directory.sync()
  }

  async #translated<T>(work: Promise<T>, directory: EmlDirectory): Promise<T> {
    try {
      return await work
    } catch (error) {
      throw toArchiveError(error, directory.shown())
    }
  }
}

/** A message that is whole on disk and not yet one by its name. */
interface Staged {
  readonly directory: EmlDirectory
  readonly temporary: Buffer
  readonly line: FactsLine
}

function toFactsLine(directory: EmlDirectory, ref: ItemRef): FactsLine {
  const isExact = directory.facts.get(ref.id)?.isExact ?? false
  return { id: ref.id, receivedAt: ref.receivedAt, keywords: ref.keywords, isExact }
}

function ignoreAbsent(): void {
  // What was renamed in time is a message by now; the failure that matters is thrown.
}
