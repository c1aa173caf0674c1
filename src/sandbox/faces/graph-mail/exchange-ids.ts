import { Buffer } from 'node:buffer'
import { fromFolderId, fromItemId, toFolderId, toImmutableItemId, toItemId } from '../../mailbox/ids.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'

/** The forms of Exchange's ids (Graph's page on translateExchangeIds). */
export const exchangeIdFormats = ['entryId', 'ewsId', 'immutableEntryId', 'restId', 'restImmutableEntryId'] as const
/** One of them. */
export type ExchangeIdFormat = (typeof exchangeIdFormats)[number]

/** What an id names, whatever its form. */
type Reference = { readonly type: 'item'; readonly itemId: number } | { readonly type: 'folder'; readonly folderId: number }

/** Sizes of the entry ids of messages and folders (MS-OXCDATA sections 2.2.4.2 and 2.2.4.1). */
const messageEntryBytes = 70
const folderEntryBytes = 46
const entryTypes = { folder: 1, message: 7, immutable: 0x1007 } as const

/** The object that an id of a form names in this mailbox; undefined for what is no such id or is not there (any more). */
export function readExchangeId(mailbox: Mailbox, id: string, format: ExchangeIdFormat): Reference | undefined {
  switch (format) {
    case 'ewsId':
      return readRestId(mailbox, id.replaceAll('+', '-').replaceAll('/', '_'), false)
    case 'restId':
      return readRestId(mailbox, id, false)
    case 'restImmutableEntryId':
      return readRestId(mailbox, id, true)
    case 'entryId':
      return readEntryId(mailbox, id, false)
    case 'immutableEntryId':
      return readEntryId(mailbox, id, true)
  }
}

/** The id of an object in a form; folders have the same under both names, since containers have no immutable ids. */
export function writeExchangeId(mailbox: Mailbox, reference: Reference, format: ExchangeIdFormat): string | undefined {
  const { guid } = mailbox.row
  const restId = () => {
    if (reference.type === 'folder') return toFolderId(guid, reference.folderId)
    const item = mailbox.items.find(reference.itemId)
    return item === undefined ? undefined : toItemId(guid, item)
  }
  switch (format) {
    case 'restId':
      return restId()
    case 'ewsId':
      return restId()?.replaceAll('-', '+').replaceAll('_', '/')
    case 'restImmutableEntryId':
      return reference.type === 'folder' ? restId() : toImmutableItemId(guid, reference.itemId)
    case 'entryId':
      return writeEntryId(mailbox, reference, false)
    case 'immutableEntryId':
      return writeEntryId(mailbox, reference, true)
  }
}

function readRestId(mailbox: Mailbox, id: string, isImmutable: boolean): Reference | undefined {
  const { guid } = mailbox.row
  const folderId = fromFolderId(guid, id)
  if (folderId !== undefined) return mailbox.folders.find(folderId) === undefined ? undefined : { type: 'folder', folderId }
  const reference = fromItemId(guid, id)
  if (reference === undefined || (reference.place === undefined) !== isImmutable) return undefined
  const item = mailbox.items.find(reference.itemId)
  const { place } = reference
  const isThere = item !== undefined && (place === undefined || (place.folderId === item.folderId && place.uid === item.uid))
  return isThere ? { type: 'item', itemId: item.id } : undefined
}

function readEntryId(mailbox: Mailbox, id: string, isImmutable: boolean): Reference | undefined {
  if (!/^[\w+/-]+={0,2}$/.test(id)) return undefined
  const bytes = Buffer.from(id, 'base64url')
  const isMessage = bytes.length === messageEntryBytes
  if ((!isMessage && bytes.length !== folderEntryBytes) || !bytes.subarray(4, 20).equals(guidBytes(mailbox)))
    return undefined
  const folderId = bytes.readUIntBE(38, 6)
  if (!isMessage) return mailbox.folders.find(folderId) === undefined ? undefined : { type: 'folder', folderId }
  if ((bytes.readUInt16LE(20) === entryTypes.immutable) !== isImmutable) return undefined
  const item = mailbox.items.find(bytes.readUIntBE(62, 6))
  return item === undefined || (!isImmutable && item.folderId !== folderId) ? undefined : { type: 'item', itemId: item.id }
}

function writeEntryId(mailbox: Mailbox, reference: Reference, isImmutable: boolean): string | undefined {
  const item = reference.type === 'item' ? mailbox.items.find(reference.itemId) : undefined
  if (reference.type === 'item' && item === undefined) return undefined
  const bytes = Buffer.alloc(item === undefined ? folderEntryBytes : messageEntryBytes)
  guidBytes(mailbox).copy(bytes, 4)
  bytes.writeUInt16LE(item === undefined ? entryTypes.folder : isImmutable ? entryTypes.immutable : entryTypes.message, 20)
  guidBytes(mailbox).copy(bytes, 22)
  // An immutable id says nothing of the place.
  bytes.writeUIntBE(reference.type === 'folder' ? reference.folderId : isImmutable ? 0 : (item?.folderId ?? 0), 38, 6)
  if (item !== undefined) {
    guidBytes(mailbox).copy(bytes, 46)
    bytes.writeUIntBE(item.id, 62, 6)
  }
  return bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_')
}

function guidBytes(mailbox: Mailbox): Buffer {
  return Buffer.from(mailbox.row.guid.replaceAll('-', ''), 'hex')
}
