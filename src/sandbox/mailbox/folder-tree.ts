import type { DatabaseSync } from 'node:sqlite'
import { type DefaultFolder, nameIn } from './default-folders.ts'
import { MailboxError } from './errors.ts'
import type { FolderCounts, FolderRow } from './rows.ts'
import { type ListStatement, type RowValues, Statements } from './statements.ts'

const nameLengthMax = 255
/** exchange.md 4.3. */
const depthMax = 300

/** What a folder is made from. */
export interface NewFolder {
  readonly name: string
  readonly folderClass: string
  readonly isHidden?: boolean
  readonly isSearch?: boolean
  readonly wellKnown?: string
}

const columns = 'id, parent_id, well_known, name, class, is_hidden, is_search, created_ms, modified_ms, change, uid_validity, uid_next, moved_to'

/** The folders of one mailbox. Names are compared without case, as Exchange does. */
export class FolderTree {
  readonly #database: Statements
  readonly #mailboxId: number
  readonly #nowMs: () => number
  readonly #nextChange: () => number

  constructor(parts: { database: DatabaseSync; mailboxId: number; nowMs: () => number; nextChange: () => number }) {
    this.#database = new Statements(parts.database)
    this.#mailboxId = parts.mailboxId
    this.#nowMs = parts.nowMs
    this.#nextChange = parts.nextChange
  }

  /** Makes the default tree of a new mailbox. */
  seed(folders: readonly DefaultFolder[], language: string): void {
    const ids = new Map<string, number>()
    for (const folder of folders) {
      const parentId = folder.parent === undefined ? undefined : ids.get(folder.parent)
      const { wellKnown, folderClass, isHidden = false } = folder
      ids.set(wellKnown, this.#insert(parentId, { name: nameIn(folder, language), folderClass, isHidden, wellKnown }))
    }
  }

  /** Every folder, in no order. */
  all(): readonly FolderRow[] {
    return this.#select('mailbox_id = ?').all(this.#mailboxId).map(toFolderRow)
  }

  find(folderId: number): FolderRow | undefined {
    const row = this.#select('id = ? and mailbox_id = ?').get(folderId, this.#mailboxId)
    return row === undefined ? undefined : toFolderRow(row)
  }

  /** Throws `folder-not-found`. */
  get(folderId: number): FolderRow {
    const row = this.find(folderId)
    if (row === undefined) throw new MailboxError('folder-not-found', 'The specified object was not found in the store.')
    return row
  }

  /** A default folder by Graph's name for it, in any case; undefined when this mailbox has none. */
  wellKnown(name: string): FolderRow | undefined {
    const row = this.#select('mailbox_id = ? and well_known = ?').get(this.#mailboxId, name.toLowerCase())
    return row === undefined ? undefined : toFolderRow(row)
  }

  children(folderId: number): readonly FolderRow[] {
    return this.#select('mailbox_id = ? and parent_id = ? order by name collate nocase, id').all(this.#mailboxId, folderId).map(toFolderRow)
  }

  child(folderId: number, name: string): FolderRow | undefined {
    const wanted = name.toLowerCase()
    return this.children(folderId).find((folder) => folder.name.toLowerCase() === wanted)
  }

  counts(folderId: number): FolderCounts {
    const items = this.#database
      .prepare(
        `select count(*) as items, coalesce(sum(message_flags & 1 = 0), 0) as unread, coalesce(sum(size_bytes), 0) as size_bytes,
                max(modified_ms) as last_change_ms
         from items where folder_id = ? and is_associated = 0`,
      )
      .get(folderId)
    const children = this.#database.prepare('select count(*) as n from folders where mailbox_id = ? and parent_id = ?').get(this.#mailboxId, folderId)
    return {
      items: Number(items?.['items']),
      unread: Number(items?.['unread']),
      children: Number(children?.['n']),
      sizeBytes: Number(items?.['size_bytes']),
      lastChangeMs: items?.['last_change_ms'] === null ? undefined : Number(items?.['last_change_ms']),
    }
  }

  /** Throws `folder-exists` for a name taken among the siblings, and for names and depths that Exchange refuses. */
  create(parentId: number, folder: NewFolder): FolderRow {
    this.get(parentId)
    this.#checkName(parentId, folder.name)
    if (this.pathTo(parentId).length >= depthMax) throw new MailboxError('folder-too-deep', 'The folder hierarchy is too deep.')
    return this.get(this.#insert(parentId, folder))
  }

  /** Throws as `create`, and `folder-is-default` for those that Exchange keeps where they are. */
  rename(folderId: number, name: string): FolderRow {
    const folder = this.#movable(folderId)
    if (folder.parentId !== undefined && folder.name !== name) this.#checkName(folder.parentId, name, folderId)
    this.#touch(folderId, 'name = ?', name)
    return this.get(folderId)
  }

  move(folderId: number, parentId: number): FolderRow {
    const folder = this.#movable(folderId)
    this.get(parentId)
    if (this.pathTo(parentId).some(({ id }) => id === folderId)) {
      throw new MailboxError('folder-moves-into-itself', 'A folder cannot be moved into itself or below itself.')
    }
    this.#checkName(parentId, folder.name, folderId)
    this.#touch(folderId, 'parent_id = ?', parentId)
    return this.get(folderId)
  }

  /** Where an auxiliary archive holds it now; undefined when it is back. */
  redirect(folderId: number, movedTo: string | undefined): void {
    this.#touch(folderId, 'moved_to = ?', movedTo ?? null)
  }

  /** Removes a folder with its sub-folders. Their items must be gone already. Returns the folders removed. */
  remove(folderId: number): readonly FolderRow[] {
    const removed = this.subtree(this.#movable(folderId).id)
    for (const { id } of removed) {
      this.#database.prepare('delete from folders where id = ?').run(id)
      this.#database
        .prepare('insert into folder_departures (mailbox_id, folder_id, change) values (?, ?, ?)')
        .run(this.#mailboxId, id, this.#nextChange())
    }
    return removed
  }

  /** The folder and everything below it, parents first. */
  subtree(folderId: number): readonly FolderRow[] {
    const found = [this.get(folderId)]
    for (const folder of found) found.push(...this.children(folder.id))
    return found
  }

  /** From the folder itself up to the root. */
  pathTo(folderId: number): readonly FolderRow[] {
    const path: FolderRow[] = []
    for (let next: number | undefined = folderId; next !== undefined && path.length <= depthMax; ) {
      const folder: FolderRow = this.get(next)
      path.push(folder)
      next = folder.parentId
    }
    return path
  }

  /** Folders made or changed after `change`, and the numbers of those that went. */
  changesSince(change: number): { readonly changed: readonly FolderRow[]; readonly gone: readonly number[] } {
    const changed = this.#select('mailbox_id = ? and change > ? order by change').all(this.#mailboxId, change).map(toFolderRow)
    const gone = this.#database
      .prepare('select folder_id from folder_departures where mailbox_id = ? and change > ?')
      .all(this.#mailboxId, change)
    return { changed, gone: gone.map((row) => Number(row['folder_id'])) }
  }

  /** The folders that went after `change`, in the order in which they went. */
  departuresSince(change: number): readonly { readonly folderId: number; readonly change: number }[] {
    return this.#database
      .prepare('select folder_id, change from folder_departures where mailbox_id = ? and change > ? order by change')
      .all(this.#mailboxId, change)
      .map((row) => ({ folderId: Number(row['folder_id']), change: Number(row['change']) }))
  }

  /** Extra properties of the folder object in FastTransfer's encoding. */
  properties(folderId: number): Uint8Array | undefined {
    const row = this.#database.prepare('select properties from folders where id = ?').get(folderId)
    return (row?.['properties'] as Uint8Array | null | undefined) ?? undefined
  }

  setProperties(folderId: number, properties: Uint8Array): void {
    this.#touch(folderId, 'properties = ?', properties)
  }

  /** Hands out the next UID of a folder. */
  nextUid(folderId: number): number {
    // Not by RETURNING, for which SQLite makes a table each time.
    const [uid] = this.#database.prepareLists('select uid_next from folders where id = ?').get(folderId) ?? []
    this.#database.prepare('update folders set uid_next = uid_next + 1 where id = ?').run(folderId)
    return Number(uid)
  }

  #select(condition: string): ListStatement {
    return this.#database.prepareLists(`select ${columns} from folders where ${condition}`)
  }

  #touch(folderId: number, assignment: string, value: string | number | Uint8Array | null): void {
    this.#database
      .prepare(`update folders set ${assignment}, modified_ms = ?, change = ? where id = ?`)
      .run(value, Math.round(this.#nowMs()), this.#nextChange(), folderId)
  }

  #movable(folderId: number): FolderRow {
    const folder = this.get(folderId)
    if (folder.wellKnown !== undefined) throw new MailboxError('folder-is-default', 'The default folder cannot be moved, renamed or deleted.')
    return folder
  }

  #checkName(parentId: number, name: string, exceptId?: number): void {
    if (name.trim() === '' || name.length > nameLengthMax) throw new MailboxError('folder-name-invalid', 'The folder name is empty or too long.')
    const taken = this.child(parentId, name)
    if (taken !== undefined && taken.id !== exceptId) {
      throw new MailboxError('folder-exists', 'A folder with the specified name already exists.')
    }
  }

  #insert(parentId: number | undefined, folder: NewFolder): number {
    const nowMs = Math.round(this.#nowMs())
    const change = this.#nextChange()
    const { lastInsertRowid } = this.#database
      .prepare(
        `insert into folders (mailbox_id, parent_id, well_known, name, class, is_hidden, is_search, created_ms, modified_ms, change, uid_validity)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        this.#mailboxId,
        parentId ?? null,
        folder.wellKnown ?? null,
        folder.name,
        folder.folderClass,
        Number(folder.isHidden ?? false),
        Number(folder.isSearch ?? false),
        nowMs,
        nowMs,
        change,
        // Rises from folder to folder, also when one is made again under an old name.
        change + 13,
      )
    return Number(lastInsertRowid)
  }
}

/** From the values of `columns`. */
function toFolderRow(values: RowValues): FolderRow {
  const [id, parentId, wellKnown, name, folderClass, isHidden, isSearch, createdMs, modifiedMs, change, uidValidity, uidNext, movedTo] = values
  return {
    id: Number(id),
    parentId: parentId === null ? undefined : Number(parentId),
    wellKnown: (wellKnown as string | null) ?? undefined,
    name: String(name),
    folderClass: String(folderClass),
    isHidden: isHidden === 1,
    isSearch: isSearch === 1,
    createdMs: Number(createdMs),
    modifiedMs: Number(modifiedMs),
    change: Number(change),
    uidValidity: Number(uidValidity),
    uidNext: Number(uidNext),
    movedTo: (movedTo as string | null) ?? undefined,
  }
}
