import type { Cursor, FolderId } from './ids.ts'

/** What a folder holds. `other`: whatever else an Exchange folder may be made for. */
export type ItemType = 'message' | 'event' | 'contact' | 'task' | 'note' | 'journal' | 'other'

/**
 * What a folder can be for: in the words of RFC 8621 section 2 (RFC 6154 special uses without their backslash), and the
 * default folders of an Exchange mailbox beside those.
 */
export const roles = [
  'inbox',
  'sent',
  'drafts',
  'trash',
  'junk',
  'archive',
  'all',
  'flagged',
  'important',
  'outbox',
  'calendar',
  'contacts',
  'tasks',
  'notes',
  'journal',
] as const
export type Role = (typeof roles)[number]

/** What a side says of a folder without opening it. */
export interface FolderStatus {
  readonly items: number
  /** Present when the side can tell by it alone that nothing changed; equal to `Page.next` of a finished enumeration. */
  readonly cursor?: Cursor
}

/** A container of items. */
export interface Folder {
  readonly id: FolderId
  /** Decoded names from the root down; separators and namespace prefixes never leave a connector. INBOX is `['INBOX']`. */
  readonly path: readonly string[]
  readonly itemType: ItemType
  readonly role?: Role
  /** False for a mere container of folders (IMAP `\Noselect`). */
  readonly holdsItems: boolean
  readonly isSubscribed?: boolean
  readonly status?: FolderStatus
}

/** What a target can store as a folder name; `plan/map-folders` changes names by it and reports each change. */
export interface FolderNaming {
  /** Characters that may not stand in one path segment. */
  readonly forbidden: string
  /** Characters that may not begin a top-level name. */
  readonly forbiddenInFront?: string
  /** UTF-8 bytes of one segment. */
  readonly nameBytesMax: number
  readonly depthMax: number
  readonly isCaseSensitive: boolean
  /** False where folders cannot stand below INBOX as a place of their own; they move up one level. */
  readonly inboxHoldsFolders: boolean
  /** Top-level names (compared without case) that the server keeps for itself. */
  readonly reserved: readonly string[]
}
