import { Buffer } from 'node:buffer'
import { readOneOffEntryId, writeOneOffEntryId } from '../mapi/one-off-entry-id.ts'
import type { MailAddress } from './mail-addresses.ts'

/** Addresses as one value, for PidTagReplyRecipientEntries (FLATENTRYLIST, MS-OXCDATA section 2.3.3). */
export function writeFlatEntryList(addresses: readonly MailAddress[]): Buffer {
  const entries = addresses.map(({ name, address }) => {
    const entryId = writeOneOffEntryId({
      name: name === '' ? address : name,
      addressType: 'SMTP',
      address,
    })
    const entry = Buffer.alloc(4 + Math.ceil(entryId.length / 4) * 4)
    entry.writeUInt32LE(entryId.length)
    entryId.copy(entry, 4)
    return entry
  })
  const head = Buffer.alloc(8)
  head.writeUInt32LE(entries.length)
  head.writeUInt32LE(
    entries.reduce((total, entry) => total + entry.length, 0),
    4,
  )
  return Buffer.concat([head, ...entries])
}

/** The SMTP addresses in it. Entries of another kind, and what is cut, are left out. */
export function readFlatEntryList(bytes: Uint8Array): readonly MailAddress[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const addresses: MailAddress[] = []
  for (let at = 8; at + 4 <= view.length;) {
    const length = view.readUInt32LE(at)
    if (at + 4 + length > view.length) break
    const oneOff = readOneOffEntryId(view.subarray(at + 4, at + 4 + length))
    if (oneOff !== undefined && oneOff.addressType.toUpperCase() === 'SMTP') {
      addresses.push({
        name: oneOff.name === oneOff.address ? '' : oneOff.name,
        address: oneOff.address,
      })
    }
    at += 4 + Math.ceil(length / 4) * 4
  }
  return addresses
}
