import type { Entry, Fate, Proof, Task } from '../core/model/entry.ts'
import type { FolderId, ItemId } from '../core/model/ids.ts'
import { parseKeywordColumn } from './keyword-column.ts'

/** The columns of `items` that an `Entry` is made of. */
export interface EntryRow {
  readonly key: number
  readonly folder: number
  readonly source_id: string
  readonly version: string
  readonly keywords: string | null
  readonly size_bytes: number
  readonly received_ms: number
  readonly received_offset: number
  readonly fate: Fate | null
  readonly task: Task | null
  readonly reason: string | null
  readonly hint: string | null
  readonly conflict: string | null
  readonly target_folder: number | null
  readonly target_id: string | null
  readonly target_version: string | null
  readonly superseded_id: string | null
  readonly digest: Uint8Array | null
  readonly content_bytes: number | null
  readonly altered: string | null
  readonly proof: Proof | null
  readonly identity: string | null
  readonly message_id: string | null
  readonly sender: string | null
  readonly subject: string | null
  readonly seen_pass: number
  readonly fate_pass: number | null
  readonly update_pass: number | null
}

/** The columns of `EntryRow`. */
const entryColumns = [
  'key',
  'folder',
  'source_id',
  'version',
  'keywords',
  'size_bytes',
  'received_ms',
  'received_offset',
  'fate',
  'task',
  'reason',
  'hint',
  'conflict',
  'target_folder',
  'target_id',
  'target_version',
  'superseded_id',
  'digest',
  'content_bytes',
  'altered',
  'proof',
  'identity',
  'message_id',
  'sender',
  'subject',
  'seen_pass',
  'fate_pass',
  'update_pass',
] as const satisfies readonly (keyof EntryRow)[]

/** Turns the small numbers that rows name folders by back into the connectors' names. */
export interface FolderNames {
  sourceFolderId(folder: number): FolderId
  targetFolderId(targetFolder: number): FolderId
}

/** Gives `EntryTuple`s; a condition follows. */
export const selectEntries = `SELECT ${entryColumns.join(', ')} FROM items`

/** A row of `entryColumns`, in their order; arrays are read a third faster than objects. */
export type EntryTuple = ValuesOf<typeof entryColumns>

type ValuesOf<Columns extends readonly (keyof EntryRow)[]> = {
  readonly [Index in keyof Columns]: EntryRow[Columns[Index]]
}

/** A row as the engine knows it. */
export function toEntry(tuple: EntryTuple, names: FolderNames): Entry {
  const [
    key,
    folder,
    sourceId,
    version,
    keywords,
    sizeBytes,
    receivedMs,
    receivedOffset,
    fate,
    task,
    reason,
    hint,
    conflict,
    targetFolder,
    targetId,
    targetVersion,
    supersededId,
    digest,
    contentBytes,
    altered,
    proof,
    identity,
    messageId,
    sender,
    subject,
    seenPass,
    fatePass,
    updatePass,
  ] = tuple
  const entry: { -readonly [Name in keyof Entry]: Entry[Name] } = {
    key,
    folder,
    ref: {
      id: sourceId as ItemId,
      folderId: names.sourceFolderId(folder),
      version,
      sizeBytes,
      receivedAt: { epochMs: receivedMs, offsetMinutes: receivedOffset },
      keywords: parseKeywordColumn(keywords, version),
    },
    seenPass,
  }
  if (fate !== null) entry.fate = fate
  if (task !== null) entry.task = task
  if (reason !== null) entry.reason = reason
  if (hint !== null) entry.hint = hint
  if (conflict !== null) entry.conflict = conflict
  if (targetFolder !== null) entry.targetFolderId = names.targetFolderId(targetFolder)
  if (targetId !== null) entry.targetId = targetId as ItemId
  if (targetVersion !== null) entry.targetVersion = targetVersion
  if (supersededId !== null) entry.supersededId = supersededId as ItemId
  if (digest !== null) entry.digest = Buffer.from(digest).toString('hex')
  if (contentBytes !== null) entry.contentBytes = contentBytes
  if (altered !== null) entry.altered = altered
  if (proof !== null) entry.proof = proof
  if (fatePass !== null) entry.fatePass = fatePass
  if (updatePass !== null) entry.updatePass = updatePass
  if (identity !== null) {
    entry.description = { identity, messageId: messageId ?? '', from: sender ?? '', subject: subject ?? '' }
  }
  return entry
}
