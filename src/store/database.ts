import assert from 'node:assert'
import { DatabaseSync } from 'node:sqlite'
import type { SQLInputValue, StatementSync } from 'node:sqlite'
import { CommitGroup } from './commit-group.ts'
import { toStoreError } from './errors.ts'
import { makePrivateFile } from './make-private-file.ts'

const cacheSizeKib = 4 * 1024
/** 16 MiB in the log before its pages go to their places, which costs two flushes: four times as much as by default. */
const checkpointPages = 4_000

/** Where SQLite keeps a database that is gone with its connection. */
export const inMemoryPath = ':memory:'

/**
 * One connection, with statements prepared once. What runs inside `write`, `writeSoon` or `read` is synchronous: it cannot
 * be interleaved with anything else of this process. Errors leave translated (`toStoreError`).
 */
export class Database {
  readonly path: string
  readonly #connection: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  readonly #rollbackListeners = new Set<() => void>()
  readonly #group: CommitGroup

  /** Opens the database at `path`, and makes it when it is not there: folder 0700, file 0600. */
  constructor(path: string, busyTimeoutMs: number) {
    this.path = path
    // A file is flushed once for all that the sockets brought meanwhile; in memory there is nothing to save.
    const defer = path === inMemoryPath ? process.nextTick : setImmediate
    this.#group = new CommitGroup((work) => this.#transaction('BEGIN IMMEDIATE', work), defer)
    try {
      if (path !== inMemoryPath) makePrivateFile(path)
      this.#connection = new DatabaseSync(path, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true })
    } catch (error) {
      throw toStoreError(error, path)
    }
    try {
      this.#connection.exec(`
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA cache_size = -${cacheSizeKib};
        PRAGMA wal_autocheckpoint = ${checkpointPages};
      `)
    } catch (error) {
      this.#connection.close()
      throw toStoreError(error, path)
    }
  }

  /** A prepared statement, kept for the connection's life. Inside `read` and `write` only. */
  statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (!statement) {
      statement = this.#connection.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }

  /** How many rows the statement changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.statement(sql).run(...values).changes)
  }

  /** The first row. The caller knows the columns it names: `Row` is taken on trust. */
  get<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.statement(sql).get(...values) as Row | undefined
  }

  /** All rows; for results that are bounded. */
  all<Row>(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.statement(sql).all(...values) as Row[]
  }

  /** All rows as arrays of their columns; for results that are bounded. */
  tuples<Tuple extends readonly unknown[]>(sql: string, ...values: SQLInputValue[]): Tuple[] {
    const statement = this.statement(sql)
    statement.setReturnArrays(true)
    return statement.all(...values) as unknown[] as Tuple[]
  }

  /** Statements without parameters that are run once. */
  execute(sql: string): void {
    this.#connection.exec(sql)
  }

  /** One durable transaction; nothing of it remains when `work` throws. Not nested. */
  write<T>(work: () => T): T {
    this.#group.commit()
    return this.#transaction('BEGIN IMMEDIATE', work)
  }

  /** As `write`, durable when it resolves; what comes in the same turn of the event loop shares a flush to disk. */
  writeSoon<T>(work: () => T): Promise<T> {
    return this.#group.add(work)
  }

  /**
   * One consistent view of the database, of everything that was written before, with a lock for all statements; may write
   * temporary tables. Not nested.
   */
  read<T>(work: () => T): T {
    this.#group.commit()
    return this.#transaction('BEGIN', work)
  }

  /** Like `write` for work that awaits; only while nobody else uses this connection. */
  async writeAlone(work: () => Promise<void>): Promise<void> {
    this.#group.commit()
    assert(!this.#connection.isTransaction, 'a transaction is not nested')
    try {
      this.#connection.exec('BEGIN IMMEDIATE')
      await work()
      this.#connection.exec('COMMIT')
    } catch (error) {
      throw this.#undo(error)
    }
  }

  /** Calls `listener` after each transaction that was undone: what was remembered from it does not hold. */
  onRollback(listener: () => void): void {
    this.#rollbackListeners.add(listener)
  }

  /** Idempotent. */
  close(): void {
    if (!this.#connection.isOpen) return
    this.#group.commit()
    this.#connection.close()
  }

  #transaction<T>(begin: string, work: () => T): T {
    assert(!this.#connection.isTransaction, 'a transaction is not nested')
    try {
      this.statement(begin).run()
      const result = work()
      this.statement('COMMIT').run()
      return result
    } catch (error) {
      throw this.#undo(error)
    }
  }

  #undo(error: unknown): unknown {
    // SQLite has ended the transaction itself after some failures (a full disk, an I/O error).
    if (this.#connection.isTransaction) this.#connection.exec('ROLLBACK')
    for (const listener of this.#rollbackListeners) listener()
    return toStoreError(error, this.path)
  }
}
