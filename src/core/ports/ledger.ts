import type { Cursor, FolderId, ItemId } from '../model/ids.ts'
import type { Description, ItemRef } from '../model/item.ts'
import type { Entry, EntryId, Fate, Settlement } from '../model/entry.ts'
import type { ExtraRecord, ExtraTally } from '../model/extra.ts'
import type { FolderRecord, PassRecord } from '../model/records.ts'

/** What planning decided of one ref. */
export interface Decision {
  readonly ref: ItemRef
  readonly decision:
    | { readonly type: 'create' }
    | { readonly type: 'update' }
    | { readonly type: 'skip'; readonly rule: string }
    /** Nothing to do, but seen in this pass. */
    | { readonly type: 'keep' }
}

/** An item that stands in a target folder and that no entry claims. */
export interface UnclaimedItem {
  readonly ref: ItemRef
  readonly identity: string
}

/**
 * The engine's only memory, of one mailbox; unique on (folder, source id) and on (target folder, target id). Each call is
 * one durable transaction: when it resolves it survives power loss. Calls may come from many tasks at once.
 */
export interface Ledger {
  /** Every pass so far, oldest first. */
  passes(): Promise<readonly PassRecord[]>
  startPass(startedAtMs: number, settings: string): Promise<number>
  endPass(pass: number, endedAtMs: number, result: string, counts: string): Promise<void>

  folders(): Promise<readonly FolderRecord[]>
  /** Inserts or updates by source folder id; gives the record. A folder absent from discovery is kept. */
  saveFolder(folder: Omit<FolderRecord, 'key'>): Promise<FolderRecord>

  entries(folder: number, ids: readonly ItemId[]): Promise<ReadonlyMap<ItemId, Entry>>
  /**
   * A page's decisions: new refs become entries with task `create` or fate `skipped`; `update` sets the new version and
   * the task; every ref named is marked as seen in `pass`. The intent of `create` is durable with it.
   */
  record(folder: number, pass: number, decisions: readonly Decision[]): Promise<void>
  /** These ids are gone at the source: their fate becomes `gone` and their task is dropped. Returns for how many it did. */
  recordGone(folder: number, pass: number, ids: readonly ItemId[]): Promise<number>
  /** These ids are still there as they were: marks live entries as seen in `pass`. Ids never recorded are passed over. */
  recordSeen(folder: number, pass: number, ids: readonly ItemId[]): Promise<void>
  /** Ends a whole scan of this pass: live entries of the folder that neither `record` nor `recordSeen` named in it are gone. */
  recordUnseen(folder: number, pass: number): Promise<number>
  /** Only once every page before it is recorded. */
  advance(folder: number, cursor: Cursor | undefined): Promise<void>

  /** Entries with a task, in order of key; `after` 0 starts. */
  pending(folder: number, task: NonNullable<Entry['task']>, after: EntryId, limit: number): Promise<readonly Entry[]>
  /** How many entries have each task, by folder key. */
  pendingCounts(): Promise<readonly { folder: number; task: NonNullable<Entry['task']>; items: number; sizeBytes: number }[]>
  /** Entries of a fate in order of key (all fates when undefined). */
  settled(fate: Fate | undefined, folder: number | undefined, after: EntryId, limit: number): Promise<readonly Entry[]>
  /** Outcomes of tasks, many in one transaction. */
  settle(pass: number, settlements: readonly Settlement[]): Promise<void>
  /** Task `create` without fate or claim: `skipped` that a changed rule admits, `failed` to be tried again, copies that were lost. */
  reopen(pass: number, keys: readonly EntryId[]): Promise<void>
  /** Header texts of entries that were never read (skipped, failed), for `find`. */
  describe(descriptions: readonly { key: EntryId; description: Description }[]): Promise<void>

  /** Mirror: gives task `remove` to every gone entry that still claims a copy, but for conflicts. Returns how many. */
  scheduleRemovals(pass: number): Promise<number>

  /** Claimed copies by target folder, entries gone at the source included. */
  claims(): Promise<readonly { targetFolderId: FolderId; items: number }[]>
  /** Which of these target ids no entry claims. */
  unclaimed(targetFolderId: FolderId, ids: readonly ItemId[]): Promise<readonly ItemId[]>
  /** Replaces the scratch index of unclaimed items of a target folder; not durable, rebuilt when needed. */
  indexTarget(targetFolderId: FolderId, items: readonly UnclaimedItem[], isFirst: boolean): Promise<void>
  /** Unclaimed indexed items by identity. */
  candidates(targetFolderId: FolderId, identities: readonly string[]): Promise<ReadonlyMap<string, readonly UnclaimedItem[]>>
  /** Gone entries that still claim a copy at the target, by identity, in any folder of the mailbox. */
  orphans(identities: readonly string[]): Promise<ReadonlyMap<string, readonly Entry[]>>
  /** How many gone entries still claim a copy. */
  countOrphans(): Promise<number>

  /** What is known of what the mailbox has beside its items. */
  extras(): Promise<readonly ExtraRecord[]>
  /** Inserts or replaces by kind and source id. */
  saveExtras(records: readonly ExtraRecord[]): Promise<void>

  /** Entries per fate, and per what happened in `pass`: the numbers every report and sum is made of. */
  tally(pass: number): Promise<Tally>
}

/** Sums over all entries of the mailbox. */
export interface Tally {
  readonly source: number
  readonly sourceBytes: number
  /** Fates of all passes so far; `pending` are those without one. */
  readonly fates: Readonly<Record<Fate | 'pending', number>>
  /** What `pass` did; adds up to `source`. */
  readonly pass: {
    readonly migrated: number
    readonly alreadyThere: number
    readonly updated: number
    readonly unchanged: number
    readonly skipped: number
    readonly failed: number
    readonly gone: number
    readonly pending: number
  }
  /** Items whose conflict stands, whichever pass met it; absent where there is none. */
  readonly conflicts?: number
  /** Of what is beside the items; absent where there is nothing. */
  readonly extras?: ExtraTally
}
