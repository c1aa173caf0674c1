import { DatabaseSync } from 'node:sqlite'

/** A statement waits this long for a second process that works on the same tenant. */
const busyTimeoutMs = 5_000

/**
 * Opens a tenant's database, a file or `:memory:`. What a sandbox holds may be lost with the machine, so nothing waits
 * for the disk; a process that is killed loses nothing.
 */
export function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path)
  database.exec(`
    pragma journal_mode = wal;
    pragma synchronous = off;
    pragma busy_timeout = ${busyTimeoutMs};
    pragma cache_size = -65536;
    pragma temp_store = memory;
    pragma foreign_keys = off;
  `)
  return database
}

/** Runs `work` as one transaction; what it throws undoes everything. May not be nested. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('begin immediate')
  try {
    const result = work()
    database.exec('commit')
    return result
  } catch (error) {
    database.exec('rollback')
    throw error
  }
}
