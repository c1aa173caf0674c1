import type { Kysely } from 'kysely'

/** One step of the schema. Once released it is never changed: a later step mends it. */
export interface Migration {
  /** 1, 2, 3 ... without a gap. */
  readonly number: number
  readonly name: string
  up(schema: Kysely<unknown>): Promise<void>
}
