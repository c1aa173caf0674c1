import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FastTransferError } from '../../../../src/formats/fast-transfer/fast-transfer-error.ts'
import { readFastTransfer } from '../../../../src/formats/fast-transfer/read-fast-transfer.ts'
import { readMessageHead, readPropertyList } from '../../../../src/formats/fast-transfer/stored-form.ts'
import { writeFastTransfer } from '../../../../src/formats/fast-transfer/write-fast-transfer.ts'
import { anyMessage, plainMessage } from './any-message.ts'
import { container } from './stream-bytes.ts'

/** Whether the bytes were read; any error but the typed one fails. */
function isRead(read: () => unknown): boolean {
  try {
    read()
    return true
  } catch (error) {
    if (!(error instanceof FastTransferError)) throw error
    expect(error.offset).toBeTypeOf('number')
    return false
  }
}

const change = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), at: fc.nat(), byte: fc.nat(255) }),
  fc.record({
    kind: fc.constant('size' as const),
    at: fc.nat(),
    value: fc.oneof(fc.nat(300), fc.nat({ max: 0xffffffff })),
  }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(), count: fc.integer({ min: 1, max: 50 }) }),
  fc.record({ kind: fc.constant('repeat' as const), at: fc.nat(), count: fc.integer({ min: 1, max: 50 }) }),
)

function changed(bytes: Buffer, { at, ...how }: typeof change extends fc.Arbitrary<infer C> ? C : never): Buffer {
  const place = at % bytes.length
  switch (how.kind) {
    case 'set': {
      const copy = Buffer.from(bytes)
      copy[place] = how.byte
      return copy
    }
    case 'size': {
      const copy = Buffer.concat([bytes, Buffer.alloc(4)])
      copy.writeUInt32LE(how.value, place)
      return copy.subarray(0, bytes.length)
    }
    case 'cut':
      return Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + how.count)])
    case 'repeat':
      return Buffer.concat([bytes.subarray(0, place + how.count), bytes.subarray(place)])
  }
}

describe('hostile FastTransfer bytes', () => {
  it('give a message that can be written again, or a typed error', () => {
    let read = 0
    let refused = 0
    fc.assert(
      fc.property(anyMessage, fc.array(change, { minLength: 1, maxLength: 6 }), (message, changes) => {
        const bytes = changes.reduce(
          (bytes, one) => (bytes.length === 0 ? bytes : changed(bytes, one)),
          writeFastTransfer(message),
        )
        const isMessage = isRead(() => {
          const found = readFastTransfer(bytes)
          expect(plainMessage(readFastTransfer(writeFastTransfer(found)))).toEqual(plainMessage(found))
        })
        if (isMessage) read++
        else refused++
      }),
      { numRuns: 600 },
    )
    expect(read).toBeGreaterThan(20)
    expect(refused).toBeGreaterThan(20)
  })

  it('do no harm when they are noise made of the words of the format', () => {
    const word = fc.constantFrom(
      ...[0, 1, 2, 3, 4, 0xc, 0xe, 0xf, 0x16, 0x18].map((id) => Buffer.from([3, 0, id, 0x40])),
      ...[0x1e, 0x1f, 0x102, 0x101f, 0x1102, 0x84b0, 0x94e4, 3, 0xb, 0x40, 0x48].map((type) =>
        Buffer.from([type & 255, type >> 8, 0x37, 0]),
      ),
      Buffer.from('b084ff802903020000000000c000000000000046016100', 'hex'),
      Buffer.alloc(4),
      Buffer.from([1, 0, 0, 0]),
      Buffer.from([8, 0, 0, 0]),
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.uint8Array({ maxLength: 6 })), { maxLength: 60 }), (words) => {
        const stream = Buffer.concat(words)
        isRead(() => readFastTransfer(container(stream)))
        isRead(() => readMessageHead(stream))
        isRead(() => readPropertyList(stream))
      }),
      { numRuns: 2000 },
    )
  })
})
