import assert from 'node:assert'
import type { ItemId } from '../core/model/ids.ts'
import type { ItemRef } from '../core/model/item.ts'
import type { Decision } from '../core/ports/ledger.ts'
import type { Database } from './database.ts'
import { dropClaim } from './drop-claim.ts'
import { toKeywordColumn } from './keyword-column.ts'
import { findItem } from './known-items.ts'
import { mergeDecision, type Standing } from './merge-decision.ts'
import { limitNote } from './text-limits.ts'

/** Where decisions are recorded. */
export interface RecordingPlace {
  readonly mailbox: number
  readonly folder: number
  readonly pass: number
}

/** `Ledger.record`; inside `write`. */
export function recordDecisions(database: Database, place: RecordingPlace, decisions: readonly Decision[]): void {
  const { mailbox } = place
  const firstKey = nextKey(database, mailbox)
  let key = firstKey
  for (const { ref, decision } of decisions) {
    if (decision.type === 'create') {
      if (insertItem(database, place, key, ref, { fate: null, task: 'create', reason: null })) key += 1
      else recordKnown(database, place, ref, decision)
    } else if (decision.type === 'skip') {
      const standing: Standing = { fate: 'skipped', task: null, reason: decision.rule }
      if (insertItem(database, place, key, ref, standing)) key += 1
      else recordKnown(database, place, ref, decision)
    } else if (decision.type === 'update' || !markSeen(database, place, ref.id)) {
      recordKnown(database, place, ref, decision)
    }
  }
  if (key !== firstKey) database.run('UPDATE mailboxes SET last_key = ? WHERE id = ?', key - 1, mailbox)
}

function nextKey(database: Database, mailbox: number): number {
  const row = database.get<{ last_key: number }>('SELECT last_key FROM mailboxes WHERE id = ?', mailbox)
  assert(row)
  return row.last_key + 1
}

/** False when the item is known. */
function insertItem(database: Database, place: RecordingPlace, key: number, ref: ItemRef, standing: Standing): boolean {
  const { fate, task, reason } = standing
  const changes = database.run(
    `INSERT INTO items (mailbox, key, folder, fate, task, reason, fate_pass, seen_pass,
       source_id, version, keywords, size_bytes, received_ms, received_offset)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (folder, source_id) DO NOTHING`,
    place.mailbox,
    key,
    place.folder,
    fate,
    task,
    reason === null ? null : limitNote(reason),
    fate === null ? null : place.pass,
    place.pass,
    ref.id,
    ref.version,
    toKeywordColumn(ref.keywords, ref.version),
    ref.sizeBytes,
    ref.receivedAt.epochMs,
    ref.receivedAt.offsetMinutes,
  )
  return changes === 1
}

/** False when the item is unknown, or gone: being seen makes a difference to it then. */
export function markSeen(database: Database, { folder, pass }: RecordingPlace, id: ItemId): boolean {
  const changes = database.run(
    `UPDATE items SET seen_pass = ? WHERE folder = ? AND source_id = ? AND (fate IS NULL OR fate <> 'gone')`,
    pass,
    folder,
    id,
  )
  return changes === 1
}

function recordKnown(database: Database, place: RecordingPlace, ref: ItemRef, decision: Decision['decision']): void {
  const known = findItem(database, place.folder, ref.id)
  assert(known, `the decision ${decision.type} is about an item that the ledger does not know`)
  const standing = mergeDecision(known, decision, ref.version)
  if (!standing) {
    markSeen(database, place, ref.id)
    return
  }
  const { fate, task, reason } = standing
  // An item whose failed update is tried again goes back to a fate of an earlier pass.
  const isBack = known.fate === 'failed' && fate !== 'skipped' && fate !== null
  const fatePass = fate === known.fate || isBack ? known.fatePass : fate === null ? null : place.pass
  database.run(
    `UPDATE items SET fate = ?, task = ?, reason = ?, hint = NULL, prior_fate = NULL, prior_task = NULL, fate_pass = ?,
       is_orphan = 0, seen_pass = ?,
       version = ?, keywords = ?, size_bytes = ?, received_ms = ?, received_offset = ?
     WHERE mailbox = ? AND key = ?`,
    fate,
    task,
    reason === null ? null : limitNote(reason),
    fatePass,
    place.pass,
    ref.version,
    toKeywordColumn(ref.keywords, ref.version),
    ref.sizeBytes,
    ref.receivedAt.epochMs,
    ref.receivedAt.offsetMinutes,
    place.mailbox,
    known.key,
  )
  if (fate === null && known.hasCopy) dropClaim(database, place.mailbox, known.key)
}
