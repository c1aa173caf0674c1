import type { FolderNaming } from '../../core/model/folder.ts'
import type { ZonedTime } from '../../core/model/item.ts'

/** What a memory mailbox announces and how it behaves; everything has a default (`defaultMemoryOptions`). */
export interface MemoryOptions {
  /** False: stores what Dovecot 2.3.19 would (`toStoredBytes`). */
  readonly preservesBytes: boolean
  /** Dates are cut to a multiple of it. */
  /** What the server makes of a message beyond that. */
  readonly storedBytes: (bytes: Uint8Array) => Uint8Array
  readonly datePrecisionMs: number
  /** What the server makes of a date, beyond its precision. */
  readonly storedDate: (receivedAt: ZonedTime) => ZonedTime
  readonly storesKeywords: boolean
  /** By path of a folder: the keywords beside the system ones that it keeps, where it keeps no others. */
  readonly keptKeywords: (path: readonly string[]) => readonly string[] | undefined
  readonly sessionsMax: number
  /** What it really lets in, when that is less. */
  readonly sessionsAllowed: number | undefined
  readonly itemSizeBytesMax: number | undefined
  readonly quotaBytesMax: number | undefined
  /** A zero-byte message is refused, as by real IMAP servers. */
  readonly refusesEmpty: boolean
  readonly folderNaming: FolderNaming
  /**
   * `changes`: cursors give deltas with deletions. `remains`: deltas, with what is unchanged where something was deleted.
   * `cursor`: a cursor tells that nothing happened, else everything is listed. `none`: everything is listed every time.
   */
  readonly history: 'changes' | 'remains' | 'cursor' | 'none'
  /** False: like IMAP without UIDPLUS, new ids are not told. */
  readonly tellsTargetIds: boolean
  readonly canUpdateKeywords: boolean
  readonly canMove: boolean
  /** With `canMove` false: like IMAP without MOVE, where a move is two steps. */
  readonly canCopy: boolean
  readonly canRemove: boolean
  /** It has things beside its items, and can be given them. */
  readonly hasExtras: boolean
  /** What the server makes of their text. */
  readonly storedText: (text: string) => string
  /** `group`: deliveries of one group are stored together or not at all (IMAP MULTIAPPEND). */
  readonly writeUnit: 'item' | 'group'
  readonly groupItemsMax: number
  readonly pageItemsMax: number
  /** How many results a session works ahead of its caller; 0 keeps in step. */
  readonly readAheadItemsMax: number
  /** Contents up to this are given whole. */
  readonly wholeBytesMax: number
  readonly chunkBytes: number
}

/** A server that can do everything. */
export const defaultMemoryOptions: MemoryOptions = {
  preservesBytes: true,
  storedBytes: (bytes) => bytes,
  datePrecisionMs: 1000,
  storedDate: (receivedAt) => receivedAt,
  storesKeywords: true,
  keptKeywords: () => undefined,
  sessionsMax: 4,
  sessionsAllowed: undefined,
  itemSizeBytesMax: undefined,
  quotaBytesMax: undefined,
  refusesEmpty: false,
  folderNaming: {
    forbidden: '',
    nameBytesMax: 1024,
    depthMax: 64,
    isCaseSensitive: true,
    inboxHoldsFolders: true,
    reserved: [],
  },
  history: 'changes',
  tellsTargetIds: true,
  canUpdateKeywords: true,
  canMove: true,
  canCopy: true,
  canRemove: true,
  hasExtras: false,
  storedText: (text) => text,
  writeUnit: 'item',
  groupItemsMax: 50,
  pageItemsMax: 1000,
  readAheadItemsMax: 16,
  wholeBytesMax: 256 * 1024,
  chunkBytes: 64 * 1024,
}
