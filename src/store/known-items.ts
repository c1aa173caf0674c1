import assert from 'node:assert'
import type { EntryId, Fate, Task } from '../core/model/entry.ts'
import type { ItemId } from '../core/model/ids.ts'
import type { Database } from './database.ts'
import type { Known } from './merge-decision.ts'

/** An item's row, as far as a change of it depends on it. */
export interface KnownItem extends Known {
  readonly key: EntryId
  readonly fatePass: number | null
  readonly updatePass: number | null
  readonly supersededId: string | null
}

interface KnownRow {
  readonly key: number
  readonly fate: Fate | null
  readonly task: Task | null
  readonly version: string
  readonly reason: string | null
  readonly target_id: string | null
  readonly superseded_id: string | null
  readonly prior_fate: Fate | null
  readonly prior_task: Task | null
  readonly fate_pass: number | null
  readonly update_pass: number | null
}

const columns =
  'key, fate, task, version, reason, target_id, superseded_id, prior_fate, prior_task, fate_pass, update_pass'

const selectBySourceId = `SELECT ${columns} FROM items WHERE folder = ? AND source_id = ?`
const selectByKey = `SELECT ${columns} FROM items WHERE mailbox = ? AND key = ?`

/** The item with this source id. Inside `read` or `write`. */
export function findItem(database: Database, folder: number, id: ItemId): KnownItem | undefined {
  const row = database.get<KnownRow>(selectBySourceId, folder, id)
  return row && toKnownItem(row)
}

/** The item with this key; an unknown key is a defect. Inside `read` or `write`. */
export function getItem(database: Database, mailbox: number, key: EntryId): KnownItem {
  const row = database.get<KnownRow>(selectByKey, mailbox, key)
  assert(row, `no entry has the key ${key}`)
  return toKnownItem(row)
}

function toKnownItem(row: KnownRow): KnownItem {
  return {
    key: row.key,
    fate: row.fate,
    task: row.task,
    version: row.version,
    reason: row.reason,
    hasCopy: row.target_id !== null,
    supersededId: row.superseded_id,
    priorFate: row.prior_fate,
    priorTask: row.prior_task,
    fatePass: row.fate_pass,
    updatePass: row.update_pass,
  }
}
