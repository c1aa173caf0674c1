import type { DatabaseSync } from 'node:sqlite'

/** Small JSON documents of a mailbox, by type and id, in the order in which they were made. */
export class MailboxDocuments {
  readonly #database: DatabaseSync
  readonly #mailboxId: number

  constructor(database: DatabaseSync, mailboxId: number) {
    this.#database = database
    this.#mailboxId = mailboxId
  }

  list<T>(type: string): readonly T[] {
    return this.#database
      .prepare('select document from mailbox_documents where mailbox_id = ? and type = ? order by position')
      .all(this.#mailboxId, type)
      .map((row) => JSON.parse(String(row['document'])) as T)
  }

  get<T>(type: string, id: string): T | undefined {
    const row = this.#database
      .prepare('select document from mailbox_documents where mailbox_id = ? and type = ? and id = ?')
      .get(this.#mailboxId, type, id)
    return row === undefined ? undefined : (JSON.parse(String(row['document'])) as T)
  }

  /** Writes a document; a new one goes to the end of the list. */
  put(type: string, id: string, document: unknown): void {
    this.#database
      .prepare(
        `insert into mailbox_documents (mailbox_id, type, id, position, document)
         values (?, ?, ?, (select coalesce(max(position), 0) + 1 from mailbox_documents where mailbox_id = ? and type = ?), ?)
         on conflict (mailbox_id, type, id) do update set document = excluded.document`,
      )
      .run(this.#mailboxId, type, id, this.#mailboxId, type, JSON.stringify(document))
  }

  /** Whether there was one. */
  remove(type: string, id: string): boolean {
    return (
      this.#database
        .prepare('delete from mailbox_documents where mailbox_id = ? and type = ? and id = ?')
        .run(this.#mailboxId, type, id).changes === 1
    )
  }
}
