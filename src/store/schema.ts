import type { EntryRow } from './entry-row.ts'

/** The tables that listings read, as Kysely's types want them. */
export interface Schema {
  readonly items: ItemsTable
}

interface ItemsTable extends EntryRow {
  readonly mailbox: number
}
