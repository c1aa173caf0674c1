import type { FolderId, ItemId } from '../core/model/ids.ts'
import type { ItemRef } from '../core/model/item.ts'
import type { UnclaimedItem } from '../core/ports/ledger.ts'
import type { Database } from './database.ts'
import type { EntryRow } from './entry-row.ts'
import type { FolderNumbers } from './folder-numbers.ts'
import { parseKeywordColumn, toKeywordColumn } from './keyword-column.ts'

type IndexedRow = Pick<
  EntryRow,
  'source_id' | 'version' | 'keywords' | 'size_bytes' | 'received_ms' | 'received_offset'
>

const selectCandidates = `
  SELECT source_id, version, keywords, size_bytes, received_ms, received_offset FROM unclaimed_items AS indexed
  WHERE mailbox = ? AND target_folder = ? AND identity = ?
    AND NOT EXISTS (SELECT 1 FROM items AS claim WHERE claim.target_folder = ? AND claim.target_id = indexed.source_id)
    AND NOT EXISTS (
      SELECT 1 FROM items AS claim WHERE claim.target_folder = ? AND claim.superseded_id = indexed.source_id)
  ORDER BY source_id`

const selectClaims = `
  SELECT 1 FROM items WHERE target_folder = ? AND target_id = ?
  UNION ALL SELECT 1 FROM items WHERE target_folder = ? AND superseded_id = ?`

/**
 * Which copies at the target are claimed, and the scratch index of those that are not. The index lives in a temporary
 * table: it goes with the connection, and large ones go to a temporary file rather than into memory.
 */
export class TargetIndex {
  readonly #database: Database
  readonly #mailbox: number
  readonly #numbers: FolderNumbers

  constructor(database: Database, mailbox: number, numbers: FolderNumbers) {
    this.#database = database
    this.#mailbox = mailbox
    this.#numbers = numbers
  }

  /** `Ledger.unclaimed`; inside `read`. */
  unclaimed(targetFolderId: FolderId, ids: readonly ItemId[]): readonly ItemId[] {
    const folder = this.#numbers.findTargetNumber(targetFolderId)
    if (folder === undefined) return ids
    return ids.filter((id) => this.#database.get(selectClaims, folder, id, folder, id) === undefined)
  }

  /** `Ledger.indexTarget`; inside `read`, since nothing durable is written. */
  index(targetFolderId: FolderId, items: readonly UnclaimedItem[], isFirst: boolean): void {
    this.#make()
    if (isFirst) {
      this.#database.run(
        'DELETE FROM unclaimed_items WHERE mailbox = ? AND target_folder = ?',
        this.#mailbox,
        targetFolderId,
      )
    }
    for (const { ref, identity } of items) {
      this.#database.run(
        `INSERT INTO unclaimed_items (mailbox, target_folder, identity, source_id, version, keywords, size_bytes,
           received_ms, received_offset)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (mailbox, target_folder, identity, source_id) DO NOTHING`,
        this.#mailbox,
        targetFolderId,
        identity,
        ref.id,
        ref.version,
        toKeywordColumn(ref.keywords, ref.version),
        ref.sizeBytes,
        ref.receivedAt.epochMs,
        ref.receivedAt.offsetMinutes,
      )
    }
  }

  /** `Ledger.candidates`; inside `read`. */
  candidates(targetFolderId: FolderId, identities: readonly string[]): ReadonlyMap<string, readonly UnclaimedItem[]> {
    const found = new Map<string, readonly UnclaimedItem[]>()
    this.#make()
    // Nothing is claimed in a folder without a number: no number equals NULL.
    const folder = this.#numbers.findTargetNumber(targetFolderId) ?? null
    for (const identity of new Set(identities)) {
      const rows = this.#database.all<IndexedRow>(
        selectCandidates,
        this.#mailbox,
        targetFolderId,
        identity,
        folder,
        folder,
      )
      if (rows.length > 0)
        found.set(
          identity,
          rows.map((row) => ({ ref: toRef(row, targetFolderId), identity })),
        )
    }
    return found
  }

  #make(): void {
    this.#database.execute(
      `CREATE TEMPORARY TABLE IF NOT EXISTS unclaimed_items (
         mailbox integer NOT NULL, target_folder text NOT NULL, identity text NOT NULL, source_id text NOT NULL,
         version text NOT NULL, keywords text, size_bytes bigint NOT NULL, received_ms bigint NOT NULL,
         received_offset integer NOT NULL, PRIMARY KEY (mailbox, target_folder, identity, source_id))`,
    )
  }
}

function toRef(row: IndexedRow, folderId: FolderId): ItemRef {
  return {
    id: row.source_id as ItemId,
    folderId,
    version: row.version,
    sizeBytes: row.size_bytes,
    receivedAt: { epochMs: row.received_ms, offsetMinutes: row.received_offset },
    keywords: parseKeywordColumn(row.keywords, row.version),
  }
}
