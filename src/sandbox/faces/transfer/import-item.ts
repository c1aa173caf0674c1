import { FastTransferError } from '../../../formats/fast-transfer/fast-transfer-error.ts'
import { readFastTransfer } from '../../../formats/fast-transfer/read-fast-transfer.ts'
import type { MapiMessage } from '../../../formats/mapi/message.ts'
import { messageProperties } from '../../../formats/mapi/message-properties.ts'
import { itemNotFound } from '../../graph-mailbox/item-references.ts'
import { MailboxError } from '../../mailbox/errors.ts'
import { toChangeKey, toItemId } from '../../mailbox/ids.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { ItemRow } from '../../mailbox/rows.ts'
import type { ImportBody } from './import-body.ts'
import { corruptData } from './import-error.ts'
import { folderPlaceById, itemPlace, type OpenedMailbox } from './opened-mailbox.ts'

/** An item as an import URL names it. */
export interface ImportedItem {
  readonly itemId: string
  readonly changeKey: string
}

/** PidTagMessageFlags of an item that is a folder's own affair, which no list shows. */
const associatedFlag = 0x40

/**
 * Stores an item from its FastTransfer stream: its class says what it is, its flags whether it is a draft and read. Takes
 * one step in the store, to be wrapped in a transaction. Throws ImportErrors, GraphErrors, MailboxErrors and
 * `MovedToAuxiliary`.
 */
export function importItem(opened: OpenedMailbox, body: ImportBody): ImportedItem {
  const { mailbox, folder } = folderPlaceById(opened, body.folderId)
  if (folder.isSearch) throw new MailboxError('folder-holds-no-items', 'Search folders hold no items of their own.')
  const sizeBytes = body.data.byteLength
  if (body.mode === 'create') {
    mailbox.checkRoom(sizeBytes)
    const item = withData(body.data, (message) => {
      const isAssociated = ((message.properties.get(messageProperties.messageFlags) ?? 0) & associatedFlag) !== 0
      return mailbox.items.create(folder.id, { message, isAssociated })
    })
    return named(mailbox, item)
  }
  const { item } = itemPlace(opened, body.itemId)
  if (item.folderId !== folder.id) throw itemNotFound()
  if (toChangeKey(mailbox.row.guid, item.change) !== body.changeKey) {
    throw new MailboxError('change-key-stale', 'The change key does not match the current one of the item.')
  }
  // An item that only shrinks fits into a mailbox that is full.
  if (sizeBytes > item.sizeBytes) mailbox.checkRoom(sizeBytes)
  return named(
    mailbox,
    withData(body.data, (message) => mailbox.items.replace(item.id, message)),
  )
}

/** Refuses data that are no item, and items that could not be exported again. */
function withData(data: Uint8Array, store: (message: MapiMessage) => ItemRow): ItemRow {
  try {
    return store(readFastTransfer(data))
  } catch (error) {
    throw error instanceof FastTransferError ? corruptData(`Data is corrupt. ${error.message}`) : error
  }
}

function named(mailbox: Mailbox, item: ItemRow): ImportedItem {
  const { guid } = mailbox.row
  return { itemId: toItemId(guid, item), changeKey: toChangeKey(guid, item.change) }
}
