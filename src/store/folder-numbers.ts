import assert from 'node:assert'
import type { FolderId } from '../core/model/ids.ts'
import type { Database } from './database.ts'
import type { FolderNames } from './entry-row.ts'

/** The small numbers by which the rows of one mailbox name folders. All methods run inside `read` or `write`. */
export class FolderNumbers implements FolderNames {
  readonly #database: Database
  readonly #mailbox: number
  readonly #sourceIds = new Map<number, FolderId>()
  readonly #targetIds = new Map<number, FolderId>()
  readonly #targetNumbers = new Map<FolderId, number>()

  constructor(database: Database, mailbox: number) {
    this.#database = database
    this.#mailbox = mailbox
    database.onRollback(() => {
      this.#targetIds.clear()
      this.#targetNumbers.clear()
    })
  }

  sourceFolderId(folder: number): FolderId {
    const known = this.#sourceIds.get(folder)
    if (known !== undefined) return known
    const row = this.#database.get<{ source_id: FolderId }>('SELECT source_id FROM folders WHERE id = ?', folder)
    assert(row, 'an item names a folder that is not there')
    this.#sourceIds.set(folder, row.source_id)
    return row.source_id
  }

  targetFolderId(targetFolder: number): FolderId {
    const known = this.#targetIds.get(targetFolder)
    if (known !== undefined) return known
    const row = this.#database.get<{ target_id: FolderId }>(
      'SELECT target_id FROM target_folders WHERE id = ?',
      targetFolder,
    )
    assert(row, 'an item names a target folder that is not there')
    this.#targetIds.set(targetFolder, row.target_id)
    return row.target_id
  }

  /** The number of a target folder, or undefined when no row has named it yet. */
  findTargetNumber(id: FolderId): number | undefined {
    const known = this.#targetNumbers.get(id)
    if (known !== undefined) return known
    const row = this.#database.get<{ id: number }>(
      'SELECT id FROM target_folders WHERE mailbox = ? AND target_id = ?',
      this.#mailbox,
      id,
    )
    if (row) this.#targetNumbers.set(id, row.id)
    return row?.id
  }

  /** Like `findTargetNumber`, and gives it one. Inside `write`. */
  targetNumber(id: FolderId): number {
    const known = this.findTargetNumber(id)
    if (known !== undefined) return known
    const row = this.#database.get<{ id: number }>(
      `INSERT INTO target_folders (id, mailbox, target_id)
       VALUES ((SELECT coalesce(max(id), 0) + 1 FROM target_folders), ?, ?) RETURNING id`,
      this.#mailbox,
      id,
    )
    assert(row)
    this.#targetNumbers.set(id, row.id)
    return row.id
  }
}
