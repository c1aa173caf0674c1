import { Kysely, SqliteDialect } from 'kysely'
import type { SQLInputValue } from 'node:sqlite'
import type { Database } from './database.ts'

/**
 * Kysely over an open connection, which stays the caller's to close. Importing this module loads Kysely (about 90 ms),
 * so it is imported only where a migration runs.
 */
export function kyselyOver(database: Database): Kysely<unknown> {
  return new Kysely({
    dialect: new SqliteDialect({
      database: {
        close: () => undefined,
        prepare: (sql) => {
          const statement = database.statement(sql)
          return {
            reader: statement.columns().length > 0,
            all: (values) => statement.all(...(values as SQLInputValue[])),
            run: (values) => statement.run(...(values as SQLInputValue[])),
            iterate: (values) => statement.iterate(...(values as SQLInputValue[])),
          }
        },
      },
    }),
  })
}
