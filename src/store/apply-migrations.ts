import type { Database } from './database.ts'
import { kyselyOver } from './kysely.ts'
import { migrations } from './migrations/index.ts'
import { insertMigration } from './schema-version.ts'

/**
 * Applies every migration above `version`, each as a step of the transaction that the caller has begun (`writeAlone`).
 * Importing this module loads Kysely.
 */
export async function applyMigrations(database: Database, version: number): Promise<void> {
  const kysely = kyselyOver(database)
  for (const migration of migrations.slice(version)) {
    await migration.up(kysely)
    database.run(insertMigration, migration.number, migration.name)
  }
}
