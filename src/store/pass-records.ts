import assert from 'node:assert'
import type { PassRecord } from '../core/model/records.ts'
import type { Database } from './database.ts'

interface PassRow {
  readonly number: number
  readonly started_ms: number
  readonly ended_ms: number | null
  readonly settings: string
  readonly result: string | null
  readonly counts: string | null
}

/** `Ledger.passes`; inside `read`. */
export function listPasses(database: Database, mailbox: number): readonly PassRecord[] {
  return database
    .all<PassRow>(
      'SELECT number, started_ms, ended_ms, settings, result, counts FROM passes WHERE mailbox = ? ORDER BY number',
      mailbox,
    )
    .map((row) => ({
      number: row.number,
      startedAtMs: row.started_ms,
      settings: row.settings,
      ...(row.ended_ms !== null && { endedAtMs: row.ended_ms }),
      ...(row.result !== null && { result: row.result }),
      ...(row.counts !== null && { counts: row.counts }),
    }))
}

/** `Ledger.startPass`; inside `write`. Passes of a mailbox are numbered from 1. */
export function insertPass(database: Database, mailbox: number, startedAtMs: number, settings: string): number {
  const row = database.get<{ number: number }>(
    `INSERT INTO passes (mailbox, number, started_ms, settings)
     VALUES (?, (SELECT coalesce(max(number), 0) + 1 FROM passes WHERE mailbox = ?), ?, ?) RETURNING number`,
    mailbox,
    mailbox,
    startedAtMs,
    settings,
  )
  assert(row)
  return row.number
}
