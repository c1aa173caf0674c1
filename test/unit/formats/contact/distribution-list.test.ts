import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type DistributionList,
  isDistributionList,
  readDistributionList,
  writeDistributionList,
} from '../../../../src/formats/contact/distribution-list.ts'
import { mapiToVcard, vcardToMapi } from '../../../../src/formats/contact/vcard.ts'
import { contactProperties } from '../../../../src/formats/mapi/contact-properties.ts'
import { messageProperties } from '../../../../src/formats/mapi/message-properties.ts'
import { writeOneOffEntryId } from '../../../../src/formats/mapi/one-off-entry-id.ts'
import { PropertyBag } from '../../../../src/formats/mapi/property-bag.ts'
import { line } from './arbitrary-contact.ts'

const word = fc.stringMatching(/^[a-z0-9%+]{1,12}$/)
const member = fc.record({
  address: fc.tuple(word, word).map(([local, domain]) => `${local}@${domain}.example`),
  name: line,
})
const lists = (membersMax: number): fc.Arbitrary<DistributionList> =>
  fc.record({
    displayName: line,
    members: fc.uniqueArray(member, { maxLength: membersMax, selector: ({ address }) => address }),
    unnamedMembersTotal: fc.constant(0),
    categories: fc.uniqueArray(line, { maxLength: 3 }),
    vcardLines: fc.constant([]),
  })

const list = (members: DistributionList['members']): DistributionList => ({
  displayName: 'Team',
  members,
  unnamedMembersTotal: 0,
  categories: [],
  vcardLines: [],
})

describe('a distribution list', () => {
  it('comes back from its message, small or large', () => {
    fc.assert(
      fc.property(lists(150), (found) => {
        const message = writeDistributionList(found)
        expect(isDistributionList(message)).toBe(true)
        expect(readDistributionList(message)).toEqual(found)
      }),
      { numRuns: 50 },
    )
  })

  it.each(['3.0', '4.0'] as const)('comes back from its vCard %s', (version) => {
    fc.assert(
      fc.property(lists(8), (found) => {
        const [message] = vcardToMapi(mapiToVcard(writeDistributionList(found), version))
        expect(readDistributionList(message!)).toEqual(found)
      }),
    )
  })

  it('has both lists and their checksum up to 15,000 bytes, and the stream beyond', () => {
    const small = writeDistributionList(list([{ address: 'a@x.example' }])).properties
    const ids = small.get(contactProperties.listMembers)!
    expect(small.get(contactProperties.listOneOffMembers)).toEqual(ids)
    // CRC of MS-OXOCNTC 3.1.5.11, worked out bit by bit over the polynomial's powers: that of one byte 1 is its table entry.
    expect(small.get(contactProperties.listChecksum)).toBe(crcByTable(Buffer.concat(ids)))
    const large = writeDistributionList(
      list(Array.from({ length: 300 }, (_, n) => ({ address: `member${n}@x.example` }))),
    ).properties
    expect(large.has(contactProperties.listMembers)).toBe(false)
    expect(large.get(contactProperties.listStream)!.length).toBeGreaterThan(15_000)
  })

  it('names a member that is a contact by the one-off entry id beside it, and counts those that have none', () => {
    const wrap = (type: number, inside: Uint8Array) =>
      Buffer.concat([Buffer.from('00000000c091add3519dcf11a4a900aa0047faa4', 'hex'), Buffer.from([type]), inside])
    const oneOff = writeOneOffEntryId({ name: 'Ann', addressType: 'SMTP', address: 'ann@x.example' })
    const contact = wrap(0xc3, Buffer.alloc(70))
    const properties = new PropertyBag()
      .set(messageProperties.messageClass, 'IPM.DistList')
      .set(contactProperties.listMembers, [contact, wrap(0, oneOff), contact])
      .set(contactProperties.listOneOffMembers, [oneOff, Buffer.alloc(0), Buffer.alloc(0)])
    const read = readDistributionList({ properties, recipients: [], attachments: [] })
    expect(read.members).toEqual([
      { address: 'ann@x.example', name: 'Ann' },
      { address: 'ann@x.example', name: 'Ann' },
    ])
    expect(read.unnamedMembersTotal).toBe(1)
  })

  it('is read from any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, isStream) => {
        const properties = new PropertyBag()
        if (isStream) properties.set(contactProperties.listStream, bytes)
        else properties.set(contactProperties.listMembers, [bytes])
        const read = readDistributionList({ properties, recipients: [], attachments: [] })
        expect(read.members.length + read.unnamedMembersTotal).toBeLessThanOrEqual(20)
      }),
    )
    const endless = Buffer.alloc(16, 0xff)
    const properties = new PropertyBag().set(contactProperties.listStream, endless)
    expect(readDistributionList({ properties, recipients: [], attachments: [] }).members).toEqual([])
  })

  it('finds members by UID among the cards of the file, and keeps the others', () => {
    const text = [
      'BEGIN:VCARD',
      'VERSION:4.0',
      'KIND:group',
      'FN:Family',
      'MEMBER:urn:uuid:03A0',
      'MEMBER:urn:uuid:ffff',
      'MEMBER:mailto:b@x.example',
      'END:VCARD',
      'BEGIN:VCARD',
      'VERSION:4.0',
      'FN:Ann',
      'EMAIL:ann@x.example',
      'UID:urn:uuid:03a0',
      'END:VCARD',
      '',
    ].join('\r\n')
    const [group] = vcardToMapi(text)
    const read = readDistributionList(group!)
    expect(read).toMatchObject({
      displayName: 'Family',
      members: [{ address: 'ann@x.example', name: 'Ann' }, { address: 'b@x.example' }],
      vcardLines: ['MEMBER:urn:uuid:ffff'],
    })
    expect(mapiToVcard(group!, '3.0')).toContain('X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:ffff')
    expect(mapiToVcard(group!)).toContain('KIND:group')
  })
})

/** By the usual table, so by another way than the code under test. */
function crcByTable(bytes: Uint8Array): number {
  const table = Array.from({ length: 256 }, (_, n) => {
    let entry = n
    for (let bit = 0; bit < 8; bit++) entry = entry & 1 ? (entry >>> 1) ^ 0xedb88320 : entry >>> 1
    return entry >>> 0
  })
  return bytes.reduce((crc, byte) => (table[(crc ^ byte) & 0xff]! ^ (crc >>> 8)) >>> 0, 0) | 0
}
