import type { Cursor, FolderId } from './ids.ts'
import type { Role } from './folder.ts'

/** A source folder in the ledger and where its items go. */
export interface FolderRecord {
  /** The ledger's own number. */
  readonly key: number
  readonly sourceId: FolderId
  readonly sourcePath: readonly string[]
  readonly role?: Role
  /** As planned; the target's id is known once the folder is ensured. */
  readonly targetPath?: readonly string[]
  readonly targetId?: FolderId
  /** Rule by which the whole folder is left out. */
  readonly skippedBy?: string
  readonly cursor?: Cursor | undefined
  /** False once it is no longer there at the source. */
  readonly isPresent: boolean
}

/** One run of the flow. Times are epoch milliseconds; `settings`, `result` and `counts` are JSON without secrets. */
export interface PassRecord {
  readonly number: number
  readonly startedAtMs: number
  readonly endedAtMs?: number
  readonly settings: string
  readonly result?: string
  readonly counts?: string
}
