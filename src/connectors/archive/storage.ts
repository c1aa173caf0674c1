import type { Capabilities } from '../../core/model/capabilities.ts'
import type { Folder } from '../../core/model/folder.ts'
import type { Cursor, FolderId, ItemId } from '../../core/model/ids.ts'
import type { Delivery, ItemRef, WriteResult } from '../../core/model/item.ts'
import type { EnsuredFolder, FolderWish, KeywordChange } from '../../core/ports/connector.ts'

/** A folder's items at one moment. */
export interface Listing {
  /** Equal for two listings between which nothing happened. */
  readonly cursor: Cursor
  /** In a stable order, a few hundred at a time. May be iterated once. */
  readonly pages: AsyncIterable<readonly ItemRef[]>
}

/** The stored bytes of one message, opened for reading. */
export interface StoredMessage {
  /** For error texts. */
  readonly path: string
  readonly sizeBytes: number
  /** Reads at `position` within the message, fewer bytes only at its end. */
  read(position: number, lengthBytes: number): Promise<Uint8Array>
  /** Line ends are to be given as stored, not as CRLF. */
  readonly isExact: boolean
  /** One `>` is to be taken from lines that match `>+From ` (mboxrd). */
  readonly isQuoted: boolean
  close(): Promise<void>
}

/**
 * How one format lays out folders and messages in files: what `source.ts` and `target.ts` share over all formats. No file
 * stays open between calls, so there is nothing to close.
 */
export interface Storage {
  readonly capabilities: Capabilities
  discover(): Promise<readonly Folder[]>
  /** Throws `transient` when the folder is gone. */
  list(folderId: FolderId): Promise<Listing>
  /** Undefined: gone. Throws an `item` error when this one message cannot be opened. */
  open(ref: Pick<ItemRef, 'id' | 'folderId'>): Promise<StoredMessage | undefined>
}

/** What became of some deliveries. */
export interface WriteOutcome {
  readonly results: readonly WriteResult[]
  readonly failure?: { readonly error: unknown }
}

/** A storage that can be written; every method but `ensureFolder` may be called by several streams at once. */
export interface WritableStorage extends Storage {
  /** Idempotent, one at a time; no name in `path` is empty. */
  ensureFolder(path: readonly string[], wish: FolderWish): Promise<EnsuredFolder>
  /**
   * Stores deliveries, each all or nothing and durable when this resolves; a streamed content comes alone. Never
   * throws: what broke in the middle is the `failure`, after the results of what was stored.
   */
  write(deliveries: readonly Delivery[]): Promise<WriteOutcome>
  inspect(folderId: FolderId, ids: readonly ItemId[]): Promise<ReadonlyMap<ItemId, ItemRef>>
  updateKeywords(changes: readonly KeywordChange[]): Promise<void>
  move?(from: FolderId, ids: readonly ItemId[], into: FolderId): Promise<ReadonlyMap<ItemId, ItemId | undefined>>
  remove?(folderId: FolderId, ids: readonly ItemId[]): Promise<void>
}
