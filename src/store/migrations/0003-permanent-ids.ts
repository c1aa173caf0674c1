import type { Migration } from './migration.ts'

/** What the two sides of a mailbox are, whatever their addresses. */
export const permanentIds: Migration = {
  number: 3,
  name: 'permanent-ids',
  async up(schema) {
    await schema.schema.alterTable('mailboxes').addColumn('source_permanent_id', 'text').execute()
    await schema.schema.alterTable('mailboxes').addColumn('target_permanent_id', 'text').execute()
  },
}
