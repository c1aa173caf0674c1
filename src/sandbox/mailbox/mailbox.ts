import type { DatabaseSync } from 'node:sqlite'
import { MailboxError } from './errors.ts'
import { FolderTree } from './folder-tree.ts'
import { ItemStore } from './item-store.ts'
import { messageProperties as known } from '../../formats/mapi/message-properties.ts'
import type { MailboxDocuments } from './mailbox-documents.ts'
import type { Outbox } from './outbox.ts'
import type { MailboxRow } from './rows.ts'
import { Statements } from './statements.ts'
import { type MailboxSettings, defaultSettings } from './settings.ts'

/** The ready time of a mailbox that is not to be reached. */
export const disconnectedMs = Number.MAX_SAFE_INTEGER

/** One mailbox, open for work. */
export class Mailbox {
  readonly row: MailboxRow
  readonly folders: FolderTree
  readonly items: ItemStore
  /** What is neither folder nor item: categories, rules, permissions, calendar groups. */
  readonly documents: MailboxDocuments
  readonly #database: Statements

  /** As read last, with the text that was read. */
  #settings = defaultSettings
  #settingsText = ''

  constructor(row: MailboxRow, parts: { database: DatabaseSync; nowMs: () => number; documents: MailboxDocuments; outbox: Outbox }) {
    this.row = row
    this.#database = new Statements(parts.database)
    this.documents = parts.documents
    const { database, nowMs } = parts
    const nextChange = () => this.#nextChange()
    this.folders = new FolderTree({ database, mailboxId: row.id, nowMs, nextChange })
    this.items = new ItemStore({
      database,
      mailboxId: row.id,
      nowMs,
      nextChange,
      nextUid: (folderId) => this.folders.nextUid(folderId),
      addSize: (sizeBytes) => this.#addSize(sizeBytes),
      onReceipt: ({ properties }) => {
        const to = properties.get(known.senderSmtpAddress) ?? properties.get(known.senderAddress) ?? ''
        parts.outbox.record({ mailboxId: row.id, sentMs: nowMs(), reason: 'receipt', subject: properties.get(known.subject) ?? '', recipients: [to] })
      },
      nextChangeOf: (sizeBytes) => this.#nextChange(sizeBytes),
    })
  }

  /** Taken away with its licence, and restorable. */
  get isDisconnected(): boolean {
    return this.readyMs === disconnectedMs
  }

  /** From when on it answers; it moves when a licence comes back. */
  get readyMs(): number {
    return Number(this.#value('ready_ms'))
  }

  get settings(): MailboxSettings {
    const text = String(this.#value('settings'))
    if (text !== this.#settingsText) {
      // A tenant kept by an earlier version lacks what came later.
      this.#settings = { ...defaultSettings, ...(JSON.parse(text) as Partial<MailboxSettings>) }
      this.#settingsText = text
    }
    return this.#settings
  }

  changeSettings(changes: Partial<MailboxSettings>): void {
    const settings = JSON.stringify({ ...this.settings, ...changes })
    this.#database.prepare('update mailboxes set settings = ? where id = ?').run(settings, this.row.id)
  }

  /** Items of every folder, associated ones too. */
  get itemsTotal(): number {
    const sql = 'select count(*) as n from items where folder_id in (select id from folders where mailbox_id = ?)'
    return Number(this.#database.prepare(sql).get(this.row.id)?.['n'])
  }

  get sizeBytes(): number {
    return Number(this.#value('size_bytes'))
  }

  /** The change counter as it stands: what delta tokens and MODSEQ start from. */
  get change(): number {
    return Number(this.#value('change'))
  }

  /** Throws `message-too-large` and `quota-exceeded` for what this mailbox would not take. */
  checkRoom(sizeBytes: number): void {
    const { maxReceiveSizeBytes, quotaBytes } = this.settings
    if (sizeBytes > maxReceiveSizeBytes) throw new MailboxError('message-too-large', 'The message exceeds the maximum supported size.')
    if (this.sizeBytes + sizeBytes > quotaBytes) throw new MailboxError('quota-exceeded', 'The mailbox quota has been exceeded.')
  }

  #nextChange(addedBytes = 0): number {
    // Not by RETURNING, for which SQLite makes a table each time.
    this.#database.prepare('update mailboxes set change = change + 1, size_bytes = size_bytes + ? where id = ?').run(addedBytes, this.row.id)
    return this.change
  }

  #addSize(sizeBytes: number): void {
    this.#database.prepare('update mailboxes set size_bytes = size_bytes + ? where id = ?').run(sizeBytes, this.row.id)
  }

  #value(column: 'settings' | 'size_bytes' | 'change' | 'ready_ms'): unknown {
    return this.#database.prepareLists(`select ${column} from mailboxes where id = ?`).get(this.row.id)?.[0]
  }
}
