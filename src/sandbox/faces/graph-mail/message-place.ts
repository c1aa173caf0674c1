import { isMessage, mailFolderOf } from '../../graph-mailbox/mail-folders.ts'
import { itemNotFound, itemOf } from '../../graph-mailbox/item-references.ts'
import { type MailboxStores, openMailbox } from '../../graph-mailbox/open-mailbox.ts'
import type { GraphRequest } from '../../http/route.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { FolderRow, ItemRow } from '../../mailbox/rows.ts'

/** What a request to messages speaks of. */
export interface OpenedFolder {
  readonly mailbox: Mailbox
  /** Undefined where the path names none: the whole mailbox. */
  readonly folder: FolderRow | undefined
}

/** A message that a request names. */
export interface OpenedMessage extends OpenedFolder {
  readonly item: ItemRow
}

/** Opens the mailbox and the folder of the path. Throws as `openMailbox` and `mailFolderOf`. */
export function openFolder(request: GraphRequest, stores: MailboxStores): OpenedFolder {
  const mailbox = openMailbox(request, stores)
  const { parentId, folderId } = request.params
  const parent = parentId === undefined ? undefined : mailFolderOf(mailbox, parentId)
  const folder = folderId === undefined ? undefined : mailFolderOf(mailbox, folderId)
  if (parent !== undefined && folder?.parentId !== parent.id) throw itemNotFound()
  return { mailbox, folder }
}

/** The message of the path, which has to be in the path's folder. Throws 404 `ErrorItemNotFound`, too, for other items. */
export function openMessage(request: GraphRequest, stores: MailboxStores): OpenedMessage {
  const { mailbox, folder } = openFolder(request, stores)
  return { mailbox, folder, item: messageOf(request, mailbox, folder) }
}

/** The same in a mailbox that is open already. */
export function messageOf(request: GraphRequest, mailbox: Mailbox, folder?: FolderRow): ItemRow {
  const item = itemOf(mailbox, request.params['messageId'] ?? '')
  if (!isMessage(item) || item.isAssociated || (folder !== undefined && item.folderId !== folder.id)) throw itemNotFound()
  return item
}

/** `users('a')/mailFolders('b')/messages`: what context URLs say of where the request looks. */
export function messagesContext(request: GraphRequest): string {
  const { folderId } = request.params
  const inFolder = folderId === undefined ? '' : `/mailFolders('${encodeURIComponent(folderId)}')`
  return `${userContext(request)}${inFolder}/messages`
}

/** `users('a')`. */
export function userContext(request: GraphRequest): string {
  return `users('${encodeURIComponent(request.params['id'] ?? '')}')`
}
