import type { SQLInputValue } from 'node:sqlite'
import type { Entry, EntryId } from '../core/model/entry.ts'
import type { FolderRecord } from '../core/model/records.ts'
import type { Database } from './database.ts'
import { entryColumns, toEntry, type EntryTuple, type FolderNames } from './entry-row.ts'
import { listFolders } from './folder-records.ts'
import { kyselyOver } from './kysely.ts'
import type { Schema } from './schema.ts'

/** Which entries are listed: all of them, those of a fate, or those that a person may want to look at. */
export type Listing =
  | 'all'
  | 'migrated'
  | 'alreadyThere'
  | 'skipped'
  | 'failed'
  | 'gone'
  | 'pending'
  | 'conflicts'
  | 'altered'

/** An entry and the names of its folders. */
export interface ListedEntry {
  readonly entry: Entry
  readonly sourcePath: readonly string[]
  /** Where its copy is, or where it is to go; absent when nothing of its folder goes to the target. */
  readonly targetPath?: readonly string[]
}

/** A page of a listing in order of key; inside `read`. */
export function listEntries(
  database: Database,
  mailbox: number,
  names: FolderNames,
  page: { readonly listing: Listing; readonly after: EntryId; readonly limit: number },
): readonly ListedEntry[] {
  const { sql, parameters } = select(database, mailbox, page.listing)
    .where('key', '>', page.after)
    .orderBy('key')
    .limit(page.limit)
    .compile()
  const paths = new FolderPaths(listFolders(database, mailbox))
  return database
    .tuples<EntryTuple>(sql, ...(parameters as readonly SQLInputValue[]))
    .map((tuple) => paths.locate(toEntry(tuple, names)))
}

function select(database: Database, mailbox: number, listing: Listing) {
  const all = kyselyOver<Schema>(database).selectFrom('items').select(entryColumns).where('mailbox', '=', mailbox)
  switch (listing) {
    case 'all':
      return all
    case 'pending':
      return all.where('fate', 'is', null)
    case 'conflicts':
      return all.where('conflict', 'is not', null)
    case 'altered':
      return all.where('altered', 'is not', null)
    default:
      return all.where('fate', '=', listing)
  }
}

class FolderPaths {
  readonly #byKey = new Map<number, FolderRecord>()
  readonly #byTargetId = new Map<string, readonly string[]>()

  constructor(folders: readonly FolderRecord[]) {
    for (const folder of folders) {
      this.#byKey.set(folder.key, folder)
      if (folder.targetId !== undefined && folder.targetPath) this.#byTargetId.set(folder.targetId, folder.targetPath)
    }
  }

  locate(entry: Entry): ListedEntry {
    const folder = this.#byKey.get(entry.folder)
    // A copy that was taken over from a moved item can be in another folder than the one planned.
    const copyPath = entry.targetFolderId === undefined ? undefined : this.#byTargetId.get(entry.targetFolderId)
    const targetPath = copyPath ?? (folder?.skippedBy === undefined ? folder?.targetPath : undefined)
    return { entry, sourcePath: folder?.sourcePath ?? [], ...(targetPath && { targetPath }) }
  }
}
