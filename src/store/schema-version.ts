import { MigrationError } from '../core/errors.ts'
import type { Database } from './database.ts'

/** The schema that this program reads and writes: the number of the last migration. */
export const schemaVersion = 3

/** Where the migrations that were applied are noted. */
export const createMigrations = 'CREATE TABLE migrations (number integer PRIMARY KEY, name text NOT NULL)'
export const insertMigration = 'INSERT INTO migrations (number, name) VALUES (?, ?)'

/**
 * The number of the last migration applied; 0 for an empty database. Refuses what a newer program made
 * (`store.newer-schema`) and what another one did (`store.not-a-ledger`). Inside `read` or `write`.
 */
export function readSchemaVersion(database: Database): number {
  const tables = database.all<{ name: string }>(`SELECT name FROM sqlite_master WHERE type = 'table'`)
  if (tables.length === 0) return 0
  if (!tables.some((table) => table.name === 'migrations')) {
    throw new MigrationError('config', 'store.not-a-ledger', {
      message: `The file ${database.path} is the database of another program.`,
      hint: 'Name another place with --home, or move that file away.',
    })
  }
  const version =
    database.get<{ version: number | null }>('SELECT max(number) AS version FROM migrations')?.version ?? 0
  if (version <= schemaVersion) return version
  throw new MigrationError('config', 'store.newer-schema', {
    message: `The ledger ${database.path} was written by a newer mailvan (schema ${version}, not ${schemaVersion}).`,
    hint: 'Use the newer version, or begin with an empty --home.',
  })
}
