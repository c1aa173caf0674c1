import assert from 'node:assert'
import type { Role } from '../core/model/folder.ts'
import type { Cursor, FolderId } from '../core/model/ids.ts'
import type { FolderRecord } from '../core/model/records.ts'
import type { Database } from './database.ts'

interface FolderRow {
  readonly id: number
  readonly source_id: FolderId
  readonly source_path: string
  readonly role: Role | null
  readonly target_path: string | null
  readonly target_id: FolderId | null
  readonly skipped_by: string | null
  readonly cursor: Cursor | null
  readonly is_present: number
}

const columns = 'id, source_id, source_path, role, target_path, target_id, skipped_by, cursor, is_present'

/** `Ledger.folders`, in order of key; inside `read`. */
export function listFolders(database: Database, mailbox: number): readonly FolderRecord[] {
  return database
    .all<FolderRow>(`SELECT ${columns} FROM folders WHERE mailbox = ? ORDER BY id`, mailbox)
    .map(toFolderRecord)
}

/** `Ledger.saveFolder`; inside `write`. */
export function saveFolder(database: Database, mailbox: number, folder: Omit<FolderRecord, 'key'>): FolderRecord {
  const row = database.get<FolderRow>(
    `INSERT INTO folders (id, mailbox, source_id, source_path, role, target_path, target_id, skipped_by, cursor,
       is_present)
     VALUES ((SELECT coalesce(max(id), 0) + 1 FROM folders), ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (mailbox, source_id) DO UPDATE SET source_path = excluded.source_path, role = excluded.role,
       target_path = excluded.target_path, target_id = excluded.target_id, skipped_by = excluded.skipped_by,
       cursor = excluded.cursor, is_present = excluded.is_present
     RETURNING ${columns}`,
    mailbox,
    folder.sourceId,
    JSON.stringify(folder.sourcePath),
    folder.role ?? null,
    folder.targetPath === undefined ? null : JSON.stringify(folder.targetPath),
    folder.targetId ?? null,
    folder.skippedBy ?? null,
    folder.cursor ?? null,
    folder.isPresent ? 1 : 0,
  )
  assert(row)
  return toFolderRecord(row)
}

function toFolderRecord(row: FolderRow): FolderRecord {
  return {
    key: row.id,
    sourceId: row.source_id,
    sourcePath: JSON.parse(row.source_path) as string[],
    ...(row.role !== null && { role: row.role }),
    ...(row.target_path !== null && { targetPath: JSON.parse(row.target_path) as string[] }),
    ...(row.target_id !== null && { targetId: row.target_id }),
    ...(row.skipped_by !== null && { skippedBy: row.skipped_by }),
    ...(row.cursor !== null && { cursor: row.cursor }),
    isPresent: row.is_present === 1,
  }
}
