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

const kinds = { folder: 1, item: 2, immutableItem: 3, attachment: 4 } as const
type Kind = keyof typeof kinds

function write(kind: Kind, mailboxGuid: string, numbers: readonly number[]): string {
  const bytes = Buffer.alloc(prefixBytes + 16 + 1 + numbers.length * 6 + checkBytes)
  const prefix = kind === 'immutableItem' ? immutablePrefix : mutablePrefix
  prefix.copy(bytes)
  Buffer.from(mailboxGuid.replaceAll('-', ''), 'hex').copy(bytes, prefixBytes)
  bytes[prefixBytes + 16] = kinds[kind]
  numbers.forEach((number, index) => bytes.writeUIntBE(number, prefixBytes + 17 + index * 6, 6))
  check(bytes).copy(bytes, bytes.length - checkBytes)
  return bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_')
}

function read(id: string, kind: Kind, mailboxGuid: string, count: number): readonly number[] | undefined {
  if (!/^[A-Za-z0-9_-]+={0,2}$/.test(id)) return undefined
  const bytes = Buffer.from(id, 'base64url')
  if (bytes.length !== prefixBytes + 17 + count * 6 + checkBytes) return undefined
  if (bytes[prefixBytes + 16] !== kinds[kind] || !check(bytes).equals(bytes.subarray(-checkBytes))) return undefined
  if (bytes.toString('hex', prefixBytes, prefixBytes + 16) !== mailboxGuid.replaceAll('-', '')) return undefined
  return Array.from({ length: count }, (_, index) => bytes.readUIntBE(prefixBytes + 17 + index * 6, 6))
}

function check(bytes: Buffer): Buffer {
  return hash('md5', bytes.subarray(0, -checkBytes), 'buffer').subarray(0, checkBytes)
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
  const bytes = Buffer.alloc(22)
  bytes.writeUInt32LE(0x09, 0)
  bytes.writeUInt32LE(0x16, 3)
  Buffer.from(mailboxGuid.replaceAll('-', '').slice(0, 16), 'hex').copy(bytes, 7)
  bytes.writeUIntBE(change, 15, 6)
  return bytes.toString('base64')
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
