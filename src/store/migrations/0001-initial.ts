import { sql, type CreateTableBuilder, type Kysely } from 'kysely'
import type { Migration } from './migration.ts'

/** Mailboxes, their passes and folders, and one row per source item. */
export const initial: Migration = {
  number: 1,
  name: 'initial',
  async up(schema) {
    await createMailboxes(schema)
    await createFolders(schema)
    await createItems(schema)
  },
}

async function createMailboxes(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('mailboxes')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('source_url', 'text', (column) => column.notNull())
    .addColumn('target_url', 'text', (column) => column.notNull())
    .addColumn('last_key', 'bigint', (column) => column.notNull().defaultTo(0))
    .addUniqueConstraint('mailboxes_by_urls', ['source_url', 'target_url'])
    .execute()
  await database.schema
    .createTable('passes')
    .addColumn('mailbox', 'integer', (column) => column.notNull().references('mailboxes.id'))
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('started_ms', 'bigint', (column) => column.notNull())
    .addColumn('ended_ms', 'bigint')
    .addColumn('settings', 'text', (column) => column.notNull())
    .addColumn('result', 'text')
    .addColumn('counts', 'text')
    .addPrimaryKeyConstraint('passes_by_number', ['mailbox', 'number'])
    .execute()
}

async function createFolders(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('folders')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('mailbox', 'integer', (column) => column.notNull().references('mailboxes.id'))
    .addColumn('source_id', 'text', (column) => column.notNull())
    .addColumn('source_path', 'text', (column) => column.notNull())
    .addColumn('role', 'text')
    .addColumn('target_path', 'text')
    .addColumn('target_id', 'text')
    .addColumn('skipped_by', 'text')
    .addColumn('cursor', 'text')
    .addColumn('is_present', 'smallint', (column) => column.notNull())
    .addUniqueConstraint('folders_by_source_id', ['mailbox', 'source_id'])
    .execute()
  await database.schema
    .createTable('target_folders')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('mailbox', 'integer', (column) => column.notNull().references('mailboxes.id'))
    .addColumn('target_id', 'text', (column) => column.notNull())
    .addUniqueConstraint('target_folders_by_target_id', ['mailbox', 'target_id'])
    .execute()
}

async function createItems(database: Kysely<unknown>): Promise<void> {
  await withCopy(withSource(database.schema.createTable('items')))
    .addPrimaryKeyConstraint('items_by_key', ['mailbox', 'key'])
    // Rows are stored in the order of their primary key.
    .modifyEnd(sql`without rowid`)
    .execute()
  const index = (name: string) => database.schema.createIndex(name).on('items')
  await index('items_by_source_id').unique().columns(['folder', 'source_id']).execute()
  await index('items_by_task').columns(['folder', 'task', 'key']).where('task', 'is not', null).execute()
  await index('items_by_claim')
    .unique()
    .columns(['target_folder', 'target_id'])
    .where('target_id', 'is not', null)
    .execute()
  await index('items_by_superseded')
    .unique()
    .columns(['target_folder', 'superseded_id'])
    .where('superseded_id', 'is not', null)
    .execute()
  await index('items_by_orphan').columns(['mailbox', 'identity']).where(sql.ref('is_orphan'), '=', 1).execute()
}

type ItemsTable = CreateTableBuilder<'items', string>

function withSource(table: ItemsTable): ItemsTable {
  return (
    table
      .addColumn('mailbox', 'integer', (column) => column.notNull().references('mailboxes.id'))
      .addColumn('key', 'bigint', (column) => column.notNull())
      .addColumn('folder', 'integer', (column) => column.notNull().references('folders.id'))
      .addColumn('fate', 'text')
      .addColumn('task', 'text')
      .addColumn('fate_pass', 'integer')
      .addColumn('update_pass', 'integer')
      .addColumn('size_bytes', 'bigint', (column) => column.notNull())
      .addColumn('seen_pass', 'integer', (column) => column.notNull())
      .addColumn('received_ms', 'bigint', (column) => column.notNull())
      .addColumn('received_offset', 'integer', (column) => column.notNull())
      .addColumn('source_id', 'text', (column) => column.notNull())
      .addColumn('version', 'text', (column) => column.notNull())
      // NULL: they are the version, as with mail.
      .addColumn('keywords', 'text')
      .addColumn('reason', 'text')
      .addColumn('hint', 'text')
      .addColumn('conflict', 'text')
      // What a failed item was before, so that it can be tried again.
      .addColumn('prior_fate', 'text')
      .addColumn('prior_task', 'text')
  )
}

function withCopy(table: ItemsTable): ItemsTable {
  return (
    table
      // A row of `target_folders`; not declared, since checking it costs a fifth of a settlement.
      .addColumn('target_folder', 'integer')
      .addColumn('target_id', 'text')
      .addColumn('target_version', 'text')
      .addColumn('superseded_id', 'text')
      // 1: gone at the source, and `target_id` still claims the copy.
      .addColumn('is_orphan', 'smallint', (column) => column.notNull().defaultTo(0))
      .addColumn('digest', 'blob')
      .addColumn('content_bytes', 'bigint')
      .addColumn('proof', 'text')
      .addColumn('altered', 'text')
      .addColumn('identity', 'text')
      .addColumn('message_id', 'text')
      .addColumn('sender', 'text')
      .addColumn('subject', 'text')
  )
}
