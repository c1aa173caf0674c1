import assert from 'node:assert'
import type { Tally } from '../core/ports/ledger.ts'
import type { Database } from './database.ts'

interface TallyRow {
  readonly source: number
  readonly source_bytes: number
  readonly pending: number
  readonly migrated: number
  readonly already_there: number
  readonly skipped: number
  readonly failed: number
  readonly gone: number
  readonly now_migrated: number
  readonly now_already_there: number
  readonly now_updated: number
  readonly unchanged: number
  readonly conflicts: number
}

const carried = `fate IN ('migrated', 'alreadyThere')`

/** `Ledger.tally`; inside `read`. Fates that do not add up are a defect. */
export function tallyItems(database: Database, mailbox: number, pass: number): Tally {
  const row = database.get<TallyRow>(
    `SELECT count(*) AS source, coalesce(sum(size_bytes), 0) AS source_bytes,
       count(*) FILTER (WHERE fate IS NULL) AS pending,
       count(*) FILTER (WHERE fate = 'migrated') AS migrated,
       count(*) FILTER (WHERE fate = 'alreadyThere') AS already_there,
       count(*) FILTER (WHERE fate = 'skipped') AS skipped,
       count(*) FILTER (WHERE fate = 'failed') AS failed,
       count(*) FILTER (WHERE fate = 'gone') AS gone,
       count(*) FILTER (WHERE fate = 'migrated' AND fate_pass = ?) AS now_migrated,
       count(*) FILTER (WHERE fate = 'alreadyThere' AND fate_pass = ?) AS now_already_there,
       count(*) FILTER (WHERE ${carried} AND fate_pass <> ? AND update_pass = ?) AS now_updated,
       count(*) FILTER (WHERE ${carried} AND fate_pass <> ? AND (update_pass IS NULL OR update_pass <> ?)) AS unchanged,
       count(conflict) AS conflicts
     FROM items WHERE mailbox = ?`,
    pass,
    pass,
    pass,
    pass,
    pass,
    pass,
    mailbox,
  )
  assert(row)
  const { source, skipped, failed, gone, pending } = row
  const tally: Tally = {
    source,
    sourceBytes: row.source_bytes,
    fates: { migrated: row.migrated, alreadyThere: row.already_there, skipped, failed, gone, pending },
    pass: {
      migrated: row.now_migrated,
      alreadyThere: row.now_already_there,
      updated: row.now_updated,
      unchanged: row.unchanged,
      skipped,
      failed,
      gone,
      pending,
    },
    ...(row.conflicts > 0 && { conflicts: row.conflicts }),
  }
  assert.equal(sum(tally.fates), source, 'an item has no fate')
  assert.equal(sum(tally.pass), source, 'an item has no part in the pass')
  return tally
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0)
}
