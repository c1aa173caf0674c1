import assert from 'node:assert'
import type { Entry, EntryId, Fate, Settlement, Task } from '../core/model/entry.ts'
import type { Cursor, FolderId, ItemId } from '../core/model/ids.ts'
import type { Description } from '../core/model/item.ts'
import type { ExtraRecord } from '../core/model/extra.ts'
import type { FolderRecord, PassRecord } from '../core/model/records.ts'
import type { Decision, Ledger, Tally, UnclaimedItem } from '../core/ports/ledger.ts'
import type { Database } from './database.ts'
import { selectEntries, toEntry, type EntryTuple } from './entry-row.ts'
import { listExtras, saveExtra, tallyExtras } from './extra-records.ts'
import { FolderNumbers } from './folder-numbers.ts'
import { listFolders, saveFolder } from './folder-records.ts'
import { listEntries, type ListedEntry, type Listing } from './listings.ts'
import { insertPass, listPasses } from './pass-records.ts'
import { markSeen, recordDecisions } from './record-decisions.ts'
import { recordGone, recordUnseen } from './record-gone.ts'
import { describeItem, reopenItem, settleItem } from './settle-items.ts'
import { tallyItems } from './tally.ts'
import { TargetIndex } from './target-index.ts'

/** Entries of a listing that are in memory at once. */
const listedItemsMax = 100

const selectBySourceId = `${selectEntries} WHERE folder = ? AND source_id = ?`
const selectOrphans = `${selectEntries} WHERE mailbox = ? AND identity = ? AND is_orphan = 1 ORDER BY key`

/** A pair of canonical URLs, without secrets: a mailbox's name in the ledger. */
export interface MailboxName {
  readonly sourceUrl: string
  readonly targetUrl: string
}

/** What the two sides are, whatever their addresses; absent where a side does not say. */
export interface PermanentIds {
  readonly source?: string | undefined
  readonly target?: string | undefined
}

/** The ledger of one mailbox. Calls are whole and take effect in the order they came, those of many tasks too. */
export class MailboxLedger implements Ledger {
  /** The store's own number of the mailbox. */
  readonly id: number
  readonly name: MailboxName
  readonly #database: Database
  readonly #numbers: FolderNumbers
  readonly #targetIndex: TargetIndex

  constructor(database: Database, id: number, name: MailboxName) {
    this.id = id
    this.name = name
    this.#database = database
    this.#numbers = new FolderNumbers(database, id)
    this.#targetIndex = new TargetIndex(database, id, this.#numbers)
  }

  /** As of the last pass that was told. */
  async permanentIds(): Promise<PermanentIds> {
    const row = this.#database.read(() =>
      this.#database.get<{ source: string | null; target: string | null }>(
        'SELECT source_permanent_id AS source, target_permanent_id AS target FROM mailboxes WHERE id = ?',
        this.id,
      ),
    )
    return { source: row?.source ?? undefined, target: row?.target ?? undefined }
  }

  /** Keeps what a side says; what it does not say stays as it was. */
  async keepPermanentIds({ source, target }: PermanentIds): Promise<void> {
    this.#database.write(() => {
      this.#database.run(
        `UPDATE mailboxes SET source_permanent_id = coalesce(?, source_permanent_id), target_permanent_id = coalesce(?, target_permanent_id)
         WHERE id = ?`,
        source ?? null,
        target ?? null,
        this.id,
      )
    })
  }

  async passes(): Promise<readonly PassRecord[]> {
    return this.#database.read(() => listPasses(this.#database, this.id))
  }

  async startPass(startedAtMs: number, settings: string): Promise<number> {
    return this.#database.writeSoon(() => insertPass(this.#database, this.id, startedAtMs, settings))
  }

  async endPass(pass: number, endedAtMs: number, result: string, counts: string): Promise<void> {
    await this.#database.writeSoon(() => {
      const changes = this.#database.run(
        'UPDATE passes SET ended_ms = ?, result = ?, counts = ? WHERE mailbox = ? AND number = ?',
        endedAtMs,
        result,
        counts,
        this.id,
        pass,
      )
      assert.equal(changes, 1, `there is no pass ${pass}`)
    })
  }

  async folders(): Promise<readonly FolderRecord[]> {
    return this.#database.read(() => listFolders(this.#database, this.id))
  }

  async saveFolder(folder: Omit<FolderRecord, 'key'>): Promise<FolderRecord> {
    return this.#database.writeSoon(() => saveFolder(this.#database, this.id, folder))
  }

  async advance(folder: number, cursor: Cursor | undefined): Promise<void> {
    await this.#database.writeSoon(() => {
      const changes = this.#database.run('UPDATE folders SET cursor = ? WHERE id = ?', cursor ?? null, folder)
      assert.equal(changes, 1, `there is no folder ${folder}`)
    })
  }

  async entries(folder: number, ids: readonly ItemId[]): Promise<ReadonlyMap<ItemId, Entry>> {
    return this.#database.read(() => {
      const entries = new Map<ItemId, Entry>()
      for (const id of ids) {
        const [tuple] = this.#database.tuples<EntryTuple>(selectBySourceId, folder, id)
        if (tuple) entries.set(id, toEntry(tuple, this.#numbers))
      }
      return entries
    })
  }

  async record(folder: number, pass: number, decisions: readonly Decision[]): Promise<void> {
    await this.#database.writeSoon(() => recordDecisions(this.#database, { mailbox: this.id, folder, pass }, decisions))
  }

  async recordGone(folder: number, pass: number, ids: readonly ItemId[]): Promise<number> {
    return this.#database.writeSoon(() => recordGone(this.#database, { mailbox: this.id, folder, pass }, ids))
  }

  async recordSeen(folder: number, pass: number, ids: readonly ItemId[]): Promise<void> {
    await this.#database.writeSoon(() => {
      for (const id of ids) markSeen(this.#database, { mailbox: this.id, folder, pass }, id)
    })
  }

  async recordUnseen(folder: number, pass: number): Promise<number> {
    return this.#database.writeSoon(() => recordUnseen(this.#database, { mailbox: this.id, folder, pass }))
  }

  async scheduleRemovals(_pass: number): Promise<number> {
    return this.#database.writeSoon(() =>
      this.#database.run(
        `UPDATE items SET task = 'remove' WHERE mailbox = ? AND is_orphan = 1 AND task IS NULL AND conflict IS NULL`,
        this.id,
      ),
    )
  }

  async pending(folder: number, task: Task, after: EntryId, limit: number): Promise<readonly Entry[]> {
    return this.#select('WHERE folder = ? AND task = ? AND key > ? ORDER BY key LIMIT ?', folder, task, after, limit)
  }

  async pendingCounts(): Promise<readonly { folder: number; task: Task; items: number; sizeBytes: number }[]> {
    return this.#database.read(() =>
      this.#database.all(
        `SELECT items.folder AS folder, items.task AS task, count(*) AS items, sum(items.size_bytes) AS "sizeBytes"
         FROM folders JOIN items ON items.folder = folders.id
         WHERE folders.mailbox = ? AND items.task IS NOT NULL GROUP BY items.folder, items.task`,
        this.id,
      ),
    )
  }

  async settled(
    fate: Fate | undefined,
    folder: number | undefined,
    after: EntryId,
    limit: number,
  ): Promise<readonly Entry[]> {
    const [fateTerm, fateValues] = fate === undefined ? ['fate IS NOT NULL', []] : ['fate = ?', [fate]]
    const [placeTerm, place] = folder === undefined ? ['mailbox = ?', this.id] : ['folder = ?', folder]
    return this.#select(
      `WHERE ${placeTerm} AND key > ? AND ${fateTerm} ORDER BY key LIMIT ?`,
      place,
      after,
      ...fateValues,
      limit,
    )
  }

  async settle(pass: number, settlements: readonly Settlement[]): Promise<void> {
    const place = { mailbox: this.id, pass, numbers: this.#numbers }
    await this.#database.writeSoon(() => {
      for (const settlement of settlements) settleItem(this.#database, place, settlement)
    })
  }

  async reopen(_pass: number, keys: readonly EntryId[]): Promise<void> {
    await this.#database.writeSoon(() => {
      for (const key of keys) reopenItem(this.#database, this.id, key)
    })
  }

  async describe(descriptions: readonly { key: EntryId; description: Description }[]): Promise<void> {
    await this.#database.writeSoon(() => {
      for (const { key, description } of descriptions) describeItem(this.#database, this.id, key, description)
    })
  }

  async claims(): Promise<readonly { targetFolderId: FolderId; items: number }[]> {
    return this.#database.read(() =>
      this.#database.all(
        `SELECT target_id AS "targetFolderId",
           (SELECT count(*) FROM items WHERE target_folder = target_folders.id AND items.target_id IS NOT NULL)
           + (SELECT count(*) FROM items WHERE target_folder = target_folders.id AND superseded_id IS NOT NULL) AS items
         FROM target_folders WHERE mailbox = ? ORDER BY id`,
        this.id,
      ),
    )
  }

  async unclaimed(targetFolderId: FolderId, ids: readonly ItemId[]): Promise<readonly ItemId[]> {
    return this.#database.read(() => this.#targetIndex.unclaimed(targetFolderId, ids))
  }

  async indexTarget(targetFolderId: FolderId, items: readonly UnclaimedItem[], isFirst: boolean): Promise<void> {
    this.#database.read(() => this.#targetIndex.index(targetFolderId, items, isFirst))
  }

  async candidates(
    targetFolderId: FolderId,
    identities: readonly string[],
  ): Promise<ReadonlyMap<string, readonly UnclaimedItem[]>> {
    return this.#database.read(() => this.#targetIndex.candidates(targetFolderId, identities))
  }

  async orphans(identities: readonly string[]): Promise<ReadonlyMap<string, readonly Entry[]>> {
    return this.#database.read(() => {
      const orphans = new Map<string, readonly Entry[]>()
      for (const identity of new Set(identities)) {
        const tuples = this.#database.tuples<EntryTuple>(selectOrphans, this.id, identity)
        if (tuples.length > 0)
          orphans.set(
            identity,
            tuples.map((tuple) => toEntry(tuple, this.#numbers)),
          )
      }
      return orphans
    })
  }

  async countOrphans(): Promise<number> {
    const row = this.#database.read(() =>
      this.#database.get<{ items: number }>(
        'SELECT count(*) AS items FROM items WHERE mailbox = ? AND is_orphan = 1',
        this.id,
      ),
    )
    return row?.items ?? 0
  }

  async extras(): Promise<readonly ExtraRecord[]> {
    return this.#database.read(() => listExtras(this.#database, this.id))
  }

  async saveExtras(records: readonly ExtraRecord[]): Promise<void> {
    this.#database.write(() => {
      for (const record of records) saveExtra(this.#database, this.id, record)
    })
  }

  async tally(pass: number): Promise<Tally> {
    return this.#database.read(() => {
      const extras = tallyExtras(this.#database, this.id, pass)
      return { ...tallyItems(this.#database, this.id, pass), ...(extras && { extras }) }
    })
  }

  /** A page of entries with the names of their folders, in order of key; `after` 0 starts. */
  async list(listing: Listing, after: EntryId, limit: number): Promise<readonly ListedEntry[]> {
    return this.#database.read(() => listEntries(this.#database, this.id, this.#numbers, { listing, after, limit }))
  }

  /** All entries of a listing in order of key, a page in memory at a time. */
  async *listAll(listing: Listing): AsyncGenerator<ListedEntry> {
    for (let after: EntryId = 0; ;) {
      const page = await this.list(listing, after, listedItemsMax)
      yield* page
      const last = page.at(-1)
      if (!last || page.length < listedItemsMax) return
      after = last.entry.key
    }
  }

  /** All entries of a source folder, by source id as UTF-8 bytes order them, a page in memory at a time. */
  async *listById(folder: number): AsyncGenerator<Entry> {
    for (let after = ''; ; ) {
      const page = this.#select('WHERE folder = ? AND source_id > ? ORDER BY source_id LIMIT ?', folder, after, listedItemsMax)
      yield* page
      const last = page.at(-1)
      if (!last || page.length < listedItemsMax) return
      after = last.ref.id
    }
  }

  #select(rest: string, ...values: (string | number)[]): readonly Entry[] {
    return this.#database.read(() =>
      this.#database
        .tuples<EntryTuple>(`${selectEntries} ${rest}`, ...values)
        .map((tuple) => toEntry(tuple, this.#numbers)),
    )
  }
}
