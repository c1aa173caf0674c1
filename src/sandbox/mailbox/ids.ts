import { hash } from 'node:crypto'

/**
 * Ids as Exchange gives them: long, opaque, case-sensitive base64url text that starts with `AAMk`, or `AAkA` for
 * immutable ones. Ours carry the mailbox's GUID, a kind, row numbers and a check sum, so that no table is needed and an
 * id of another mailbox or a mistyped one is told apart.
 */
const mutablePrefix = Buffer.from('AAMkAG', 'base64')
const immutablePrefix = Buffer.from('AAkALg', 'base64')
const prefixBytes = 4
const checkBytes = 4
const changeKeyBytes = 22

const kinds = { folder: 1, item: 2, immutableItem: 3, attachment: 4 } as const
type Kind = keyof typeof kinds

/** By how many bytes the last group of three has. */
const padding = ['', '==', '=']

/** The bytes of mailboxes' GUIDs. */
const guids = new Map<string, Buffer>()
const guidsMax = 1024

/** Ids are put together here: each buffer of its own would cost as much as the rest. */
const draft = Buffer.alloc(64)
const placeBytes = prefixBytes + 16 + 1

function write(kind: Kind, mailboxGuid: string, numbers: readonly number[]): string {
  const prefix = kind === 'immutableItem' ? immutablePrefix : mutablePrefix
  prefix.copy(draft)
  guidBytes(mailboxGuid).copy(draft, prefixBytes)
  draft[placeBytes - 1] = kinds[kind]
  const end = numbers.reduce((at, number) => draft.writeUIntBE(number, at, 6), placeBytes)
  draft.write(check(draft, end), end, 'latin1')
  const sizeBytes = end + checkBytes
  return draft.toString('base64url', 0, sizeBytes) + padding[sizeBytes % 3]
}

function read(id: string, kind: Kind, mailboxGuid: string, count: number): readonly number[] | undefined {
  if (!/^[A-Za-z0-9_-]+={0,2}$/.test(id)) return undefined
  const bytes = Buffer.from(id, 'base64url')
  const end = placeBytes + count * 6
  if (bytes.length !== end + checkBytes || bytes[placeBytes - 1] !== kinds[kind]) return undefined
  if (guidBytes(mailboxGuid).compare(bytes, prefixBytes, placeBytes - 1) !== 0) return undefined
  if (bytes.toString('latin1', end) !== check(bytes, end)) return undefined
  return Array.from({ length: count }, (_, index) => bytes.readUIntBE(placeBytes + index * 6, 6))
}

/** Of the bytes up to `end`; a byte a character. */
function check(bytes: Buffer, end: number): string {
  return hash('md5', bytes.subarray(0, end), 'binary').slice(0, checkBytes)
}

function guidBytes(guid: string): Buffer {
  let bytes = guids.get(guid)
  if (bytes === undefined) {
    if (guids.size >= guidsMax) guids.clear()
    guids.set(guid, (bytes = Buffer.from(guid.replaceAll('-', ''), 'hex')))
  }
  return bytes
}

/** A folder's id, which also survives moves of the folder. */
export function toFolderId(mailboxGuid: string, folderId: number): string {
  return write('folder', mailboxGuid, [folderId])
}

/** The folder's number; undefined for what is not an id of a folder of this mailbox. */
export function fromFolderId(mailboxGuid: string, id: string): number | undefined {
  return read(id, 'folder', mailboxGuid, 1)?.[0]
}

/** An item's ordinary id: another one after each move, since it names the place (exchange.md 3.3). */
export function toItemId(mailboxGuid: string, item: { readonly id: number; readonly folderId: number; readonly uid: number }): string {
  return write('item', mailboxGuid, [item.id, item.folderId, item.uid])
}

/** The same item under `Prefer: IdType="ImmutableId"`. */
export function toImmutableItemId(mailboxGuid: string, itemId: number): string {
  return write('immutableItem', mailboxGuid, [itemId])
}

/** What an item id of either kind names; an ordinary one also says where the item was when it was given out. */
export interface ItemReference {
  readonly itemId: number
  readonly place?: { readonly folderId: number; readonly uid: number }
}

/** Undefined for what is not an id of an item of this mailbox. */
export function fromItemId(mailboxGuid: string, id: string): ItemReference | undefined {
  const [itemId, folderId, uid] = read(id, 'item', mailboxGuid, 3) ?? []
  if (itemId !== undefined && folderId !== undefined && uid !== undefined) return { itemId, place: { folderId, uid } }
  const immutable = read(id, 'immutableItem', mailboxGuid, 1)?.[0]
  return immutable === undefined ? undefined : { itemId: immutable }
}

/** An attachment's id. */
export function toAttachmentId(mailboxGuid: string, itemId: number, number: number): string {
  return write('attachment', mailboxGuid, [itemId, number])
}

/** The item and the attachment's number; undefined for any other text. */
export function fromAttachmentId(mailboxGuid: string, id: string): { readonly itemId: number; readonly number: number } | undefined {
  const [itemId, number] = read(id, 'attachment', mailboxGuid, 2) ?? []
  return itemId === undefined || number === undefined ? undefined : { itemId, number }
}

/** A version of an item, as `changeKey` shows it. */
export function toChangeKey(mailboxGuid: string, change: number): string {
  draft.fill(0, 0, changeKeyBytes)
  draft.writeUInt32LE(0x09, 0)
  draft.writeUInt32LE(0x16, 3)
  guidBytes(mailboxGuid).copy(draft, 7, 0, 8)
  draft.writeUIntBE(change, 15, 6)
  return draft.toString('base64', 0, changeKeyBytes)
}

/** `MBX:<guid>@<tenantId>`, as the import/export API names mailboxes. */
export function toMailboxId(guid: string, tenantId: string): string {
  return `MBX:${guid}@${tenantId}`
}

/** Undefined for any other shape. */
export function fromMailboxId(id: string): { readonly guid: string; readonly tenantId: string } | undefined {
  const [, guid, tenantId] = /^MBX:([0-9a-f-]{36})@([0-9a-f-]{36})$/i.exec(id) ?? []
  return guid === undefined || tenantId === undefined ? undefined : { guid: guid.toLowerCase(), tenantId: tenantId.toLowerCase() }
}
