import type { Entry, EntryId } from '../core/model/entry.ts'
import type { FolderRecord } from '../core/model/records.ts'
import type { Database } from './database.ts'
import { selectEntries, toEntry, type EntryTuple, type FolderNames } from './entry-row.ts'
import { listFolders } from './folder-records.ts'

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

const conditions: Readonly<Record<Listing, string>> = {
  all: 'true',
  migrated: "fate = 'migrated'",
  alreadyThere: "fate = 'alreadyThere'",
  skipped: "fate = 'skipped'",
  failed: "fate = 'failed'",
  gone: "fate = 'gone'",
  pending: 'fate IS NULL',
  conflicts: 'conflict IS NOT NULL',
  altered: 'altered IS NOT NULL',
}

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
  { listing, after, limit }: { readonly listing: Listing; readonly after: EntryId; readonly limit: number },
): readonly ListedEntry[] {
  const paths = new FolderPaths(listFolders(database, mailbox))
  return database
    .tuples<EntryTuple>(
      `${selectEntries} WHERE mailbox = ? AND ${conditions[listing]} AND key > ? ORDER BY key LIMIT ?`,
      mailbox,
      after,
      limit,
    )
    .map((tuple) => paths.locate(toEntry(tuple, names)))
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
