import type { EntryId } from '../core/model/entry.ts'
import type { Database } from './database.ts'

/** Ends an item's claim on its copy, and on the one superseded; inside `write`. */
export function dropClaim(database: Database, mailbox: number, key: EntryId): void {
  database.run(
    `UPDATE items SET target_folder = NULL, target_id = NULL, target_version = NULL, superseded_id = NULL,
       is_orphan = 0, proof = NULL, altered = NULL
     WHERE mailbox = ? AND key = ?`,
    mailbox,
    key,
  )
}
