import type { Database } from './database.ts'
import { schemaSql } from './migrations/schema.ts'
import { readSchemaVersion, schemaVersion } from './schema-version.ts'

/**
 * Brings the schema up to `schemaVersion`, or refuses the database (`readSchemaVersion`). An empty database gets what
 * the migrations come to in one step, so that Kysely is loaded only where an older one is brought up to date.
 */
export async function migrate(database: Database): Promise<void> {
  const version = database.read(() => readSchemaVersion(database))
  if (version === schemaVersion) return
  if (version === 0) return makeSchema(database)
  const { applyMigrations } = await import('./apply-migrations.ts')
  // Read again under the write lock: another process may have been faster.
  await database.writeAlone(() => applyMigrations(database, readSchemaVersion(database)))
}

function makeSchema(database: Database): void {
  database.write(() => {
    if (readSchemaVersion(database) === 0) database.execute(schemaSql)
  })
}
