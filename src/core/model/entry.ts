import type { FolderId, ItemId } from './ids.ts'
import type { Description, ItemRef } from './item.ts'

/** A ledger row's own number within its mailbox; grows with time. */
export type EntryId = number

/** The fate of a source item: exactly one once settled. */
export type Fate = 'migrated' | 'alreadyThere' | 'skipped' | 'failed' | 'gone'

/**
 * What is left to do for an item: `create` a copy, `update` keywords, `redate` (write the copy anew with the right date),
 * `clear` (remove the copy that a redated one supersedes), `remove` the copy of an item gone at the source.
 */
export type Task = 'create' | 'update' | 'redate' | 'clear' | 'remove'

/** A ledger row: the item as last seen at the source, how far it came, and its copy as last seen at the target. */
export interface Entry {
  readonly key: EntryId
  readonly folder: number
  readonly ref: ItemRef
  readonly fate?: Fate
  readonly task?: Task
  /** Why skipped (a rule's name), failed (an error code) or altered. */
  readonly reason?: string
  readonly hint?: string
  /** Why a change at the source was not carried: the copy was changed at the target too. Stands until a later one is. */
  readonly conflict?: string
  readonly targetFolderId?: FolderId
  readonly targetId?: ItemId
  /** The keywords last carried to the copy, as a version: what the source changed since is the difference to it. */
  readonly targetVersion?: string
  /** The copy that was replaced by one with the right date and still has to be removed. */
  readonly supersededId?: ItemId
  /** SHA-256 of the content as read from the source, hex. */
  readonly digest?: string
  readonly contentBytes?: number
  /**
   * How the copy differs from the original, comma-separated: its bytes, when they were compared and do (`line-ends`, `nul`,
   * ...), and the keywords that it could not be given (`plan/lost-keywords`).
   */
  readonly altered?: string
  /** How far the copy was proven: by the target's own answer, by looking, or by its bytes. */
  readonly proof?: Proof
  readonly description?: Description
  /** Pass numbers. */
  readonly seenPass: number
  readonly fatePass?: number
  readonly updatePass?: number
}

/** `answered`: the target named the new item. `found`: looked up and content-equal. `re-read`: bytes compared after. */
export const proofs = ['answered', 'found', 're-read'] as const
export type Proof = (typeof proofs)[number]

/** How one entry came out. Only the fields named change. */
export type Settlement =
  | {
      readonly type: 'copied'
      readonly key: EntryId
      readonly fate: 'migrated' | 'alreadyThere'
      readonly targetFolderId: FolderId
      readonly targetId: ItemId
      readonly targetVersion: string
      readonly digest: string
      readonly contentBytes: number
      readonly proof: Proof
      readonly altered?: string
      readonly description: Description
      /** Work that remains after adoption: repair of keywords or date. */
      readonly task?: Task
      /** The copy that this one replaces; goes with task `clear`. */
      readonly supersededId?: ItemId
      /** A gone entry whose copy this one takes over (moved or renumbered at the source); it is deleted. */
      readonly replaces?: EntryId
    }
  | {
      readonly type: 'updated'
      readonly key: EntryId
      readonly targetVersion: string
      /** Absent: nothing is known to differ any more. */
      readonly altered?: string
      readonly targetFolderId?: FolderId
      readonly targetId?: ItemId
      readonly conflict?: string
      /** False when the target already was as wanted. */
      readonly didWrite: boolean
    }
  | { readonly type: 'failed'; readonly key: EntryId; readonly code: string; readonly hint: string; readonly description?: Description }
  | { readonly type: 'skipped'; readonly key: EntryId; readonly rule: string }
  | { readonly type: 'gone'; readonly key: EntryId }
  /** Task `remove` or `clear` is done; `remove` also ends the claim on the copy. */
  | { readonly type: 'removed'; readonly key: EntryId; readonly conflict?: string }
  | { readonly type: 'verified'; readonly key: EntryId; readonly proof: Proof; readonly altered?: string }
