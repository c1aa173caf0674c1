import { mkdir, open } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { Folder } from '../../../core/model/folder.ts'
import type { FolderId, ItemId } from '../../../core/model/ids.ts'
import type { Delivery, ItemRef } from '../../../core/model/item.ts'
import type { EnsuredFolder, FolderWish, KeywordChange } from '../../../core/ports/connector.ts'
import type { Context } from '../../../core/ports/context.ts'
import { toBytes, toSystemPath, type BytePath } from '../byte-path.ts'
import { fileCapabilities } from '../capabilities.ts'
import type { ArchiveConfig } from '../config.ts'
import { describeFolder, folderAt } from '../distinct-folders.ts'
import { syncDirectory } from '../durable-file.ts'
import { errnoOf, toArchiveError } from '../errors.ts'
import { FolderCache } from '../folder-cache.ts'
import { addFolderFacts, wishedFacts } from '../folder-facts.ts'
import { makeRoot } from '../open-root.ts'
import type { Listing, StoredMessage, WritableStorage, WriteOutcome } from '../storage.ts'
import { isShortenedName } from '../tree-name.ts'
import { UniqueNames } from '../unique-name.ts'
import { findMboxFolders, folderFactsPath, nameOfSingleFile, toMboxPath, type MboxFolders } from './find-folders.ts'
import { MailboxFile } from './mailbox-file.ts'
import { toOwnSender } from './message-id.ts'

/**
 * One mbox file, or a directory of them. Messages can be added and their keywords changed, but not moved or removed.
 */
export class MboxStorage implements WritableStorage {
  readonly capabilities = fileCapabilities('mboxrd')
  readonly #root: string
  readonly #single: BytePath | undefined
  readonly #names: UniqueNames
  readonly #files: FolderCache<MailboxFile>

  /** `isFile`: the path is that of one mbox file, which is then the only folder. */
  constructor(config: ArchiveConfig, isFile: boolean, context: Context) {
    const { path, dialect } = config
    const root = isFile ? dirname(path) : path
    this.#root = root
    this.#single = isFile ? toBytes(basename(path)) : undefined
    this.#names = new UniqueNames(context)
    this.#files = new FolderCache((relative) => new MailboxFile({ root, relative, dialect }, context))
  }

  async discover(): Promise<readonly Folder[]> {
    const { folders } = await this.find()
    const described: Folder[] = []
    // One after the other: each file is read from end to end.
    for (const found of folders) {
      const factsFile = folderFactsPath(this.#root, found.relative)
      described.push(await describeFolder(found, factsFile, () => this.#files.get(found.relative).status()))
    }
    return described
  }

  /** What there is; of a single file that file. */
  async find(): Promise<MboxFolders> {
    if (this.#single !== undefined) {
      const folder = { relative: this.#single, path: [nameOfSingleFile(this.#single)], holdsItems: true }
      return { folders: [folder], hasMailboxes: true, hasOtherFiles: false }
    }
    try {
      return await findMboxFolders(this.#root)
    } catch (error) {
      throw toArchiveError(error, this.#root)
    }
  }

  async list(folderId: FolderId): Promise<Listing> {
    return await this.#files.get(folderId).list()
  }

  async open(ref: Pick<ItemRef, 'id' | 'folderId'>): Promise<StoredMessage | undefined> {
    return await this.#files.get(ref.folderId).open(ref.id)
  }

  async ensureFolder(path: readonly string[], wish: FolderWish): Promise<EnsuredFolder> {
    await makeRoot(this.#root)
    const { folders } = await this.find()
    const relative = folderAt(folders, path)?.relative ?? toMboxPath(path)
    const file = this.#files.get(relative)
    try {
      const isNew = await this.#make(path, relative)
      await addFolderFacts(folderFactsPath(this.#root, relative), wishedFacts(wish))
      return { id: file.id, items: (await file.status()).items, isNew }
    } catch (error) {
      throw toArchiveError(error, file.shown)
    }
  }

  /** Makes the file and the directories above it. True when it was not there. */
  async #make(path: readonly string[], relative: BytePath): Promise<boolean> {
    const above = relative.includes('/') ? relative.slice(0, relative.lastIndexOf('/')) : '.'
    const levels = relative.split('/')
    for (let depth = 1; depth < levels.length; depth++) await this.#makeDirectory(levels.slice(0, depth).join('/'))
    // A name that does not tell the folder's own is written beside it, for each level.
    for (const [depth, name] of path.entries()) {
      const level = levels
        .slice(0, depth + 1)
        .join('/')
        .replace(/\.sbd$/, '')
      if (isShortenedName(name)) await addFolderFacts(folderFactsPath(this.#root, level), { path: [name] })
    }
    try {
      await (await open(toSystemPath(this.#root, relative), 'wx', 0o600)).close()
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') return false
      throw error
    }
    await syncDirectory(toSystemPath(this.#root, above))
    return true
  }

  async #makeDirectory(relative: BytePath): Promise<void> {
    try {
      await mkdir(toSystemPath(this.#root, relative), { mode: 0o700 })
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error
    }
  }

  async write(deliveries: readonly Delivery[]): Promise<WriteOutcome> {
    const outcomes: WriteOutcome[] = []
    for (const folderId of new Set(deliveries.map((delivery) => delivery.into))) {
      const own = deliveries.filter((delivery) => delivery.into === folderId)
      try {
        outcomes.push(await this.#files.get(folderId).append(own, () => toOwnSender(this.#names.next())))
      } catch (error) {
        outcomes.push({ results: [], failure: { error } })
      }
      if (outcomes.at(-1)?.failure !== undefined) break
    }
    const failure = outcomes.at(-1)?.failure
    return { results: outcomes.flatMap((outcome) => outcome.results), ...(failure !== undefined && { failure }) }
  }

  async inspect(folderId: FolderId, ids: readonly ItemId[]): Promise<ReadonlyMap<ItemId, ItemRef>> {
    return await this.#files.get(folderId).inspect(ids)
  }

  async updateKeywords(changes: readonly KeywordChange[]): Promise<void> {
    for (const folderId of new Set(changes.map((change) => change.folderId))) {
      const own = changes.filter((change) => change.folderId === folderId)
      await this.#files.get(folderId).updateKeywords(own)
    }
  }
}
