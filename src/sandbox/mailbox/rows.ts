/** A primary mailbox or an archive; `MBX:<guid>@<tenantId>` names it in the import/export API. */
export interface MailboxRow {
  readonly id: number
  readonly guid: string
  readonly userId: string
  readonly kind: 'primary' | 'archive'
  /** The primary SMTP address. */
  readonly address: string
  /** The language of the default folders' names: `en-US`, `de-DE`, `fr-FR`. */
  readonly language: string
  /** Set for an auxiliary archive: the archive it belongs to. */
  readonly mainId: number | undefined
}

export interface FolderRow {
  readonly id: number
  readonly parentId: number | undefined
  /** Its name in Graph (`inbox`), absent for folders that users make. */
  readonly wellKnown: string | undefined
  readonly name: string
  /** `IPF.Note`, `IPF.Appointment` and their like. */
  readonly folderClass: string
  readonly isHidden: boolean
  /** A search folder: listed, never holding items of its own. */
  readonly isSearch: boolean
  readonly createdMs: number
  readonly modifiedMs: number
  /** The mailbox's change counter when the folder itself last changed. */
  readonly change: number
  readonly uidValidity: number
  readonly uidNext: number
  /** The `MBX:` id of the auxiliary archive that holds it now (exchange.md 2.3, redirects). */
  readonly movedTo: string | undefined
}

/** What a folder's items add up to. */
export interface FolderCounts {
  readonly items: number
  readonly unread: number
  readonly children: number
  readonly sizeBytes: number
  /** When an item in it last came or changed; absent while it is empty. */
  readonly lastChangeMs: number | undefined
}

/** What listings need of an item, without opening it. */
export interface ItemRow {
  readonly id: number
  readonly folderId: number
  /** Unique in its folder and rising, also across moves: IMAP's UID. */
  readonly uid: number
  /** The mailbox's change counter at the last change: a change key, and IMAP's MODSEQ. */
  readonly change: number
  /** The counter when the item came into being or into this folder. */
  readonly createdChange: number
  readonly messageClass: string
  readonly isAssociated: boolean
  /** PidTagMessageFlags. */
  readonly messageFlags: number
  /** 0, 1 complete, 2 flagged. */
  readonly flagStatus: number
  /** PidTagLastVerbExecuted: 102 and 103 replied, 104 forwarded, 0 neither. */
  readonly lastVerb: number
  /** Marked for IMAP's EXPUNGE. */
  readonly isImapDeleted: boolean
  readonly categories: readonly string[]
  readonly subject: string
  readonly messageId: string | undefined
  readonly receivedMs: number | undefined
  readonly submittedMs: number | undefined
  /** Of appointments and tasks. */
  readonly startMs: number | undefined
  readonly endMs: number | undefined
  readonly createdMs: number
  readonly modifiedMs: number
  readonly sizeBytes: number
  /** Kept once a face has made the MIME form; undefined after each change. */
  readonly mimeSizeBytes: number | undefined
  readonly attachmentCount: number
}

/** An attachment without its data. */
export interface AttachmentRow {
  readonly number: number
  readonly name: string
  readonly isEmbedded: boolean
  readonly sizeBytes: number
}

/** An item that left a folder. */
export interface Departure {
  readonly itemId: number
  readonly folderId: number
  readonly uid: number
  readonly change: number
  readonly reason: 'deleted' | 'moved'
}
