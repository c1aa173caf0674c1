import type { RecipientMap } from './recipient-map.ts'

/** What a pass does about items that it has carried before. */
export const policies = [
  /** New items only. */
  'add',
  /** Also changed keywords, moves, and repair of dates and keywords of adopted items; never over a change made at the target. */
  'update',
  /** Also deletions, guarded against a side that suddenly became empty. */
  'mirror',
] as const
export type Policy = (typeof policies)[number]

/** Who decides what is carried over: plain data, resolved once at the start of a pass. */
export interface Rules {
  readonly policy: Policy
  /** Items received before this instant are skipped (`newer than`). */
  readonly receivedFromMs?: number
  /** Items received at or after this instant are skipped (`older than`). */
  readonly receivedUntilMs?: number
  readonly itemSizeBytesMax?: number
  /** Globs on the slash-joined path (`Archive/**`) or roles (`role:sent`). Empty: everything. */
  readonly includeFolders: readonly string[]
  readonly excludeFolders: readonly string[]
  /** Whether `plan/default-exclusions` applies. */
  readonly usesDefaultExclusions: boolean
  /** Explicit places, by exact source path; subfolders follow. */
  readonly folderMap: readonly { readonly from: readonly string[]; readonly to: readonly string[] }[]
  /** Put everything but nothing of INBOX itself below this path; empty: nowhere. */
  readonly targetPrefix: readonly string[]
  /** Whether special-use roles are mapped to the target's own folders. */
  readonly mapsRoles: boolean
  /** Keyword renames; `null` drops the keyword. */
  readonly keywordMap: Readonly<Record<string, string | null>>
  /** Old addresses and what they are now, for targets that keep addresses beside the message as it came. */
  readonly recipientMap?: RecipientMap
  /** True: what is beside the items stays where it is. */
  readonly leavesExtras?: boolean
  /** Whether failed items are tried again. */
  readonly retriesFailed: boolean
  /** Whether an emptied side is accepted as meant. */
  readonly acceptsEmptied: boolean
}

/** How far a pass proves what it wrote; each level includes the ones before. */
export const verifications = [
  /** Folder counts agree with the ledger. */
  'counts',
  /** Each item was named by the target's own answer or found there content-equal. */
  'identity',
  /** Each item's bytes were read back from the target and compared. */
  'content',
] as const
export type Verification = (typeof verifications)[number]
