import { hash } from 'node:crypto'
import { readdir, rename, stat, unlink } from 'node:fs/promises'
import type { Cursor, FolderId, ItemId } from '../../../core/model/ids.ts'
import type { ItemRef } from '../../../core/model/item.ts'
import { joinPath, showPath, toSystemPath, type BytePath } from '../byte-path.ts'
import { syncDirectory } from '../durable-file.ts'
import { archiveError, errnoOf, toArchiveError } from '../errors.ts'
import { MessageFactsFile } from '../message-facts.ts'
import { openMessageFile } from '../stored-file.ts'
import type { Listing, StoredMessage } from '../storage.ts'

/** Ours: dates, keywords and marks of the messages beside it. */
const messageFactsFile = 'mailvan-messages.jsonl'

const pageItemsMax = 500

/** One directory of .eml files. */
export class EmlDirectory {
  readonly id: FolderId
  readonly facts: MessageFactsFile
  readonly #root: string
  readonly #relative: BytePath
  #wasThere = false

  constructor(root: string, relative: BytePath) {
    this.id = relative as string as FolderId
    this.#root = root
    this.#relative = relative
    this.facts = new MessageFactsFile(this.path(messageFactsFile))
  }

  get itemsKnown(): number {
    return this.facts.size
  }

  forget(): void {
    this.facts.forget()
  }

  /** The system path of something in the directory. */
  path(name?: BytePath): Buffer {
    return toSystemPath(this.#root, name === undefined ? this.#relative : joinPath(this.#relative, name))
  }

  shown(name?: BytePath): string {
    return showPath(this.#root, name === undefined ? this.#relative : joinPath(this.#relative, name))
  }

  async status(): Promise<{ readonly items: number; readonly cursor: Cursor }> {
    const ids = await this.#ids()
    return { items: ids.length, cursor: this.#toCursor(ids) }
  }

  async list(): Promise<Listing> {
    const ids = await this.#ids()
    return { cursor: this.#toCursor(ids), pages: this.#pages(ids) }
  }

  async *#pages(ids: readonly ItemId[]): AsyncGenerator<readonly ItemRef[]> {
    for (let start = 0; start < ids.length; start += pageItemsMax) {
      const refs = await Promise.all(ids.slice(start, start + pageItemsMax).map((id) => this.#toRef(id)))
      yield refs.filter((ref) => ref !== undefined)
    }
  }

  async inspect(ids: readonly ItemId[]): Promise<ReadonlyMap<ItemId, ItemRef>> {
    await this.#load()
    const refs = new Map<ItemId, ItemRef>()
    for (const id of ids) {
      const ref = await this.#toRef(id)
      if (ref !== undefined) refs.set(id, ref)
    }
    return refs
  }

  /** Undefined: gone. */
  async open(id: ItemId): Promise<StoredMessage | undefined> {
    if (this.facts.size === 0) await this.#load()
    const isExact = this.facts.get(id)?.isExact ?? false
    const name = toFileName(id)
    return await openMessageFile(this.path(name), this.shown(name), { isExact, isQuoted: false })
  }

  /** False when it is gone. */
  async rename(id: ItemId, to: Buffer): Promise<boolean> {
    return await this.#isThere(rename(this.path(toFileName(id)), to))
  }

  /** False when it was gone already. */
  async unlink(id: ItemId): Promise<boolean> {
    return await this.#isThere(unlink(this.path(toFileName(id))))
  }

  /** Makes what was renamed and unlinked survive a power loss. */
  async sync(): Promise<void> {
    try {
      await syncDirectory(this.path())
    } catch (error) {
      throw toArchiveError(error, this.shown())
    }
  }

  async #ids(): Promise<readonly ItemId[]> {
    await this.#load()
    try {
      const names = await readdir(this.path(), { encoding: 'latin1', withFileTypes: true })
      this.#wasThere = true
      return names
        .filter((entry) => isMessageName(entry.name) && !entry.isDirectory())
        .map((entry) => toItemId(entry.name))
        .sort()
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw toArchiveError(error, this.shown())
      // A folder that vanished must not look like one that was emptied.
      if (this.#wasThere) throw archiveError('no-folder', this.shown())
      return []
    }
  }

  #toCursor(ids: readonly ItemId[]): Cursor {
    return `eml.${hash('sha256', [this.facts.digest, ...ids].join('\n'), 'base64url')}` as Cursor
  }

  async #load(): Promise<void> {
    try {
      await this.facts.load()
    } catch (error) {
      throw toArchiveError(error, this.shown(messageFactsFile))
    }
  }

  /** Undefined: gone, or no message. */
  async #toRef(id: ItemId): Promise<ItemRef | undefined> {
    const name = toFileName(id)
    try {
      const stats = await stat(this.path(name))
      if (!stats.isFile()) return undefined
      const { receivedAt, keywords = [] } = this.facts.get(id) ?? {}
      return {
        id,
        folderId: this.id,
        version: keywords.join(' '),
        sizeBytes: stats.size,
        receivedAt: receivedAt ?? { epochMs: Math.round(stats.mtimeMs), offsetMinutes: 0 },
        keywords,
      }
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined
      throw toArchiveError(error, this.shown(name))
    }
  }

  async #isThere(operation: Promise<void>): Promise<boolean> {
    try {
      await operation
      return true
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return false
      throw toArchiveError(error, this.shown())
    }
  }
}

/** Whether a file is a message, by its name. Hidden files are being written or belong to somebody else. */
export function isMessageName(name: BytePath): boolean {
  return /^[^.].*\.eml$/is.test(name)
}

/** The name without `.eml`, where that can be undone. */
function toItemId(name: BytePath): ItemId {
  const stem = name.slice(0, -'.eml'.length)
  return (name.endsWith('.eml') && !isMessageName(stem) ? stem : name) as ItemId
}

/** The file of an id, as bytes with one character each. */
export function toFileName(id: ItemId): BytePath {
  return isMessageName(id) ? id : `${id}.eml`
}
