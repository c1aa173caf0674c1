import type { MigrationError } from '../errors.ts'
import type { FolderId, ItemId } from './ids.ts'

/** An instant and the zone it was written in (IMAP INTERNALDATE). */
export interface ZonedTime {
  readonly epochMs: number
  readonly offsetMinutes: number
}

/** What enumeration learns without reading a body. */
export interface ItemRef {
  readonly id: ItemId
  readonly folderId: FolderId
  /**
   * Changes exactly when something that can be carried over changes: the sorted keywords where they are beside the content,
   * otherwise whatever the side calls a version (Exchange's change key).
   */
  readonly version: string
  /** As the side announces it; the content's own length rules. */
  readonly sizeBytes: number
  readonly receivedAt: ZonedTime
  /** RFC 8621 keywords, sorted: `$seen`, `$answered`, `$flagged`, `$draft`, `$deleted`, and the user's own as spelled. */
  readonly keywords: readonly string[]
}

/** What the header says, for recognising an item on the other side and for finding it by a person's words. */
export interface Description {
  /**
   * Equal for two copies of one item whatever moved them; made of Date, From, To and Subject, never of Message-ID, which
   * other tools add and real mail shares. A candidate, not a proof.
   */
  readonly identity: string
  readonly messageId: string
  readonly from: string
  readonly subject: string
}

/** Bytes chunk by chunk, to be read once; reading them again is a new `read`. */
export interface ContentStream extends AsyncIterable<Uint8Array> {
  /** All of them, where they are in memory anyway: to be looked at until the next item is asked for, and not to be kept. */
  readonly whole?: Uint8Array | undefined
}

/** Bytes whole when small, or chunk by chunk. */
export type Content = Uint8Array | ContentStream

/** An item with its bytes. */
export interface Item {
  readonly ref: ItemRef
  /** Exactly what `content` will give; a stream that ends early or late throws. */
  readonly sizeBytes: number
  readonly description: Description
  readonly content: Content
}

/** One answer of `Reader.read`, request by request; `ref` is the very object asked for, so that a caller can key on it. */
export type ReadResult =
  | { readonly type: 'item'; readonly item: Item }
  | { readonly type: 'gone'; readonly ref: ItemRef }
  | { readonly type: 'failed'; readonly ref: ItemRef; readonly error: MigrationError }

/** One item on its way into a target folder. */
export interface Delivery {
  readonly item: Item
  readonly into: FolderId
  readonly receivedAt: ZonedTime
  readonly keywords: readonly string[]
  /** The copy that this one takes the place of, as it was when it was last written; only where `Capabilities.replacesItems`. */
  readonly replaces?: { readonly id: ItemId; readonly version: string }
  /** Deliveries of one group may share an all-or-nothing command (IMAP MULTIAPPEND); those of two groups never do. */
  readonly group: number
}

/** One answer of `Target.write`; every delivery ends in exactly one, unless the stream throws. `ref` is the delivered one. */
export type WriteResult =
  | {
      readonly type: 'written'
      readonly ref: ItemRef
      /** Absent when the target does not say (IMAP without UIDPLUS): the item is then looked for before it is settled. */
      readonly targetId?: ItemId
      /** The copy's `ItemRef.version`, where it is not its keywords. */
      readonly targetVersion?: string
      /** What the copy lacks, comma-separated, where the target knows that it could not take all. */
      readonly altered?: string
    }
  /** The copy to be replaced is not as it was: the target's user changed or deleted it, and it stays as it is. */
  | { readonly type: 'conflict'; readonly ref: ItemRef; readonly reason: 'changed-at-target' | 'deleted-at-target' }
  | { readonly type: 'refused'; readonly refs: readonly ItemRef[]; readonly error: MigrationError }
