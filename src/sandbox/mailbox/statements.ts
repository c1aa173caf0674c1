import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite'

/** A row as the values of its columns, in their order. */
export type RowValues = readonly (SQLOutputValue | undefined)[]

/** A statement whose rows are lists: objects with a name for every column take twice the time. */
export interface ListStatement {
  get(...values: readonly (string | number)[]): RowValues | undefined
  all(...values: readonly (string | number)[]): readonly RowValues[]
  iterate(...values: readonly (string | number)[]): Iterable<RowValues>
}

/** Statements of one database, each prepared once: preparing costs several times what most of them do. */
export class Statements {
  readonly #database: DatabaseSync
  readonly #prepared = new Map<string, StatementSync>()

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  prepare(sql: string): StatementSync {
    let statement = this.#prepared.get(sql)
    if (statement === undefined) {
      statement = this.#database.prepare(sql)
      this.#prepared.set(sql, statement)
    }
    return statement
  }

  prepareLists(sql: string): ListStatement {
    return toListStatement(this.prepare(sql))
  }
}

/** Changes the statement itself: it is not to be used as one with objects any more. */
export function toListStatement(statement: StatementSync): ListStatement {
  statement.setReturnArrays(true)
  return statement as unknown as ListStatement
}
