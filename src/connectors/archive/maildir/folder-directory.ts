import { hash } from 'node:crypto'
import { mkdir, readdir, rename, stat, unlink } from 'node:fs/promises'
import type { Cursor, FolderId, ItemId } from '../../../core/model/ids.ts'
import type { ItemRef } from '../../../core/model/item.ts'
import { formatMaildirFileName, parseMaildirFileName } from '../../../formats/maildir/file-name.ts'
import { joinPath, showPath, toSystemPath, type BytePath } from '../byte-path.ts'
import { syncDirectory } from '../durable-file.ts'
import { archiveError, errnoOf, toArchiveError } from '../errors.ts'
import { openMessageFile } from '../stored-file.ts'
import type { Listing, StoredMessage } from '../storage.ts'
import { FolderKeywords } from './folder-keywords.ts'

type Subdirectory = 'new' | 'cur'

/** Where a message's file is now; other programs rename it when its flags change. */
export interface MessageFile {
  readonly id: ItemId
  readonly subdirectory: Subdirectory
  /** Bytes, one character each. */
  readonly name: string
}

interface Snapshot {
  readonly files: Map<ItemId, MessageFile>
  /** Of both directories, before they were read. */
  readonly changeTimes: string
}

/** Each time a directory changed while it was read, it is read again: a rename in it can hide a file. */
const rescansMax = 3

const pageItemsMax = 500

/** One folder of a Maildir: a directory with `cur`, `new` and `tmp` (https://cr.yp.to/proto/maildir.html). */
export class FolderDirectory {
  readonly id: FolderId
  readonly keywords: FolderKeywords
  readonly #root: string
  readonly #relative: BytePath
  #snapshot: Snapshot | undefined
  #wasThere = false

  constructor(root: string, relative: BytePath) {
    this.id = relative as string as FolderId
    this.#root = root
    this.#relative = relative
    this.keywords = new FolderKeywords((name) => this.path(name))
  }

  /** The system path of something in the folder. */
  path(...names: readonly BytePath[]): Buffer {
    return toSystemPath(this.#root, names.reduce(joinPath, this.#relative))
  }

  shown(...names: readonly BytePath[]): string {
    return showPath(this.#root, names.reduce(joinPath, this.#relative))
  }

  /** Messages, and a cursor that stands for their names, flags and keywords. */
  async status(): Promise<{ readonly items: number; readonly cursor: Cursor }> {
    const snapshot = await this.#scan()
    return { items: snapshot.files.size, cursor: this.#toCursor(snapshot) }
  }

  async list(): Promise<Listing> {
    const snapshot = await this.#scan()
    const cursor = this.#toCursor(snapshot)
    return { cursor, pages: this.#pages([...snapshot.files.values()]) }
  }

  async *#pages(files: readonly MessageFile[]): AsyncGenerator<readonly ItemRef[]> {
    const renamed: MessageFile[] = []
    for (let start = 0; start < files.length; start += pageItemsMax) {
      const page = files.slice(start, start + pageItemsMax)
      const refs = await Promise.all(page.map((file) => this.#toRef(file))).catch((error: unknown) => {
        throw toArchiveError(error, this.shown())
      })
      renamed.push(...page.filter((_, index) => refs[index] === 'absent'))
      yield refs.filter((ref) => typeof ref === 'object')
    }
    if (renamed.length > 0) yield [...(await this.inspect(renamed.map((file) => file.id))).values()]
  }

  /** The items as they are now. */
  async inspect(ids: readonly ItemId[]): Promise<ReadonlyMap<ItemId, ItemRef>> {
    await this.keywords.reload()
    const refs = new Map<ItemId, ItemRef>()
    for (const id of ids) {
      const ref = await this.#withFile(id, async (file) => await this.#toRef(file))
      if (typeof ref === 'object') refs.set(id, ref)
    }
    return refs
  }

  /** Undefined: gone. */
  async open(id: ItemId): Promise<StoredMessage | undefined> {
    const message = await this.#withFile(id, async (file) => {
      const { isExact } = parseMaildirFileName(file.name)
      const form = { isExact, isQuoted: false }
      const names = [file.subdirectory, file.name] as const
      return (await openMessageFile(this.path(...names), this.shown(...names), form)) ?? 'absent'
    })
    return message
  }

  /** Renames the message's file; false when it is gone. */
  async rename(id: ItemId, to: Buffer): Promise<boolean> {
    const done = await this.#withFile(id, async (file) => {
      return (await isThere(rename(this.path(file.subdirectory, file.name), to))) ? 'done' : 'absent'
    })
    return done !== undefined
  }

  /** Gives the message these keywords; letters that say nothing to us stay. Passes over what is gone. */
  async setFlags(id: ItemId, keywords: readonly string[]): Promise<void> {
    const flags = await this.keywords.flagsFor(id, keywords)
    await this.#withFile(id, async (file) => {
      const unknown = parseMaildirFileName(file.name).flags.replace(/[a-zDFPRST]/g, '')
      const name = formatMaildirFileName(id, flags + unknown)
      if (!(await isThere(rename(this.path(file.subdirectory, file.name), this.path('cur', name))))) return 'absent'
      this.note(id, name)
      return 'done'
    })
  }

  /** Whether a message of this id is known here. */
  async has(id: ItemId): Promise<boolean> {
    return (this.#snapshot ?? (await this.#scan())).files.has(id)
  }

  /** False when it was gone already. */
  async unlink(id: ItemId): Promise<boolean> {
    const done = await this.#withFile(id, async (file) => {
      if (!(await isThere(unlink(this.path(file.subdirectory, file.name))))) return 'absent'
      this.note(id, undefined)
      return 'done'
    })
    return done !== undefined
  }

  /** Takes note of what we did ourselves, so that the directory need not be read for it. */
  note(id: ItemId, name: string | undefined): void {
    if (name === undefined) this.#snapshot?.files.delete(id)
    else this.#snapshot?.files.set(id, { id, subdirectory: 'cur', name })
  }

  /** Makes the folder with its three directories. True when it was not there. */
  async ensure(): Promise<boolean> {
    const isNew = await this.#make()
    for (const name of ['cur', 'new', 'tmp']) await this.#make(name)
    await syncDirectory(this.path())
    return isNew
  }

  /** True when the directory was not there. */
  async #make(...names: readonly BytePath[]): Promise<boolean> {
    try {
      await mkdir(this.path(...names), { mode: 0o700 })
      return true
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') return false
      throw toArchiveError(error, this.shown(...names))
    }
  }

  /** Forgets where files are: the memory is for folders in use. */
  forget(): void {
    this.#snapshot = undefined
  }

  /** Whether it has not even a `cur`. */
  async isAbsent(): Promise<boolean> {
    return (await changeTime(this.path('cur'))) === '-'
  }

  /** Makes what was renamed and unlinked survive a power loss. */
  async sync(): Promise<void> {
    try {
      for (const name of ['cur', 'new']) await syncDirectory(this.path(name))
    } catch (error) {
      throw toArchiveError(error, this.shown())
    }
  }

  get itemsKnown(): number {
    return this.#snapshot?.files.size ?? 0
  }

  /** Runs `use` on the file; where that says `absent`, looks for the file once more. Undefined: gone. */
  async #withFile<T>(id: ItemId, use: (file: MessageFile) => Promise<T | 'absent'>): Promise<T | undefined> {
    try {
      const known = (this.#snapshot ?? (await this.#scan())).files.get(id)
      const result = known === undefined ? 'absent' : await use(known)
      if (result !== 'absent') return result as T
      if (known === undefined && !(await this.#hasChanged())) return undefined
      const found = (await this.#scan()).files.get(id)
      const again = found === undefined ? 'absent' : await use(found)
      return again === 'absent' ? undefined : (again as T)
    } catch (error) {
      throw toArchiveError(error, this.shown())
    }
  }

  async #hasChanged(): Promise<boolean> {
    return this.#snapshot === undefined || this.#snapshot.changeTimes !== (await this.#changeTimes())
  }

  async #scan(): Promise<Snapshot> {
    try {
      await this.keywords.reload()
      let files: Map<ItemId, MessageFile> | undefined
      for (let scan = 0; ; scan++) {
        const changeTimes = await this.#changeTimes()
        // In this order, as programs move messages from new to cur.
        const arrived = await namesIn(this.path('new'))
        const kept = await namesIn(this.path('cur'))
        const found = toFiles(kept, arrived)
        // What this reading missed, because the file was being renamed, an earlier one saw.
        for (const [id, file] of files ?? []) if (!found.has(id)) found.set(id, file)
        files = found
        // A folder that vanished must not look like one that was emptied.
        if (changeTimes.includes('-') && this.#wasThere) throw archiveError('no-folder', this.shown())
        this.#wasThere ||= !changeTimes.includes('-')
        if (changeTimes === (await this.#changeTimes()) || scan === rescansMax) {
          this.#snapshot = { files, changeTimes }
          return this.#snapshot
        }
      }
    } catch (error) {
      throw toArchiveError(error, this.shown())
    }
  }

  async #changeTimes(): Promise<string> {
    const times = await Promise.all(['new', 'cur'].map((name) => changeTime(this.path(name))))
    return times.join(' ')
  }

  #toCursor(snapshot: Snapshot): Cursor {
    const names = Array.from(snapshot.files.values(), (file) => `${file.subdirectory}/${file.name}`).sort()
    return `maildir.${hash('sha256', [this.keywords.text, ...names].join('\n'), 'base64url')}` as Cursor
  }

  async #toRef(file: MessageFile): Promise<ItemRef | 'absent' | 'no-message'> {
    const stats = await statFile(this.path(file.subdirectory, file.name))
    if (stats === undefined) return 'absent'
    if (!stats.isFile()) return 'no-message'
    const { flags, sizeBytes, crlfBytes } = parseMaildirFileName(file.name)
    const keywords = this.keywords.keywordsOf(file.id, flags)
    return {
      id: file.id,
      folderId: this.id,
      version: keywords.join(' '),
      sizeBytes: sizeBytes === stats.size && crlfBytes !== undefined ? crlfBytes : stats.size,
      receivedAt: { epochMs: Math.round(stats.mtimeMs), offsetMinutes: 0 },
      keywords,
    }
  }
}

/**
 * Messages by id. Of two files with one base name, which a crash of some program may leave, the second goes by its
 * whole name, so that neither is lost.
 */
function toFiles(kept: readonly string[], arrived: readonly string[]): Map<ItemId, MessageFile> {
  const files = new Map<ItemId, MessageFile>()
  for (const [subdirectory, names] of [
    ['cur', kept],
    ['new', arrived],
  ] as const) {
    for (const name of names) {
      if (name.startsWith('.')) continue
      const base = parseMaildirFileName(name).base
      const id = (files.has(base as ItemId) ? `${subdirectory}/${name}` : base) as ItemId
      files.set(id, { id, subdirectory, name })
    }
  }
  return files
}

async function namesIn(directory: Buffer): Promise<readonly string[]> {
  try {
    return (await readdir(directory, { encoding: 'latin1' })).sort()
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw error
  }
}

async function changeTime(path: Buffer): Promise<string> {
  try {
    return String((await stat(path, { bigint: true })).mtimeNs)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return '-'
    throw error
  }
}

async function statFile(path: Buffer) {
  try {
    return await stat(path)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Whether what the operation needed was there. */
async function isThere(operation: Promise<void>): Promise<boolean> {
  try {
    await operation
    return true
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false
    throw error
  }
}
