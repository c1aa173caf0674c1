import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** What every directory object has; a deleted one keeps its record until it is erased. */
export interface DirectoryRecord {
  readonly id: string
  /** ISO 8601; null while it lives. */
  readonly deletedDateTime: string | null
}

/** Names and values by which objects of a kind are found; values are compared without regard to case. */
export type KeysOf<R> = (record: R) => Readonly<Record<string, readonly string[]>>

const allOfKind = 'select record from directory_objects where kind = ? and deleted = ? order by number'

const parsedMax = 256
const foundMax = 1024

/**
 * The directory objects of one kind, of which a database has one table at a time. Every call is durable by itself; callers
 * put several into one transaction.
 */
export class ObjectTable<R extends DirectoryRecord> {
  readonly #keysOf: KeysOf<R>
  readonly #kind: string
  /** By their text in the table. */
  readonly #parsed = new Map<string, R>()
  /** What was found by a key since anything changed. */
  readonly #found = new Map<string, readonly R[]>()
  readonly #database: DatabaseSync
  readonly #statements: Readonly<
    Record<'insert' | 'replace' | 'erase' | 'addKey' | 'dropKeys' | 'get' | 'by' | 'all' | 'count', StatementSync>
  >

  /** Makes the tables where there are none. */
  constructor(database: DatabaseSync, kind: string, keysOf: KeysOf<R>) {
    createTables(database)
    this.#kind = kind
    this.#database = database
    this.#keysOf = keysOf
    this.#statements = {
      insert: database.prepare('insert into directory_objects (kind, id, deleted, record) values (?, ?, ?, ?)'),
      replace: database.prepare('update directory_objects set deleted = ?, record = ? where kind = ? and id = ?'),
      erase: database.prepare('delete from directory_objects where kind = ? and id = ?'),
      addKey: database.prepare('insert into directory_keys (kind, name, value, id) values (?, ?, ?, ?)'),
      dropKeys: database.prepare('delete from directory_keys where kind = ? and id = ?'),
      get: database.prepare('select record from directory_objects where kind = ? and id = ? and deleted = ?'),
      by: database.prepare(`
        select o.record from directory_keys k join directory_objects o on o.kind = k.kind and o.id = k.id
        where k.kind = ? and k.name = ? and k.value = ? and o.deleted = 0 order by o.number`),
      all: database.prepare(allOfKind),
      count: database.prepare('select count(*) as total from directory_objects where kind = ? and deleted = 0'),
    }
  }

  /** Throws when the id is taken, by a deleted object too. */
  insert(record: R): R {
    this.#found.clear()
    this.#statements.insert.run(this.#kind, record.id, record.deletedDateTime === null ? 0 : 1, JSON.stringify(record))
    this.#addKeys(record)
    return record
  }

  /** Replaces the object of the record's id, which has to exist. */
  update(record: R): R {
    this.#found.clear()
    const deleted = record.deletedDateTime === null ? 0 : 1
    const { changes } = this.#statements.replace.run(deleted, JSON.stringify(record), this.#kind, record.id)
    if (changes !== 1) throw new Error(`there is no ${this.#kind} ${record.id} to update`)
    this.#statements.dropKeys.run(this.#kind, record.id)
    this.#addKeys(record)
    return record
  }

  find(id: string): R | undefined {
    return this.#one(this.#statements.get.all(this.#kind, id, 0))
  }

  /** A deleted object that can still be restored. */
  findDeleted(id: string): R | undefined {
    return this.#one(this.#statements.get.all(this.#kind, id, 1))
  }

  /** The first living object with this key. */
  findBy(name: string, value: string): R | undefined {
    return this.listBy(name, value)[0]
  }

  /** The living objects with this key, oldest first. */
  listBy(name: string, value: string): readonly R[] {
    const key = `${name}\n${value}`
    const known = this.#found.get(key)
    if (known !== undefined) return known
    const found = this.#statements.by.all(this.#kind, name, value.toLowerCase()).map((row) => this.#remembered(row))
    // What a transaction sees may be undone.
    if (this.#database.isTransaction) return found
    if (this.#found.size >= foundMax) this.#found.clear()
    this.#found.set(key, found)
    return found
  }

  /** The living objects, oldest first, one at a time. */
  *all(): IterableIterator<R> {
    // A statement of its own: whoever iterates may look at the same kind meanwhile.
    const all = this.#database.prepare(allOfKind)
    for (const row of all.iterate(this.#kind, 0)) yield toRecord<R>(row)
  }

  deleted(): readonly R[] {
    return this.#statements.all.all(this.#kind, 1).map(toRecord<R>)
  }

  count(): number {
    return Number(this.#statements.count.get(this.#kind)?.['total'])
  }

  /** Takes the object away for good; without effect when there is none. */
  erase(id: string): void {
    this.#found.clear()
    this.#statements.erase.run(this.#kind, id)
    this.#statements.dropKeys.run(this.#kind, id)
  }

  #one(rows: readonly Record<string, unknown>[]): R | undefined {
    return rows[0] === undefined ? undefined : this.#remembered(rows[0])
  }

  /** The same few objects are asked for with every request. */
  #remembered(row: Record<string, unknown>): R {
    const text = String(row['record'])
    const known = this.#parsed.get(text)
    if (known !== undefined) return known
    if (this.#parsed.size >= parsedMax) this.#parsed.clear()
    const record = toRecord<R>(row)
    this.#parsed.set(text, record)
    return record
  }

  #addKeys(record: R): void {
    for (const [name, values] of Object.entries(this.#keysOf(record))) {
      for (const value of values) this.#statements.addKey.run(this.#kind, name, value.toLowerCase(), record.id)
    }
  }
}

function createTables(database: DatabaseSync): void {
  database.exec(`
    create table if not exists directory_objects (
      number integer primary key,
      kind text not null,
      id text not null collate nocase,
      deleted integer not null,
      record text not null
    );
    create unique index if not exists directory_objects_id on directory_objects (kind, id);
    create table if not exists directory_keys (
      kind text not null,
      name text not null,
      value text not null,
      id text not null collate nocase
    );
    create index if not exists directory_keys_value on directory_keys (kind, name, value);
    create index if not exists directory_keys_id on directory_keys (kind, id);
  `)
}

function toRecord<R>(row: Record<string, unknown>): R {
  return JSON.parse(String(row['record'])) as R
}
