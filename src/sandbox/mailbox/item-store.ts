import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { MapiAttachment, MapiMessage } from '../../formats/mapi/message.ts'
import { messageProperties as known } from '../../formats/mapi/message-properties.ts'
import type { PropertyBag } from '../../formats/mapi/property-bag.ts'
import { completeItem } from './complete-item.ts'
import { MailboxError } from './errors.ts'
import { columnsOf } from './item-columns.ts'
import { type StoredAttachment, type StoredMessage, decodeHead, decodeMessage, encodeAttachment, encodeMessage } from './item-encoding.ts'
import type { AttachmentRow, Departure, ItemRow } from './rows.ts'
import { type ListStatement, type RowValues, Statements, toListStatement } from './statements.ts'

/** exchange.md 4.3. */
const folderItemsMax = 1_000_000
/** A bit of PidTagMessageFlags. */
const read = 1

/** Orders that an index serves; `id` is the order of arrival. */
export type ItemOrder = 'received' | 'uid'

/** Which items of a folder are listed. */
export interface ItemListing {
  readonly isAssociated?: boolean
  readonly order?: ItemOrder
  readonly descending?: boolean
  readonly offset?: number
  readonly limit?: number
  /** Only items with a UID above this. */
  readonly afterUid?: number
}

/** What an item is made from. */
export interface NewItem {
  readonly message: MapiMessage
  readonly isAssociated?: boolean
}

const columns = `id, folder_id, uid, change, created_change, class, is_associated, message_flags, flag_status, last_verb, imap_deleted,
  categories, subject, message_id, received_ms, submitted_ms, start_ms, end_ms, created_ms, modified_ms, size_bytes, mime_size_bytes, attachment_count`

/** The parts of a mailbox that items need. */
export interface ItemStoreParts {
  readonly database: DatabaseSync
  readonly mailboxId: number
  readonly nowMs: () => number
  readonly nextChange: () => number
  readonly nextUid: (folderId: number) => number
  readonly addSize: (sizeBytes: number) => void
  /** A receipt that a sender had asked for would go out. */
  readonly onReceipt: (head: Pick<MapiMessage, 'properties'>) => void
  /** Both in one step. */
  readonly nextChangeOf: (sizeBytes: number) => number
}

/**
 * The items of one mailbox. Each call is one step of its own and durable as the database is; callers that do several
 * wrap them in a transaction.
 */
export class ItemStore {
  readonly #parts: ItemStoreParts
  readonly #statements: Statements

  constructor(parts: ItemStoreParts) {
    this.#parts = parts
    this.#statements = new Statements(parts.database)
  }

  find(itemId: number): ItemRow | undefined {
    const row = this.#prepareRows(`select ${columns} from items where id = ? and mailbox_id = ?`).get(itemId, this.#parts.mailboxId)
    return row === undefined ? undefined : toItemRow(row)
  }

  /** Throws `item-not-found`. */
  get(itemId: number): ItemRow {
    const row = this.find(itemId)
    if (row === undefined) throw new MailboxError('item-not-found', 'The specified object was not found in the store.')
    return row
  }

  /** A page of a folder, by UID rising unless told otherwise. */
  list(folderId: number, listing: ItemListing = {}): readonly ItemRow[] {
    const { isAssociated = false, order = 'uid', descending = false, offset = 0, limit = -1, afterUid = 0 } = listing
    const direction = descending ? 'desc' : 'asc'
    const by = order === 'uid' ? `uid ${direction}` : `received_ms ${direction}, uid ${direction}`
    return this.#prepareRows(
      `select ${columns} from items where folder_id = ? and is_associated = ? and uid > ? order by ${by} limit ? offset ?`,
    )
      .all(folderId, Number(isAssociated), afterUid, limit, offset)
      .map(toItemRow)
  }

  /** The UIDs of a folder, rising, and which items are read; for going through at once. */
  *uids(folderId: number): Generator<{ readonly uid: number; readonly isRead: boolean }> {
    const rows = this.#prepare('select uid, message_flags & 1 as is_read from items where folder_id = ? and is_associated = 0 order by uid')
    for (const row of rows.iterate(folderId)) yield { uid: Number(row['uid']), isRead: row['is_read'] === 1 }
  }

  /**
   * The items of some folders, by date of receipt, read one after the other as they are asked for. The store may not be
   * changed meanwhile.
   */
  *scan(folderIds: readonly number[], descending: boolean): Generator<ItemRow> {
    const direction = descending ? 'desc' : 'asc'
    // A statement of its own: one that is kept could be started again by whoever reads along.
    const statement = this.#parts.database.prepare(
      `select ${columns} from items where folder_id in (${folderIds.map(() => '?').join(', ')}) and is_associated = 0
       order by received_ms ${direction}, uid ${direction}`,
    )
    for (const row of toListStatement(statement).iterate(...folderIds)) yield toItemRow(row)
  }

  /** Items changed or arrived after `change`, in the order of their changes. */
  changedSince(folderId: number, change: number, limit: number): readonly ItemRow[] {
    return this.#prepareRows(
      `select ${columns} from items where folder_id = ? and change > ? and is_associated = 0 order by change limit ?`,
    )
      .all(folderId, change, limit)
      .map(toItemRow)
  }

  /** The latest change of what a folder holds or held; 0 where it never held anything. */
  lastChange(folderId: number): number {
    const row = this.#prepare(
      `select max(coalesce((select max(change) from items where folder_id = ?), 0),
                  coalesce((select max(change) from departures where folder_id = ?), 0)) as change`,
    ).get(folderId, folderId)
    return Number(row?.['change'])
  }

  /** What left a folder after `change`. */
  departuresSince(folderId: number, change: number, limit = -1): readonly Departure[] {
    return this.#prepare('select item_id, uid, change, reason from departures where folder_id = ? and change > ? order by change limit ?')
      .all(folderId, change, limit)
      .map((row) => ({
        itemId: Number(row['item_id']),
        folderId,
        uid: Number(row['uid']),
        change: Number(row['change']),
        reason: row['reason'] as Departure['reason'],
      }))
  }

  /** Items of the whole mailbox with this Message-ID. */
  withMessageId(messageId: string): readonly ItemRow[] {
    return this.#prepareRows(`select ${columns} from items where mailbox_id = ? and message_id = ?`)
      .all(this.#parts.mailboxId, messageId)
      .map(toItemRow)
  }

  /** Properties and recipients, without opening attachments. */
  head(itemId: number): Pick<MapiMessage, 'properties' | 'recipients'> {
    const row = this.#prepare('select head from items where id = ? and mailbox_id = ?').get(itemId, this.#parts.mailboxId)
    if (row === undefined) throw new MailboxError('item-not-found', 'The specified object was not found in the store.')
    return decodeHead(row['head'] as Uint8Array)
  }

  /** The item as it is kept, for an export that decodes nothing. */
  stored(itemId: number): StoredMessage {
    const row = this.#prepare('select head from items where id = ? and mailbox_id = ?').get(itemId, this.#parts.mailboxId)
    if (row === undefined) throw new MailboxError('item-not-found', 'The specified object was not found in the store.')
    const attachments = this.#prepare('select number, head, data, is_embedded from attachments where item_id = ? order by number')
      .all(itemId)
      .map((attachment) => ({
        head: attachment['head'] as Uint8Array,
        data: (attachment['data'] as Uint8Array | null) ?? undefined,
        isEmbedded: attachment['is_embedded'] === 1,
      }))
    return { head: row['head'] as Uint8Array, attachments }
  }

  /** The whole item. */
  message(itemId: number): MapiMessage {
    return decodeMessage(this.stored(itemId))
  }

  attachments(itemId: number): readonly AttachmentRow[] {
    return this.#prepare('select number, name, is_embedded, size_bytes from attachments where item_id = ? order by number')
      .all(itemId)
      .map((row) => ({
        number: Number(row['number']),
        name: String(row['name'] ?? ''),
        isEmbedded: row['is_embedded'] === 1,
        sizeBytes: Number(row['size_bytes']),
      }))
  }

  /** The property lists of an item's attachments, without opening their data. */
  attachmentHeads(itemId: number): readonly { readonly number: number; readonly head: Uint8Array }[] {
    return this.#prepare('select number, head from attachments where item_id = ? order by number')
      .all(itemId)
      .map((row) => ({ number: Number(row['number']), head: row['head'] as Uint8Array }))
  }

  /** One attachment as it is kept. Throws `attachment-not-found`. */
  storedAttachment(itemId: number, number: number): StoredAttachment {
    const row = this.#prepare('select head, data, is_embedded from attachments where item_id = ? and number = ?').get(itemId, number)
    if (row === undefined) throw new MailboxError('attachment-not-found', 'The specified attachment was not found.')
    return {
      head: row['head'] as Uint8Array,
      data: (row['data'] as Uint8Array | null) ?? undefined,
      isEmbedded: row['is_embedded'] === 1,
    }
  }

  /** Stores a new item, completed as Exchange completes what it is given. */
  create(folderId: number, { message, isAssociated = false }: NewItem): ItemRow {
    const nowMs = Math.round(this.#parts.nowMs())
    const uid = this.#parts.nextUid(folderId)
    // Counting costs; a folder that never had so many items cannot be full.
    if (uid > folderItemsMax && this.#count(folderId) >= folderItemsMax) {
      throw new MailboxError('folder-full', 'The folder holds as many items as it may.')
    }
    const complete = completeItem(message, nowMs)
    const stored = encodeMessage(complete)
    const values = columnsOf(complete)
    const sizeBytes = sizeOf(stored)
    const change = this.#parts.nextChangeOf(sizeBytes)
    const { lastInsertRowid } = this.#prepare(
      `insert into items (mailbox_id, folder_id, uid, change, created_change, class, is_associated, message_flags, flag_status, last_verb,
         categories, subject, message_id, received_ms, submitted_ms, start_ms, end_ms, created_ms, modified_ms, size_bytes, attachment_count, head)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      this.#parts.mailboxId,
      folderId,
      uid,
      change,
      change,
      values.messageClass,
      Number(isAssociated),
      values.messageFlags,
      values.flagStatus,
      values.lastVerb,
      values.categories,
      values.subject,
      values.messageId,
      values.receivedMs,
      values.submittedMs,
      values.startMs,
      values.endMs,
      nowMs,
      nowMs,
      sizeBytes,
      stored.attachments.length,
      stored.head,
    )
    const itemId = Number(lastInsertRowid)
    stored.attachments.forEach((attachment, number) => this.#insertAttachment(itemId, number, attachment))
    return {
      id: itemId,
      folderId,
      uid,
      change,
      createdChange: change,
      messageClass: values.messageClass,
      isAssociated,
      messageFlags: values.messageFlags,
      flagStatus: values.flagStatus,
      lastVerb: values.lastVerb,
      isImapDeleted: false,
      categories: toCategories(values.categories),
      subject: values.subject ?? '',
      messageId: values.messageId ?? undefined,
      receivedMs: values.receivedMs ?? undefined,
      submittedMs: values.submittedMs ?? undefined,
      startMs: values.startMs ?? undefined,
      endMs: values.endMs ?? undefined,
      createdMs: nowMs,
      modifiedMs: nowMs,
      sizeBytes,
      mimeSizeBytes: undefined,
      attachmentCount: stored.attachments.length,
    }
  }

  /** Puts other contents in an item's place; its id stays. */
  replace(itemId: number, message: MapiMessage): ItemRow {
    const before = this.get(itemId)
    const complete = completeItem(message, Math.round(this.#parts.nowMs()))
    const stored = encodeMessage(complete)
    this.#prepare('delete from attachments where item_id = ?').run(itemId)
    stored.attachments.forEach((attachment, number) => this.#insertAttachment(itemId, number, attachment))
    this.#writeHead(before, complete, stored.head, sizeOf(stored), stored.attachments.length)
    return this.get(itemId)
  }

  /** Changes properties and recipients and leaves the attachments alone. */
  replaceHead(itemId: number, head: Pick<MapiMessage, 'properties' | 'recipients'>): ItemRow {
    const before = this.get(itemId)
    const isReadNow = isUnread(before) && ((head.properties.get(known.messageFlags) ?? 0) & read) !== 0
    if (isReadNow && asksForReceipt(head)) this.#parts.onReceipt(head)
    const attachments = this.attachments(itemId)
    const message = completeItem({ ...head, attachments: [] }, Math.round(this.#parts.nowMs()), attachments.length)
    const bytes = encodeMessage(message).head
    const sizeBytes = attachments.reduce((sum, attachment) => sum + attachment.sizeBytes, bytes.byteLength)
    this.#writeHead(before, message, bytes, sizeBytes, attachments.length)
    return this.get(itemId)
  }

  /** Changes some properties: `edit` gets the item's own bag. */
  edit(itemId: number, edit: (properties: PropertyBag, recipients: readonly PropertyBag[]) => void): ItemRow {
    const head = this.head(itemId)
    edit(head.properties, head.recipients)
    return this.replaceHead(itemId, head)
  }

  /** IMAP's mark for EXPUNGE, which no property of the item shows. */
  markImapDeleted(itemId: number, isDeleted: boolean): ItemRow {
    this.#prepare('update items set imap_deleted = ?, change = ? where id = ?').run(Number(isDeleted), this.#parts.nextChange(), itemId)
    return this.get(itemId)
  }

  /** Keeps the length of the MIME form that a face has made. */
  rememberMimeSize(itemId: number, sizeBytes: number): void {
    this.#prepare('update items set mime_size_bytes = ? where id = ?').run(sizeBytes, itemId)
  }

  /** Adds an attachment and returns its number, which no other attachment of this item has had. */
  addAttachment(itemId: number, attachment: MapiAttachment): number {
    const number = this.attachments(itemId).reduce((highest, { number: taken }) => Math.max(highest, taken + 1), 0)
    this.#insertAttachment(itemId, number, encodeAttachment(attachment))
    this.replaceHead(itemId, this.head(itemId))
    return number
  }

  /** Throws `attachment-not-found`. */
  removeAttachment(itemId: number, number: number): void {
    this.storedAttachment(itemId, number)
    this.#prepare('delete from attachments where item_id = ? and number = ?').run(itemId, number)
    this.replaceHead(itemId, this.head(itemId))
  }

  /** Moves an item; its number and its immutable id stay, its UID and ordinary id are new. */
  move(itemId: number, folderId: number): ItemRow {
    const item = this.get(itemId)
    if (item.folderId === folderId) return item
    const change = this.#parts.nextChange()
    this.#recordDeparture(item, change, 'moved')
    this.#prepare('update items set folder_id = ?, uid = ?, change = ?, created_change = ?, imap_deleted = 0 where id = ?').run(
      folderId,
      this.#parts.nextUid(folderId),
      change,
      change,
      itemId,
    )
    return this.get(itemId)
  }

  copy(itemId: number, folderId: number): ItemRow {
    return this.create(folderId, { message: this.message(itemId), isAssociated: this.get(itemId).isAssociated })
  }

  /** To be called before an item leaves its user's sight: a sender who had asked to hear that nobody has read it hears so. */
  tellUnread(itemId: number): void {
    const item = this.get(itemId)
    if (!isUnread(item) || !item.messageClass.startsWith('IPM.Note')) return
    const head = this.head(itemId)
    if (asksForReceipt(head)) this.#parts.onReceipt(head)
  }

  /** Removes an item for good. */
  remove(itemId: number): void {
    this.tellUnread(itemId)
    const item = this.get(itemId)
    this.#recordDeparture(item, this.#parts.nextChange(), 'deleted')
    this.#prepare('delete from attachments where item_id = ?').run(itemId)
    this.#prepare('delete from items where id = ?').run(itemId)
    this.#parts.addSize(-item.sizeBytes)
  }

  #count(folderId: number): number {
    return Number(this.#prepare('select count(*) as n from items where folder_id = ?').get(folderId)?.['n'])
  }

  #writeHead(before: ItemRow, message: MapiMessage, head: Uint8Array, sizeBytes: number, attachmentCount: number): void {
    const values = columnsOf(message)
    this.#prepare(
      `update items set change = ?, class = ?, message_flags = ?, flag_status = ?, last_verb = ?, categories = ?, subject = ?, message_id = ?,
         received_ms = ?, submitted_ms = ?, start_ms = ?, end_ms = ?, modified_ms = ?, size_bytes = ?, mime_size_bytes = null,
         attachment_count = ?, head = ? where id = ?`,
    ).run(
      this.#parts.nextChange(),
      values.messageClass,
      values.messageFlags,
      values.flagStatus,
      values.lastVerb,
      values.categories,
      values.subject,
      values.messageId,
      values.receivedMs,
      values.submittedMs,
      values.startMs,
      values.endMs,
      Math.round(this.#parts.nowMs()),
      sizeBytes,
      attachmentCount,
      head,
      before.id,
    )
    this.#parts.addSize(sizeBytes - before.sizeBytes)
  }

  #insertAttachment(itemId: number, number: number, { name, head, data, isEmbedded }: StoredAttachment): void {
    const sizeBytes = head.byteLength + (data?.byteLength ?? 0)
    this.#prepare(
      'insert into attachments (item_id, number, name, head, data, is_embedded, size_bytes) values (?, ?, ?, ?, ?, ?, ?)',
    ).run(itemId, number, name ?? null, head, data ?? null, Number(isEmbedded), sizeBytes)
  }

  #recordDeparture(item: ItemRow, change: number, reason: Departure['reason']): void {
    this.#prepare('insert into departures (mailbox_id, folder_id, item_id, uid, change, reason) values (?, ?, ?, ?, ?, ?)').run(
      this.#parts.mailboxId,
      item.folderId,
      item.id,
      item.uid,
      change,
      reason,
    )
  }

  #prepareRows(sql: string): ListStatement {
    return this.#statements.prepareLists(sql)
  }

  #prepare(sql: string): StatementSync {
    return this.#statements.prepare(sql)
  }
}

/** MS-OXOMSG section 2.2.1.29: a receipt when the message is read, and when it is deleted unread. */
function asksForReceipt({ properties }: Pick<MapiMessage, 'properties'>): boolean {
  return properties.get(known.readReceiptRequested) === true
}

function isUnread({ messageFlags }: ItemRow): boolean {
  return (messageFlags & read) === 0
}

function sizeOf({ head, attachments }: StoredMessage): number {
  return attachments.reduce((sum, each) => sum + each.head.byteLength + (each.data?.byteLength ?? 0), head.byteLength)
}

/** From the values of `columns`. */
function toItemRow(values: RowValues): ItemRow {
  const optional = (value: RowValues[number]) => (value === null || value === undefined ? undefined : Number(value))
  const [id, folderId, uid, change, createdChange, messageClass, isAssociated, messageFlags, flagStatus, lastVerb, isImapDeleted,
    categories, subject, messageId, receivedMs, submittedMs, startMs, endMs, createdMs, modifiedMs,
    sizeBytes, mimeSizeBytes, attachmentCount] = values
  return {
    id: Number(id),
    folderId: Number(folderId),
    uid: Number(uid),
    change: Number(change),
    createdChange: Number(createdChange),
    messageClass: String(messageClass),
    isAssociated: isAssociated === 1,
    messageFlags: Number(messageFlags),
    flagStatus: Number(flagStatus),
    lastVerb: Number(lastVerb),
    isImapDeleted: isImapDeleted === 1,
    categories: toCategories(categories as string | null),
    subject: String(subject ?? ''),
    messageId: messageId === null ? undefined : String(messageId),
    receivedMs: optional(receivedMs),
    submittedMs: optional(submittedMs),
    startMs: optional(startMs),
    endMs: optional(endMs),
    createdMs: Number(createdMs),
    modifiedMs: Number(modifiedMs),
    sizeBytes: Number(sizeBytes),
    mimeSizeBytes: optional(mimeSizeBytes),
    attachmentCount: Number(attachmentCount),
  }
}

function toCategories(json: string | null): readonly string[] {
  return json === null ? [] : (JSON.parse(json) as string[])
}
