import type { Migration } from './migration.ts'

/** What a mailbox has beside its items, a row for each. */
export const extras: Migration = {
  number: 2,
  name: 'extras',
  async up(schema) {
    await schema.schema
      .createTable('extras')
      .addColumn('mailbox', 'integer', (column) => column.notNull().references('mailboxes.id'))
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('source_id', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('fate', 'text')
      .addColumn('reason', 'text')
      .addColumn('hint', 'text')
      // A sentence and commands, as JSON.
      .addColumn('handwork', 'text')
      .addColumn('target_id', 'text')
      .addColumn('carried', 'text')
      .addColumn('kept', 'text')
      .addColumn('intended', 'text')
      .addColumn('pass', 'integer', (column) => column.notNull())
      .addColumn('is_present', 'smallint', (column) => column.notNull())
      .addPrimaryKeyConstraint('extras_by_source_id', ['mailbox', 'kind', 'source_id'])
      .execute()
  },
}
