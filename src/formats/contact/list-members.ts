import { Buffer } from 'node:buffer'
import { contactProperties } from '../mapi/contact-properties.ts'
import { type OneOffAddress, readOneOffEntryId, writeOneOffEntryId } from '../mapi/one-off-entry-id.ts'
import type { PropertyBag, ReadonlyPropertyBag } from '../mapi/property-bag.ts'

const p = contactProperties

/** Each of the two lists stays below this; larger ones are one stream (MS-OXOCNTC section 2.2.2.2.4). */
const listSizeBytesEnd = 15_000
/** The provider of entry ids that stand for a contact or something in a directory (MS-OXOCNTC section 2.2.2.2.4.1.1). */
const wrappedProvider = Buffer.from('c091add3519dcf11a4a900aa0047faa4', 'hex')
const wrappedHeadBytes = 21
/** Version 1, two zeros, the build of who wrote it, flags, the number of members. */
const streamHeadBytes = 16

/** Who is in a list, and how many members cannot be named without the store that they are in. */
export interface ListMembers {
  readonly members: readonly OneOffAddress[]
  readonly unnamedTotal: number
}

/**
 * The members of a personal distribution list. A contact or directory entry is named by the one-off entry id beside it.
 * Never throws: what is cut off or of another form counts as unnamed.
 */
export function readMembers(bag: ReadonlyPropertyBag): ListMembers {
  const stream = bag.get(p.listStream)
  const pairs = stream === undefined ? readLists(bag) : readStream(stream)
  const named = pairs.map(([member, oneOff]) => readOneOffEntryId(oneOff) ?? readMember(member))
  const members = named.filter((address) => address !== undefined)
  return { members, unnamedTotal: pairs.length - members.length }
}

/** Sets the members, in lists with their checksum or, when these grow too large, as the stream. */
export function writeMembers(bag: PropertyBag, members: readonly OneOffAddress[]): void {
  for (const property of [p.listMembers, p.listOneOffMembers, p.listChecksum, p.listStream]) bag.delete(property)
  const entryIds = members.map(writeOneOffEntryId)
  const sizeBytes = entryIds.reduce((sum, { length }) => sum + length, 0)
  if (sizeBytes >= listSizeBytesEnd) bag.set(p.listStream, writeStream(entryIds))
  else bag.set(p.listMembers, entryIds).set(p.listOneOffMembers, entryIds).set(p.listChecksum, checksum(entryIds))
}

type Pair = readonly [member: Uint8Array, oneOff: Uint8Array]
const nothing = new Uint8Array()

function readLists(bag: ReadonlyPropertyBag): readonly Pair[] {
  const members = bag.get(p.listMembers) ?? []
  const oneOffs = bag.get(p.listOneOffMembers) ?? []
  const length = Math.max(members.length, oneOffs.length)
  return Array.from({ length }, (_, index) => [members[index] ?? nothing, oneOffs[index] ?? nothing] as const)
}

function readMember(entryId: Uint8Array): OneOffAddress | undefined {
  const bytes = Buffer.from(entryId.buffer, entryId.byteOffset, entryId.byteLength)
  const isWrapped = bytes.length > wrappedHeadBytes && bytes.subarray(4, 20).equals(wrappedProvider)
  return readOneOffEntryId(isWrapped ? bytes.subarray(wrappedHeadBytes) : bytes)
}

function readStream(stream: Uint8Array): readonly Pair[] {
  const bytes = Buffer.from(stream.buffer, stream.byteOffset, stream.byteLength)
  const pairs: Pair[] = []
  let position = streamHeadBytes
  const block = (): Buffer | undefined => {
    if (position + 4 > bytes.length) return undefined
    const end = position + 4 + bytes.readUInt32LE(position)
    if (end > bytes.length) return undefined
    const found = bytes.subarray(position + 4, end)
    position = end
    return found
  }
  const membersTotal = bytes.length < streamHeadBytes ? 0 : bytes.readUInt32LE(streamHeadBytes - 4)
  while (pairs.length < membersTotal) {
    const member = block()
    const oneOff = block()
    const extra = block()
    if (member === undefined || oneOff === undefined || extra === undefined) break
    pairs.push([member, oneOff])
  }
  return pairs
}

function writeStream(entryIds: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(streamHeadBytes)
  head.writeUInt16LE(1, 0)
  head.writeUInt32LE(entryIds.length, streamHeadBytes - 4)
  const members = entryIds.flatMap((entryId) => [sizeOf(entryId), entryId, sizeOf(entryId), entryId, Buffer.alloc(4)])
  // The terminator: no further bytes, twice.
  return Buffer.concat([head, ...members, Buffer.alloc(8)])
}

function sizeOf(bytes: Buffer): Buffer {
  const size = Buffer.alloc(4)
  size.writeUInt32LE(bytes.length)
  return size
}

/** The CRC of MS-OXOCNTC section 3.1.5.11: that of IEEE 802.3, but from 0 and not inverted. */
function checksum(entryIds: readonly Buffer[]): number {
  let sum = 0
  for (const entryId of entryIds) {
    for (const byte of entryId) {
      sum ^= byte
      for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ ((sum & 1) === 0 ? 0 : 0xedb88320)
    }
  }
  return sum | 0
}
