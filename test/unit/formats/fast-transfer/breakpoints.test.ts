import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readFastTransfer } from '../../../../src/formats/fast-transfer/read-fast-transfer.ts'
import { fastTransferChunks, writeFastTransfer } from '../../../../src/formats/fast-transfer/write-fast-transfer.ts'
import { attachmentProperties } from '../../../../src/formats/mapi/attachment-properties.ts'
import type { MapiMessage } from '../../../../src/formats/mapi/message.ts'
import { messageProperties } from '../../../../src/formats/mapi/message-properties.ts'
import { PropertyBag } from '../../../../src/formats/mapi/property-bag.ts'
import { anyMessage, plainMessage } from './any-message.ts'
import { head, recordsOf } from './stream-bytes.ts'

const bufferBytesMax = 31_680
const emptyParts: Pick<MapiMessage, 'recipients' | 'attachments'> = { recipients: [], attachments: [] }

/** A piece of a stream; only a splittable one may lie in two buffers. */
interface Atom {
  readonly start: number
  readonly end: number
  readonly isSplittable: boolean
}

const markers = new Set([0, 1, 2, 3, 4, 0xe].map((id) => (0x4000 + id) * 0x10000 + 3))
const fixedBytes = new Map<number, number>([
  [2, 2],
  [3, 4],
  [4, 4],
  [5, 8],
  [6, 8],
  [7, 8],
  [0xa, 4],
  [0xb, 2],
  [0x14, 8],
  [0x40, 8],
  [0x48, 16],
])

/** The atoms of a stream, found by its grammar alone: values of more than 4 KiB are splittable. */
function lex(stream: Buffer): Atom[] {
  const atoms: Atom[] = []
  let start = 0
  let at = 0
  const finish = (isSplittable = false) => {
    atoms.push({ start, end: at, isSplittable })
    start = at
  }
  const finishSized = () => {
    const sizeBytes = stream.readUInt32LE(at)
    at += 4
    if (sizeBytes > 4096) finish()
    at += sizeBytes
    finish(sizeBytes > 4096)
  }
  while (at < stream.length) {
    const tag = stream.readUInt32LE(at)
    const type = tag & 0xffff
    at += 4
    if (markers.has(tag)) {
      finish()
      continue
    }
    if (tag >= 0x80000000) {
      at += 17
      if (stream[at - 1] === 0) {
        at += 4
      } else {
        while (stream.readUInt16LE(at) !== 0) at += 2
        at += 2
      }
    }
    const fixed = fixedBytes.get(type & ~0x1000)
    if (type < 0x8000 && (type & 0x1000) !== 0) {
      const count = stream.readUInt32LE(at)
      at += 4
      finish()
      for (let index = 0; index < count; index++) {
        if (fixed === undefined) {
          finishSized()
        } else {
          at += fixed
          finish()
        }
      }
    } else if (fixed === undefined) {
      finishSized()
    } else {
      at += fixed
      finish()
    }
  }
  expect(at).toBe(stream.length)
  return atoms
}

const buffersOf = (message: MapiMessage) =>
  recordsOf(writeFastTransfer(message))
    .slice(3)
    .map((record) => record.content)

/** How far into a splittable value each boundary is that divides one. Fails when one divides anything else. */
function checkBoundaries(message: MapiMessage): number[] {
  const buffers = buffersOf(message)
  const atoms = lex(Buffer.concat(buffers))
  const within = []
  let boundary = 0
  for (const buffer of buffers) {
    expect(buffer.length).toBeLessThanOrEqual(bufferBytesMax)
    expect(buffer.length).toBeGreaterThan(0)
    boundary += buffer.length
    const divided = atoms.find(({ start, end }) => start < boundary && boundary < end)
    if (divided === undefined) continue
    expect(divided.isSplittable).toBe(true)
    within.push(boundary - divided.start)
  }
  return within
}

describe('the container', () => {
  it('begins as every sample of Microsoft does, and names the version of Exchange Online', () => {
    const bytes = writeFastTransfer({ properties: new PropertyBag(), ...emptyParts })
    expect(bytes.subarray(0, head.length).equals(head)).toBe(true)
    expect(bytes.toString('base64').startsWith('AQAAAAgAAAAAAAAAAQAAAAMAAAAYAAAA')).toBe(true)
    expect(recordsOf(bytes)[2]).toEqual({ opcode: 4, content: Buffer.from('140fd6918617', 'hex') })
  })

  it('has a message as properties, recipients and attachments', () => {
    const properties = new PropertyBag().set(messageProperties.importance, 1).set(messageProperties.subject, 'é')
    const attachment = { properties: new PropertyBag().set(attachmentProperties.method, 1) }
    const embedded = {
      properties: new PropertyBag().set(attachmentProperties.method, 5),
      embedded: { properties, ...emptyParts },
    }
    const bytes = writeFastTransfer({
      properties,
      recipients: [new PropertyBag().set(messageProperties.hasAttachments, false)],
      attachments: [attachment, embedded],
    })
    const ofMessage = '03001700 01000000 b0843700 04000000e9000000'
    const recipients = '03001640 0d00120e 03000340 0b001b0e 0000 03000440'
    const first = '03000040 0300210e 00000000 03000537 01000000 03000e40'
    const second = `03000040 0300210e 01000000 03000537 05000000 03000140 ${ofMessage} 03000240 03000e40`
    const stream = `${ofMessage} ${recipients} 03001640 0d00130e ${first} ${second}`
    expect(recordsOf(bytes)[3]!.content.toString('hex')).toBe(stream.replaceAll(' ', ''))
  })

  it('splits only long values, at even places', () => {
    let splits = 0
    fc.assert(
      fc.property(anyMessage, (message) => {
        const within = checkBoundaries(message)
        for (const distance of within) expect(distance % 2).toBe(0)
        splits += within.length
      }),
    )
    expect(splits).toBeGreaterThan(20)
  })

  it('keeps headers and fixed values whole wherever the boundary falls', () => {
    let shortest = bufferBytesMax
    for (let more = 0; more < 120; more++) {
      // This value ends just before the end of the buffer, so that each of the next pieces comes to lie on the boundary.
      const properties = new PropertyBag().set(messageProperties.html, new Uint8Array(bufferBytesMax - 130 + more))
      properties.set(messageProperties.keywords, ['first', 'second']).set(messageProperties.reminderTime, 1n)
      properties.set(messageProperties.subject, 'short').set(messageProperties.importance, 2)
      const message = { properties, ...emptyParts }
      expect(checkBoundaries(message)).toEqual([])
      expect(plainMessage(readFastTransfer(writeFastTransfer(message)))).toEqual(plainMessage(message))
      shortest = Math.min(shortest, buffersOf(message)[0]!.length)
    }
    expect(shortest).toBeLessThan(bufferBytesMax - 20)
  })

  it('points to large values instead of copying them', () => {
    const data = Buffer.alloc(1_000_000, 7)
    const chunks = fastTransferChunks({
      properties: new PropertyBag(),
      recipients: [],
      attachments: [{ properties: new PropertyBag().set(attachmentProperties.data, data) }],
    })
    const pointing = chunks.filter((chunk) => chunk.buffer === data.buffer && chunk.length > 0)
    expect(pointing.reduce((sum, chunk) => sum + chunk.length, 0)).toBe(data.length)
  })
})
