import { DatabaseSync } from 'node:sqlite'
import { TenantError } from './tenant-error.ts'

/** SQLITE_BUSY. */
const busyCode = 5
/**
 * SQLite (3.53) goes through every page that it holds, at the end of each transaction that splits a page between two others:
 * with a whole tenant in memory that costs more than what the transaction does, and with large pages a tenth of it.
 */
const memoryPageBytes = 32_768

/**
 * Opens a tenant's database, a file or `:memory:`, for this process alone, since what faces remember of it must not change
 * behind them. What a sandbox holds may be lost with the machine, so nothing waits for the disk; a process that is killed
 * loses nothing. Throws `TenantError` (`in-use`) when another process has it.
 */
export function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    if (path === ':memory:') database.exec(`pragma page_size = ${memoryPageBytes}`)
    database.exec(`
      pragma locking_mode = exclusive;
      pragma journal_mode = wal;
      pragma synchronous = off;
      pragma cache_size = -65536;
      pragma temp_store = memory;
      pragma foreign_keys = off;
      begin immediate;
      commit;
    `)
  } catch (error) {
    database.close()
    if ((error as { errcode?: number }).errcode === busyCode) throw new TenantError('in-use', path)
    throw error
  }
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
