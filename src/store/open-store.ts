import assert from 'node:assert'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { MigrationError } from '../core/errors.ts'
import { Database, inMemoryPath } from './database.ts'
import { type PermanentIds, MailboxLedger, type MailboxName } from './mailbox-ledger.ts'
import { migrate } from './migrate.ts'
import { type ProcessLock, takeLockInMemory, takeProcessLock } from './process-lock.ts'

/** The database's name in a home folder. */
export const storeFileName = 'mailvan.sqlite'

/** The ledgers of all mailboxes of one home, over one connection. */
export class Store {
  readonly #database: Database
  readonly #ledgers = new Map<number, MailboxLedger>()
  readonly #lockedInMemory = new Set<number>()

  constructor(database: Database) {
    this.#database = database
  }

  /** The ledger of this mailbox; it begins empty on first use. */
  async mailbox(name: MailboxName): Promise<MailboxLedger> {
    const found = await this.findMailbox(name)
    if (found) return found
    const id = this.#database.write(() => {
      const row = this.#database.get<{ id: number }>(
        `INSERT INTO mailboxes (id, source_url, target_url)
         VALUES ((SELECT coalesce(max(id), 0) + 1 FROM mailboxes), ?, ?)
         ON CONFLICT (source_url, target_url) DO UPDATE SET source_url = excluded.source_url RETURNING id`,
        name.sourceUrl,
        name.targetUrl,
      )
      assert(row)
      return row.id
    })
    return this.#ledger(id, name)
  }

  /** The ledger of this mailbox if there is one; makes nothing. */
  async findMailbox(name: MailboxName): Promise<MailboxLedger | undefined> {
    const row = this.#database.read(() =>
      this.#database.get<{ id: number }>(
        'SELECT id FROM mailboxes WHERE source_url = ? AND target_url = ?',
        name.sourceUrl,
        name.targetUrl,
      ),
    )
    return row && this.#ledger(row.id, name)
  }

  /**
   * The ledger of a mailbox that stands there under other names: each side must be what it was, or, where one of the two does
   * not say what it is, be called as it was.
   */
  async findRenamed(name: MailboxName, { source, target }: PermanentIds): Promise<MailboxLedger | undefined> {
    const isSide = (side: 'source' | 'target'): string =>
      `(${side}_permanent_id = ? OR (${side}_url = ? AND (${side}_permanent_id IS NULL OR CAST(? AS text) IS NULL)))`
    const row = this.#database.read(() =>
      this.#database.get<MailboxName & { id: number }>(
        `SELECT id, source_url AS "sourceUrl", target_url AS "targetUrl" FROM mailboxes
         WHERE ${isSide('source')} AND ${isSide('target')} ORDER BY id DESC LIMIT 1`,
        source ?? null,
        name.sourceUrl,
        source ?? null,
        target ?? null,
        name.targetUrl,
        target ?? null,
      ),
    )
    return row && this.#ledger(row.id, row)
  }

  /** The ledger goes on under another name; it is to be locked. */
  async rename(ledger: MailboxLedger, name: MailboxName): Promise<MailboxLedger> {
    this.#database.write(() => {
      this.#database.run('UPDATE mailboxes SET source_url = ?, target_url = ? WHERE id = ?', name.sourceUrl, name.targetUrl, ledger.id)
    })
    this.#ledgers.delete(ledger.id)
    return this.#ledger(ledger.id, name)
  }

  /** All mailboxes, in the order of their first use. */
  async mailboxes(): Promise<readonly MailboxLedger[]> {
    const rows = this.#database.read(() =>
      this.#database.all<MailboxName & { id: number }>(
        'SELECT id, source_url AS "sourceUrl", target_url AS "targetUrl" FROM mailboxes ORDER BY id',
      ),
    )
    return rows.map(({ id, sourceUrl, targetUrl }) => this.#ledger(id, { sourceUrl, targetUrl }))
  }

  /**
   * Keeps every other pass off this mailbox, in this process and in others, until it is released or the process ends.
   * Refuses with `store.mailbox-busy` at once when it is locked already.
   */
  async lock(ledger: MailboxLedger): Promise<ProcessLock> {
    const { path } = this.#database
    const what = `the mailbox ${ledger.name.sourceUrl} to ${ledger.name.targetUrl}`
    if (path === inMemoryPath) return takeLockInMemory(this.#lockedInMemory, ledger.id, what)
    return takeProcessLock(join(dirname(path), 'locks', `${ledger.id}.lock`), what)
  }

  /** Idempotent; ledgers of this store are not to be used afterwards. */
  async close(): Promise<void> {
    this.#database.close()
  }

  #ledger(id: number, name: MailboxName): MailboxLedger {
    let ledger = this.#ledgers.get(id)
    if (!ledger) {
      ledger = new MailboxLedger(this.#database, id, { sourceUrl: name.sourceUrl, targetUrl: name.targetUrl })
      this.#ledgers.set(id, ledger)
    }
    return ledger
  }
}

/** What opening a store needs. */
export interface StoreOptions {
  /** The database file, or `:memory:`; it and its folder are made when they are missing. */
  readonly path: string
  /** True: a file that is missing is an error (`store.missing`) instead. */
  readonly mustExist?: boolean
  /** How long a call waits for another process that is writing. */
  readonly busyTimeoutMs?: number
}

/**
 * Opens the store and brings its schema up to date. Throws a `config` error, with what to do about it, when the file
 * cannot be used (`store.*`).
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { path, mustExist = false, busyTimeoutMs = 10_000 } = options
  if (mustExist && path !== inMemoryPath && !existsSync(path)) {
    throw new MigrationError('config', 'store.missing', {
      message: `There is no ledger at ${path}.`,
      hint: 'Name the folder of an earlier migration with --home.',
    })
  }
  const database = new Database(path, busyTimeoutMs)
  try {
    await migrate(database)
  } catch (error) {
    database.close()
    throw error
  }
  return new Store(database)
}
