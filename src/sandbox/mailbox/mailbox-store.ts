import { randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { SandboxClock } from '../clock.ts'
import { createMailboxTables } from './create-tables.ts'
import { archiveFolders, defaultFolders } from './default-folders.ts'
import { Mailbox, disconnectedMs } from './mailbox.ts'
import { MailboxDocuments } from './mailbox-documents.ts'
import { Outbox } from './outbox.ts'
import type { MailboxRow } from './rows.ts'
import { type MailboxSettings, defaultSettings } from './settings.ts'
import { type RowValues, Statements } from './statements.ts'

/** What a mailbox is made with. */
export interface NewMailbox {
  readonly userId: string
  readonly address: string
  readonly kind?: MailboxRow['kind']
  readonly language?: string
  /** When it will answer; at once by default. */
  readonly readyMs?: number
  readonly settings?: Partial<MailboxSettings>
  readonly guid?: string
  readonly mainId?: number
}

const columns = 'id, guid, user_id, kind, address, language, main_id'
/** Open mailboxes keep prepared statements; the others are opened again when they are asked for. */
const openMax = 64

/** The mailboxes of one tenant. */
export class MailboxStore {
  readonly outbox: Outbox
  readonly #database: DatabaseSync
  readonly #statements: Statements
  readonly #clock: SandboxClock
  readonly #open = new Map<number, Mailbox>()

  constructor(database: DatabaseSync, clock: SandboxClock) {
    createMailboxTables(database)
    this.#database = database
    this.#statements = new Statements(database)
    this.#clock = clock
    this.outbox = new Outbox(database)
  }

  /** Makes a mailbox with its default folders. */
  create(mailbox: NewMailbox): Mailbox {
    const { kind = 'primary', language = 'en-US', guid = randomUUID() } = mailbox
    const { lastInsertRowid } = this.#database
      .prepare('insert into mailboxes (guid, user_id, kind, address, language, ready_ms, settings, main_id) values (?, ?, ?, ?, ?, ?, ?, ?)')
      .run(
        guid,
        mailbox.userId,
        kind,
        mailbox.address,
        language,
        Math.round(mailbox.readyMs ?? this.#clock.nowMs()),
        JSON.stringify({ ...defaultSettings, ...mailbox.settings }),
        mailbox.mainId ?? null,
      )
    const made = this.#openOne(Number(lastInsertRowid))
    made.folders.seed(kind === 'primary' ? defaultFolders : archiveFolders, language)
    return made
  }

  /** A user's mailbox of this kind, also when it is not ready yet. */
  ofUser(userId: string, kind: MailboxRow['kind'] = 'primary'): Mailbox | undefined {
    return this.#find('user_id = ? and kind = ? and main_id is null', userId, kind)
  }

  byGuid(guid: string): Mailbox | undefined {
    return this.#find('guid = ?', guid.toLowerCase())
  }

  all(): readonly MailboxRow[] {
    return this.#statements.prepareLists(`select ${columns} from mailboxes order by id`).all().map(toMailboxRow)
  }

  isReady(mailbox: Mailbox): boolean {
    return mailbox.readyMs <= this.#clock.nowMs()
  }

  /** Takes a mailbox away without losing what it holds. */
  disconnect(mailbox: Mailbox): void {
    this.reconnect(mailbox, disconnectedMs)
  }

  reconnect(mailbox: Mailbox, readyMs: number): void {
    this.#database.prepare('update mailboxes set ready_ms = ? where id = ?').run(Math.round(readyMs), mailbox.row.id)
  }

  /** Gives a user's mailboxes another primary address. Those that are open elsewhere show the old one until they are asked for again. */
  setAddress(userId: string, address: string): void {
    const changed = this.#database.prepare('update mailboxes set address = ? where user_id = ? returning id').all(address, userId)
    for (const { id } of changed) this.#open.delete(Number(id))
  }

  /** Removes a mailbox with all it holds. */
  remove(mailbox: Mailbox): void {
    const { id } = mailbox.row
    const folders = 'select id from folders where mailbox_id = ?'
    this.#database.prepare(`delete from attachments where item_id in (select id from items where folder_id in (${folders}))`).run(id)
    this.#database.prepare(`delete from items where folder_id in (${folders})`).run(id)
    for (const table of ['folders', 'departures', 'folder_departures', 'mailbox_documents']) {
      this.#database.prepare(`delete from ${table} where mailbox_id = ?`).run(id)
    }
    this.#database.prepare('delete from mailboxes where id = ?').run(id)
    this.#open.delete(id)
  }

  #find(condition: string, ...values: readonly string[]): Mailbox | undefined {
    const [id] = this.#statements.prepareLists(`select id from mailboxes where ${condition}`).get(...values) ?? []
    return id === undefined ? undefined : (this.#open.get(Number(id)) ?? this.#openOne(Number(id)))
  }

  #openOne(id: number): Mailbox {
    const row = this.#statements.prepareLists(`select ${columns} from mailboxes where id = ?`).get(id) ?? []
    const documents = new MailboxDocuments(this.#database, id)
    const mailbox = new Mailbox(toMailboxRow(row), { database: this.#database, nowMs: () => this.#clock.nowMs(), documents, outbox: this.outbox })
    const [oldest] = this.#open.keys()
    if (this.#open.size >= openMax && oldest !== undefined) this.#open.delete(oldest)
    this.#open.set(id, mailbox)
    return mailbox
  }
}

/** From the values of `columns`. */
function toMailboxRow(values: RowValues): MailboxRow {
  const [id, guid, userId, mailboxKind, address, language, mainId] = values
  return {
    id: Number(id),
    guid: String(guid),
    userId: String(userId),
    kind: mailboxKind === 'archive' ? 'archive' : 'primary',
    address: String(address),
    language: String(language),
    mainId: mainId === null ? undefined : Number(mainId),
  }
}
