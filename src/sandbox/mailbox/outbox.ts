import type { DatabaseSync } from 'node:sqlite'

/** Something that Exchange would have sent to people. The sandbox sends nothing; a migration must leave this empty. */
export interface SentItem {
  readonly mailboxId: number
  readonly sentMs: number
  /** Why it would have gone out: `invitation`, `update`, `cancellation`, `sendMail`, `sharing`, `receipt`. */
  readonly reason: string
  readonly subject: string
  readonly recipients: readonly string[]
}

/** A tenant's outbox. */
export class Outbox {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  record({ mailboxId, sentMs, reason, subject, recipients }: SentItem): void {
    this.#database
      .prepare('insert into outbox (mailbox_id, sent_ms, reason, subject, recipients) values (?, ?, ?, ?, ?)')
      .run(mailboxId, Math.round(sentMs), reason, subject, JSON.stringify(recipients))
  }

  get count(): number {
    return Number(this.#database.prepare('select count(*) as n from outbox').get()?.['n'])
  }

  /** The latest first. */
  latest(limit: number): readonly SentItem[] {
    return this.#database
      .prepare('select mailbox_id, sent_ms, reason, subject, recipients from outbox order by id desc limit ?')
      .all(limit)
      .map((row) => ({
        mailboxId: Number(row['mailbox_id']),
        sentMs: Number(row['sent_ms']),
        reason: String(row['reason']),
        subject: String(row['subject']),
        recipients: JSON.parse(String(row['recipients'])) as string[],
      }))
  }
}
