import type { Kysely, RawBuilder } from 'kysely'

/** What differs between the databases that the schema is made for. */
export interface SchemaDialect {
  readonly blob: 'blob' | 'bytea'
  /** Ends a `create table` whose rows are to be stored in the order of their primary key. */
  readonly inKeyOrder: RawBuilder<unknown> | undefined
}

/** One step of the schema. Once released it is never changed: a later step mends it. */
export interface Migration {
  /** 1, 2, 3 ... without a gap. */
  readonly number: number
  readonly name: string
  up(schema: Kysely<unknown>, dialect: SchemaDialect): Promise<void>
}
