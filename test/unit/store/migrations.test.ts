import { expect, test } from 'vitest'
import { applyMigrations } from '../../../src/store/apply-migrations.ts'
import { Database } from '../../../src/store/database.ts'
import { MailboxLedger } from '../../../src/store/mailbox-ledger.ts'
import { migrate } from '../../../src/store/migrate.ts'
import { migrations } from '../../../src/store/migrations/index.ts'
import { kyselyOver } from '../../../src/store/kysely.ts'
import { createMigrations, insertMigration, readSchemaVersion, schemaVersion } from '../../../src/store/schema-version.ts'

/** Everything that makes up the schema: tables, indexes, and the list of migrations. */
function dump(database: Database): string {
  return database.read(() => {
    const definitions = database.all<{ sql: string }>(
      'SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid',
    )
    const applied = database.all<{ number: number; name: string }>(
      'SELECT number, name FROM migrations ORDER BY number',
    )
    const notes = applied.map(
      ({ number, name }) => `INSERT INTO migrations (number, name) VALUES (${number}, '${name}')`,
    )
    return [...definitions.map(({ sql }) => sql), ...notes].map((statement) => `${statement};\n`).join('')
  })
}

/** A column to a line. */
function readable(sql: string): string {
  return sql.replaceAll(
    /^(CREATE TABLE "\w+" \()(.*)(\)(?: without rowid)?;)$/gm,
    (_, head: string, columns: string, tail: string) => {
      const lines = columns.split(/, (?="\w+" \w|constraint )/).map((column) => `  ${column}`)
      return `${head}\n${lines.join(',\n')}\n${tail}`
    },
  )
}

async function migrated(): Promise<Database> {
  const database = new Database(':memory:', 0)
  await database.writeAlone(async () => {
    database.execute(createMigrations)
    await applyMigrations(database, 0)
  })
  return database
}

test('the migrations are numbered without a gap up to the schema that the program reads', async () => {
  expect(migrations.map(({ number }) => number)).toEqual(Array.from({ length: schemaVersion }, (_, index) => index + 1))
  const database = await migrated()
  expect(database.read(() => readSchemaVersion(database))).toBe(schemaVersion)
  database.close()
})

// After a new migration: `vitest run --project unit test/unit/store/migrations.test.ts --update` writes the file anew.
test('an empty database gets exactly what the migrations come to', async () => {
  const stepwise = await migrated()
  const head = '/** What all migrations come to; written by their test, never by hand. */\nexport const schemaSql = `\n'
  const module = `${head}${readable(dump(stepwise))}\`\n`
  await expect(module).toMatchFileSnapshot('../../../src/store/migrations/schema.ts')
  const atOnce = new Database(':memory:', 0)
  await migrate(atOnce)
  const normal = (text: string) => text.replaceAll(/\s+/g, ' ').replaceAll('( ', '(').replaceAll(' )', ')')
  expect(normal(dump(atOnce))).toBe(normal(dump(stepwise)))
  stepwise.close()
  atOnce.close()
})

test('a ledger of an earlier schema is brought up to date and keeps what is in it', async () => {
  const database = new Database(':memory:', 0)
  await database.writeAlone(async () => {
    database.execute(createMigrations)
    await migrations[0]!.up(kyselyOver(database))
    database.run(insertMigration, 1, 'initial')
    database.run("INSERT INTO mailboxes (id, source_url, target_url) VALUES (1, 'a', 'b')")
  })
  await migrate(database)
  const ledger = new MailboxLedger(database, 1, { sourceUrl: 'a', targetUrl: 'b' })
  expect(database.read(() => readSchemaVersion(database))).toBe(schemaVersion)
  expect(database.read(() => database.all('SELECT source_url FROM mailboxes'))).toEqual([{ source_url: 'a' }])
  const record = { kind: 'rule', sourceId: '1', name: 'Lists', handwork: { sentence: 'Do it.', commands: ['a', 'b'] }, pass: 1, isPresent: true } as const
  await ledger.saveExtras([record])
  await ledger.saveExtras([{ ...record, name: 'List' }])
  expect(await ledger.extras()).toEqual([{ ...record, name: 'List' }])
  database.close()
})
