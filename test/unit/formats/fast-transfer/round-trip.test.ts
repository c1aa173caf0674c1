import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readFastTransfer } from '../../../../src/formats/fast-transfer/read-fast-transfer.ts'
import {
  readFastTransferContent,
  readMessageHead,
  readPropertyList,
  writeFastTransferContent,
  writeMessageHead,
  writePropertyList,
} from '../../../../src/formats/fast-transfer/stored-form.ts'
import { fastTransferChunks, writeFastTransfer } from '../../../../src/formats/fast-transfer/write-fast-transfer.ts'
import { messageProperties } from '../../../../src/formats/mapi/message-properties.ts'
import { PropertyBag } from '../../../../src/formats/mapi/property-bag.ts'
import { anyBag, anyMessage, plainBag, plainMessage } from './any-message.ts'
import { recordsOf } from './stream-bytes.ts'

describe('FastTransfer round trips', () => {
  it('gives back generated messages, with every type, name and nesting', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const bytes = writeFastTransfer(message)
        expect(plainMessage(readFastTransfer(bytes))).toEqual(plainMessage(message))
        expect(Buffer.concat(fastTransferChunks(message)).equals(bytes)).toBe(true)
        // What was read is written as the same bytes: nothing depends on where a message came from.
        expect(writeFastTransfer(readFastTransfer(bytes)).equals(bytes)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('gives back property lists and heads, also from the middle of other bytes', () => {
    fc.assert(
      fc.property(anyMessage, anyBag, fc.nat(20), (message, bag, before) => {
        expect(plainBag(readPropertyList(writePropertyList(bag)))).toEqual(plainBag(bag))
        const list = Buffer.concat([Buffer.alloc(before, 3), writePropertyList(bag)])
        expect(plainBag(readPropertyList(new Uint8Array(list), before))).toEqual(plainBag(bag))
        const { properties, recipients } = readMessageHead(writeMessageHead(message))
        expect(plainBag(properties)).toEqual(plainBag(message.properties))
        expect(recipients.map(plainBag)).toEqual(message.recipients.map(plainBag))
      }),
    )
  })

  it('gives bytes that nothing written later changes', () => {
    fc.assert(
      fc.property(anyMessage, anyMessage, (message, other) => {
        const stored = writeFastTransferContent(message)
        const chunks = fastTransferChunks(message)
        const copies = [Buffer.from(stored), Buffer.concat(chunks)]
        writeFastTransferContent(other)
        writeMessageHead(other)
        fastTransferChunks(other)
        expect(stored.equals(copies[0]!)).toBe(true)
        expect(Buffer.concat(chunks).equals(copies[1]!)).toBe(true)
      }),
    )
  })

  it.each([0, 1, 63, 64, 65, 66, 2046, 2047, 2048])('gives back text of %i characters of every kind', (length) => {
    const characters = ['a', 'é', '€', '\u{1f600}'.charAt(0), '\u{1f600}'.charAt(1), '\uffff']
    const text = Array.from({ length }, (_, index) => characters[index % characters.length]).join('')
    const bag = new PropertyBag().set(messageProperties.subject, text).set(messageProperties.keywords, [text, 'after'])
    expect(plainBag(readPropertyList(writePropertyList(bag)))).toEqual(plainBag(bag))
  })

  it('has the stored forms of a message and of its head in the stream', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const stored = writeFastTransferContent(message)
        const records = recordsOf(writeFastTransfer(message)).filter((record) => record.opcode === 2)
        expect(Buffer.concat(records.map((record) => record.content)).equals(stored)).toBe(true)
        expect(plainMessage(readFastTransferContent(stored))).toEqual(plainMessage(message))
        const head = writeMessageHead(message)
        expect(stored.subarray(0, head.length).equals(head)).toBe(true)
        if (message.attachments.length === 0) expect(stored.length - head.length).toBe(8)
        else expect(() => readMessageHead(stored)).toThrow(expect.objectContaining({ fault: 'unexpected-marker' }))
      }),
      { numRuns: 50 },
    )
  })
})
