import assert from 'node:assert'
import { hash } from 'node:crypto'
import type { Folder, ItemType, Role } from '../../core/model/folder.ts'
import type { Cursor, FolderId, ItemId } from '../../core/model/ids.ts'
import type { ItemRef, ZonedTime } from '../../core/model/item.ts'
import { memoryError } from './errors.ts'
import type { MemoryExtra } from './extras.ts'
import { defaultMemoryOptions, type MemoryOptions } from './options.ts'

/** A message as a user or a test puts it in. */
export interface MemoryMessage {
  readonly bytes: Uint8Array
  readonly keywords?: readonly string[]
  readonly receivedAt?: ZonedTime
}

/** A message as it is stored. `id` changes by `move` and `renumber`. */
export interface StoredMessage {
  readonly uid: number
  readonly bytes: Uint8Array
  readonly receivedAt: ZonedTime
  readonly keywords: readonly string[]
  readonly modseq: number
}

/** One line of `contents()`. */
export interface StoredContent {
  readonly path: readonly string[]
  readonly id: ItemId
  readonly bytes: Uint8Array
  /** SHA-256 of the bytes, hex. */
  readonly digest: string
  readonly keywords: readonly string[]
  readonly receivedAt: ZonedTime
}

/** What has been done to a mailbox through its connector since it was made or `resetCounters`. */
export interface MemoryCounters {
  bodiesOpened: number
  headersOpened: number
  pagesListed: number
  itemsWritten: number
  itemsChanged: number
  extrasWritten: number
  foldersMade: number
  /** Of `read` and `write` together. */
  sessionsOpen: number
  sessionsOpenMost: number
}

/** A folder as it is stored. */
export interface StoredFolder {
  readonly id: FolderId
  path: readonly string[]
  readonly itemType: ItemType
  role: Role | undefined
  isSubscribed: boolean
  holdsItems: boolean
  /** Like UIDVALIDITY: ids of another generation mean nothing. */
  generation: number
  uidNext: number
  modseq: number
  /** Cursors before this no longer give changes. */
  historyFrom: number
  readonly messages: Map<number, StoredMessage>
  readonly gone: { readonly uid: number; readonly modseq: number }[]
}

/**
 * A whole account store in memory. The methods are what its user does with another client, and what a test looks at;
 * they count nothing and meet no fault. The connector's way in is `MemoryReader` and `MemoryTarget`.
 */
export class MemoryMailbox {
  readonly name: string
  readonly options: MemoryOptions
  readonly password: string | undefined
  readonly folders = new Map<FolderId, StoredFolder>()
  /** What it has beside its items, by id. */
  readonly extras = new Map<string, MemoryExtra>()
  counters: MemoryCounters = noCounts()
  #foldersMade = 0
  #extrasMade = 0
  #sizeBytes = 0

  /** Has an INBOX, as every mailbox does. */
  constructor(name: string, options: Partial<MemoryOptions> = {}, password?: string) {
    this.name = name
    this.options = { ...defaultMemoryOptions, ...options }
    this.password = password
    this.addFolder(['INBOX'], { role: 'inbox', isSubscribed: true })
  }

  /** Sum of the sizes of all messages. */
  get sizeBytes(): number {
    return this.#sizeBytes
  }

  /** Makes the folder and its missing parents, or gives the one that is there. Throws on a name that cannot be. */
  addFolder(
    path: readonly string[],
    wish: {
      readonly itemType?: ItemType | undefined
      readonly role?: Role | undefined
      readonly isSubscribed?: boolean | undefined
      readonly holdsItems?: boolean
    } = {},
  ): FolderId {
    const known = this.findFolder(path)
    if (known) {
      if (wish.isSubscribed === true) known.isSubscribed = true
      return known.id
    }
    this.#assertName(path)
    if (path.length > 1) this.addFolder(path.slice(0, -1))
    const isRoleFree =
      wish.role !== undefined && ![...this.folders.values()].some((folder) => folder.role === wish.role)
    const id = `f${++this.#foldersMade}` as FolderId
    this.folders.set(id, {
      id,
      path,
      itemType: wish.itemType ?? 'message',
      role: isRoleFree ? wish.role : undefined,
      isSubscribed: wish.isSubscribed ?? false,
      holdsItems: wish.holdsItems ?? true,
      generation: 1,
      uidNext: 1,
      modseq: 1,
      historyFrom: 1,
      messages: new Map(),
      gone: [],
    })
    return id
  }

  /** With the folders below it. */
  removeFolder(path: readonly string[]): void {
    for (const folder of this.folders.values()) {
      if (!startsWith(folder.path, path)) continue
      for (const message of folder.messages.values()) this.#sizeBytes -= message.bytes.byteLength
      this.folders.delete(folder.id)
    }
  }

  /** With the folders below it; ids stay. */
  renameFolder(path: readonly string[], to: readonly string[]): void {
    assert.ok(!this.findFolder(to), 'a folder of the new name is already there')
    if (to.length > 1) this.addFolder(to.slice(0, -1))
    for (const folder of this.folders.values()) {
      if (startsWith(folder.path, path)) folder.path = [...to, ...folder.path.slice(path.length)]
    }
  }

  /** The folder at `path`, compared as the mailbox compares names (INBOX always without case). */
  findFolder(path: readonly string[]): StoredFolder | undefined {
    const wanted = this.#key(path)
    for (const folder of this.folders.values()) if (this.#key(folder.path) === wanted) return folder
    return undefined
  }

  /** Throws when there is no such folder. */
  folder(id: FolderId): StoredFolder {
    const folder = this.folders.get(id)
    if (!folder) throw memoryError('no-folder')
    return folder
  }

  /** The new item's id. Makes the folder when it is missing. */
  add(path: readonly string[], message: MemoryMessage): ItemId {
    return this.store(this.folder(this.addFolder(path)), message)
  }

  /** `add` into a folder at hand, without the delivery's limits. */
  store(folder: StoredFolder, message: MemoryMessage): ItemId {
    const uid = folder.uidNext++
    folder.messages.set(uid, {
      uid,
      bytes: message.bytes,
      receivedAt: message.receivedAt ?? { epochMs: Date.UTC(2026, 0, 1), offsetMinutes: 0 },
      keywords: toSorted(message.keywords ?? []),
      modseq: ++folder.modseq,
    })
    this.#sizeBytes += message.bytes.byteLength
    return toItemId(folder, uid)
  }

  /** The new extra's id, one that no other ever had. */
  addExtra(extra: MemoryExtra): string {
    const id = `x${++this.#extrasMade}`
    this.extras.set(id, extra)
    return id
  }

  /** False when it is no longer there. */
  remove(id: ItemId): boolean {
    const found = this.find(id)
    if (!found) return false
    found.folder.messages.delete(found.message.uid)
    found.folder.gone.push({ uid: found.message.uid, modseq: ++found.folder.modseq })
    this.#sizeBytes -= found.message.bytes.byteLength
    return true
  }

  /** Puts another content in its place; false when it is no longer there. */
  rewrite(id: ItemId, message: MemoryMessage): boolean {
    const found = this.find(id)
    if (!found) return false
    const { folder, message: before } = found
    const { bytes, keywords = before.keywords, receivedAt = before.receivedAt } = message
    this.#sizeBytes += bytes.byteLength - before.bytes.byteLength
    folder.messages.set(before.uid, { uid: before.uid, bytes, receivedAt, keywords: toSorted(keywords), modseq: ++folder.modseq })
    return true
  }

  /** False when it is no longer there. The same keywords again change nothing. */
  setKeywords(id: ItemId, keywords: readonly string[]): boolean {
    const found = this.find(id)
    if (!found) return false
    const wanted = toSorted(keywords)
    if (toVersion(wanted) === toVersion(found.message.keywords)) return true
    const modseq = ++found.folder.modseq
    found.folder.messages.set(found.message.uid, { ...found.message, keywords: wanted, modseq })
    return true
  }

  /** The new id, or undefined when the item is no longer there. */
  move(id: ItemId, into: readonly string[]): ItemId | undefined {
    const found = this.find(id)
    if (!found) return undefined
    this.remove(id)
    return this.add(into, found.message)
  }

  /** The copy's id, or undefined when the item is no longer there. */
  copy(id: ItemId, into: readonly string[]): ItemId | undefined {
    const found = this.find(id)
    return found && this.add(into, found.message)
  }

  /** Gives every item of the folder (of all folders) a new id, as a new UIDVALIDITY does. */
  renumber(path?: readonly string[]): void {
    const only = path && this.findFolder(path)
    for (const folder of only ? [only] : this.folders.values()) {
      const messages = [...folder.messages.values()]
      folder.generation += 1
      folder.messages.clear()
      folder.gone.length = 0
      folder.uidNext = 1
      for (const message of messages) {
        const uid = folder.uidNext++
        folder.messages.set(uid, { ...message, uid, modseq: ++folder.modseq })
      }
      folder.historyFrom = folder.modseq
    }
  }

  /** Cursors given so far no longer give changes, as after a server trimmed its journal. */
  forgetHistory(): void {
    for (const folder of this.folders.values()) folder.historyFrom = ++folder.modseq
  }

  /** The item, if it is still there. */
  find(id: ItemId): { readonly folder: StoredFolder; readonly message: StoredMessage } | undefined {
    const [folderId, generation, uid] = id.split('.')
    const folder = this.folders.get(folderId as FolderId)
    const message = folder?.generation === Number(generation) ? folder.messages.get(Number(uid)) : undefined
    return folder && message && { folder, message }
  }

  /** Every message, in order of path and arrival. */
  contents(): readonly StoredContent[] {
    const folders = [...this.folders.values()].toSorted((a, b) => (this.#key(a.path) < this.#key(b.path) ? -1 : 1))
    return folders.flatMap((folder) =>
      [...folder.messages.values()].map((message) => ({
        path: folder.path,
        id: toItemId(folder, message.uid),
        bytes: message.bytes,
        digest: hash('sha256', message.bytes, 'hex'),
        keywords: message.keywords,
        receivedAt: message.receivedAt,
      })),
    )
  }

  /**
   * Equal before and after exactly when nothing at all was changed: ids, numbers still to come and histories included.
   */
  state(): string {
    const folders = [...this.folders.values()].map((folder) => ({
      ...folder,
      messages: [...folder.messages.values()].map((message) => ({
        ...message,
        bytes: hash('sha256', message.bytes, 'hex'),
      })),
    }))
    return JSON.stringify([folders, [...this.extras]])
  }

  resetCounters(): void {
    const { sessionsOpen } = this.counters
    this.counters = { ...noCounts(), sessionsOpen, sessionsOpenMost: sessionsOpen }
  }

  #key(path: readonly string[]): string {
    const isInbox = path[0]?.toUpperCase() === 'INBOX'
    const named = isInbox ? ['INBOX', ...path.slice(1)] : path
    const key = JSON.stringify(named)
    return this.options.folderNaming.isCaseSensitive ? key : key.toLowerCase()
  }

  #assertName(path: readonly string[]): void {
    const naming = this.options.folderNaming
    const isInbox = path[0]?.toUpperCase() === 'INBOX'
    const isAllowed =
      path.length >= 1 &&
      path.length <= naming.depthMax &&
      (naming.inboxHoldsFolders || !isInbox || path.length === 1) &&
      !naming.reserved.some((name) => name.toLowerCase() === path[0]?.toLowerCase()) &&
      path.every(
        (segment) =>
          segment !== '' &&
          new TextEncoder().encode(segment).byteLength <= naming.nameBytesMax &&
          ![...naming.forbidden].some((character) => segment.includes(character)),
      )
    if (!isAllowed) throw memoryError('folder-refused')
  }
}

function noCounts(): MemoryCounters {
  return {
    bodiesOpened: 0,
    headersOpened: 0,
    pagesListed: 0,
    itemsWritten: 0,
    itemsChanged: 0,
    extrasWritten: 0,
    foldersMade: 0,
    sessionsOpen: 0,
    sessionsOpenMost: 0,
  }
}

function startsWith(path: readonly string[], start: readonly string[]): boolean {
  return path.length >= start.length && start.every((segment, index) => path[index] === segment)
}

function toSorted(keywords: readonly string[]): readonly string[] {
  return [...new Set(keywords)].toSorted()
}

function toVersion(keywords: readonly string[]): string {
  return keywords.join(' ')
}

/** Unique within the mailbox. */
export function toItemId(folder: StoredFolder, uid: number): ItemId {
  return `${folder.id}.${folder.generation}.${uid}` as ItemId
}

/** The item as an enumeration gives it. */
export function toRef(folder: StoredFolder, message: StoredMessage): ItemRef {
  return {
    id: toItemId(folder, message.uid),
    folderId: folder.id,
    version: toVersion(message.keywords),
    sizeBytes: message.bytes.byteLength,
    receivedAt: message.receivedAt,
    keywords: message.keywords,
  }
}

/** A place in the folder's history; with `uid` in the middle of an enumeration that began at `modseq`. */
export function toCursor(folder: StoredFolder, modseq: number, uid?: number): Cursor {
  return [folder.generation, modseq, ...(uid === undefined ? [] : [uid])].join('.') as Cursor
}

/** The folder as discovery gives it. */
export function toFolder(folder: StoredFolder, history: MemoryOptions['history']): Folder {
  return {
    id: folder.id,
    path: folder.path,
    itemType: folder.itemType,
    ...(folder.role && { role: folder.role }),
    holdsItems: folder.holdsItems,
    isSubscribed: folder.isSubscribed,
    ...(folder.holdsItems && {
      status: { items: folder.messages.size, ...(history !== 'none' && { cursor: toCursor(folder, folder.modseq) }) },
    }),
  }
}
