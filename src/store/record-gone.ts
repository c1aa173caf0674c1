import type { ItemId } from '../core/model/ids.ts'
import type { Database } from './database.ts'
import type { RecordingPlace } from './record-decisions.ts'

const isLive = `(fate IS NULL OR fate <> 'gone')`

/**
 * What makes an item gone: no task is left but `clear`, since the superseded copy has to go all the same, and a copy
 * that it claims becomes an orphan.
 */
export const goneAssignments = `
  fate = 'gone', fate_pass = ?, reason = NULL, hint = NULL, prior_fate = NULL, prior_task = NULL,
  task = CASE WHEN superseded_id IS NULL THEN NULL ELSE 'clear' END,
  is_orphan = CASE WHEN target_id IS NULL THEN 0 ELSE 1 END`

const endById = `UPDATE items SET ${goneAssignments} WHERE folder = ? AND source_id = ? AND ${isLive}`

/** `Ledger.recordGone`; inside `write`. */
export function recordGone(database: Database, place: RecordingPlace, ids: readonly ItemId[]): number {
  let items = 0
  for (const id of ids) {
    items += database.run(endById, place.pass, place.folder, id)
  }
  return items
}

/** `Ledger.recordUnseen`; inside `write`. */
export function recordUnseen(database: Database, place: RecordingPlace): number {
  return database.run(
    `UPDATE items SET ${goneAssignments} WHERE folder = ? AND seen_pass <> ? AND ${isLive}`,
    place.pass,
    place.folder,
    place.pass,
  )
}
