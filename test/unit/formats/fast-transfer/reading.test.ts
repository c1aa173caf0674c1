import { describe, expect, it } from 'vitest'
import { readFastTransfer } from '../../../../src/formats/fast-transfer/read-fast-transfer.ts'
import type { FastTransferFault } from '../../../../src/formats/fast-transfer/fast-transfer-error.ts'
import { readPropertyList } from '../../../../src/formats/fast-transfer/stored-form.ts'
import { writeFastTransfer } from '../../../../src/formats/fast-transfer/write-fast-transfer.ts'
import { messageProperties } from '../../../../src/formats/mapi/message-properties.ts'
import { PropertyBag } from '../../../../src/formats/mapi/property-bag.ts'
import { propertySets } from '../../../../src/formats/mapi/property-sets.ts'
import { named, numbered, tagged } from '../../../../src/formats/mapi/property.ts'
import { container, head, property, record, sized, text16, text8, uint32 } from './stream-bytes.ts'

const subject = property(0x84b0, 0x37, text16('a subject'))
const number = property(0x0003, 0x0e21, uint32(0))
const mark = (id: number) => uint32(id * 0x10000 + 3)
const [newAttachment, startEmbedded, endEmbedded, startRecipient, endRecipient] = [0, 1, 2, 3, 4].map((n) =>
  mark(0x4000 + n),
) as [Buffer, Buffer, Buffer, Buffer, Buffer]
const endAttachment = mark(0x400e)
const publicStrings = Buffer.from('2903020000000000c000000000000046', 'hex')

const readStream = (...parts: readonly Uint8Array[]) => readFastTransfer(container(Buffer.concat(parts)))
const subjectOf = (...parts: readonly Uint8Array[]) => readStream(...parts).properties.get(messageProperties.subject)
const faulty = (fault: FastTransferFault, offset?: number) =>
  expect.objectContaining({
    name: 'FastTransferError',
    kind: 'item',
    fault,
    code: `fast-transfer.${fault}`,
    ...(offset === undefined ? {} : { offset }),
  })

describe('what a stream may hold', () => {
  it('is the same in however many buffers it comes', () => {
    const stream = Buffer.concat([subject, property(0x0003, 0x17, uint32(2))])
    for (let cut = 0; cut <= stream.length; cut++) {
      const { properties } = readFastTransfer(container(stream.subarray(0, cut), Buffer.of(), stream.subarray(cut)))
      expect(properties.get(messageProperties.subject)).toBe('a subject')
      expect(properties.get(messageProperties.importance)).toBe(2)
    }
  })

  it('is no less a message without the records that say nothing of it', () => {
    const bare = Buffer.concat([record(1, Buffer.from('0000000001000000', 'hex')), record(2, subject)])
    expect(readFastTransfer(bare).properties.get(messageProperties.subject)).toBe('a subject')
  })

  it('has text in the code page that its type names', () => {
    const koi8 = Buffer.from('f0d2c9d7c5d400', 'hex')
    expect(subjectOf(property(0x8000 | 20866, 0x37, sized(koi8)))).toBe('Привет')
    expect(subjectOf(property(0x84e4, 0x37, sized(Buffer.from('805f00', 'hex'))))).toBe('€_')
    expect(subjectOf(property(0x8000 | 932, 0x37, sized(Buffer.from('93fa967b00', 'hex'))))).toBe('日本')
    expect(subjectOf(property(0xfde9, 0x37, sized(Buffer.from('é\0', 'utf8'))))).toBe('é')
    expect(subjectOf(property(0x84b1, 0x37, sized(Buffer.from('00e90000', 'hex'))))).toBe('é')
    expect(subjectOf(property(0x001f, 0x37, text16('é')))).toBe('é')
  })

  it('has lists of text in code pages', () => {
    const list = (type: number, ...texts: readonly Buffer[]) =>
      readStream(
        property(
          type,
          0x8005,
          publicStrings,
          Buffer.from('\x01K\0e\0y\0w\0o\0r\0d\0s\0\0\0', 'latin1'),
          uint32(texts.length),
          ...texts,
        ),
      ).properties.get(messageProperties.keywords)
    expect(list(0x101f, text16('red'), text16('grün'))).toEqual(['red', 'grün'])
    expect(list(0x94b0, text16('red'), text16('grün'))).toEqual(['red', 'grün'])
    expect(list(0x94e4, text8('red'), text8('grün'))).toEqual(['red', 'grün'])
    expect(list(0x101e, text8('red'), text8('grün'))).toEqual(['red', 'grün'])
    expect(list(0x101f)).toEqual([])
  })

  it('has 8-bit text in the code page of its message, wherever that is told', () => {
    const cyrillic = property(0x001e, 0x37, sized(Buffer.from('cff0e8e2e5f200', 'hex')))
    const windows1251 = property(0x0003, 0x3ffd, uint32(1251))
    expect(subjectOf(cyrillic, windows1251)).toBe('Привет')
    expect(subjectOf(windows1251, cyrillic)).toBe('Привет')
    expect(subjectOf(cyrillic)).toBe('Ïðèâåò')
    expect(subjectOf(cyrillic, property(0x0003, 0x3ffd, uint32(1200)))).toBe('Ïðèâåò')
    const message = readStream(
      windows1251,
      Buffer.concat([startRecipient, cyrillic, endRecipient, newAttachment, number, cyrillic]),
      Buffer.concat([startEmbedded, cyrillic, endEmbedded, endAttachment]),
    )
    expect(message.recipients[0]!.get(messageProperties.subject)).toBe('Привет')
    expect(message.attachments[0]!.properties.get(messageProperties.subject)).toBe('Привет')
    expect(message.attachments[0]!.embedded!.properties.get(messageProperties.subject)).toBe('Ïðèâåò')
  })

  it('has text without a terminator, and text with some of its own', () => {
    expect(subjectOf(property(0x001f, 0x37, sized(Buffer.from('ab', 'utf16le'))))).toBe('ab')
    expect(subjectOf(property(0x001f, 0x37, sized(Buffer.of())))).toBe('')
    expect(subjectOf(property(0x001e, 0x37, text8('')))).toBe('')
    expect(subjectOf(property(0x001f, 0x37, text16('a\0\0')))).toBe('a\0\0')
  })

  it('has named properties under the numbers of any mailbox', () => {
    const lid = Buffer.from('0820060000000000c0000000000000460030850000', 'hex')
    const flag = property(0x84b0, 0x8123, lid, text16('Follow up'))
    expect(readStream(flag).properties.get(messageProperties.flagRequest)).toBe('Follow up')
    const { properties } = readStream(property(0x0003, 0xfffe, publicStrings, Buffer.of(1, 0, 0), uint32(7)))
    expect(properties.get(named(propertySets.publicStrings, '', 'integer32'))).toBe(7)
    const most = property(0x000b, 0x8000, publicStrings, Buffer.of(0, 255, 255, 255, 255), Buffer.of(0, 1))
    expect(readStream(most).properties.get(numbered(propertySets.publicStrings, 0xffffffff, 'boolean'))).toBe(true)
  })

  it('passes over address book prefixes, deletions and warnings, but not over errors', () => {
    const prefix = property(0x84e4, 0x4008, text8('/O=FIRST ORGANIZATION'))
    const warning = Buffer.concat([mark(0x400f), uint32(0x40380)])
    const deletes = Buffer.concat([mark(0x4016), uint32(0x0e12000d)])
    const recipient = Buffer.concat([startRecipient, warning, subject, warning, endRecipient])
    const message = readStream(prefix, warning, subject, warning, prefix, deletes, recipient, deletes)
    expect([...message.properties.entries()]).toHaveLength(1)
    expect(message.recipients[0]!.get(messageProperties.subject)).toBe('a subject')
    const error = Buffer.concat([mark(0x4018), property(0x0102, 0, sized(Buffer.alloc(8)))])
    expect(() => readStream(subject, error)).toThrow(faulty('source-error', subject.length))
    expect(() => readStream(subject, startRecipient, subject, error)).toThrow(faulty('source-error'))
  })
})

describe('what is refused', () => {
  it('bytes that are no container of a message', () => {
    expect(() => readFastTransfer(new Uint8Array())).toThrow(faulty('not-fast-transfer', 0))
    expect(() => readFastTransfer(Buffer.from('From ada@example.org Tue Mar  3\n'))).toThrow(
      faulty('not-fast-transfer', 0),
    )
    expect(() => readFastTransfer(record(2, subject))).toThrow(faulty('not-fast-transfer', 0))
    expect(() => readFastTransfer(Buffer.concat([head, record(5, subject)]))).toThrow(
      faulty('not-fast-transfer', head.length),
    )
    expect(() => readFastTransfer(head)).toThrow(faulty('truncated', head.length))
    const folder = Buffer.from(head)
    folder[16 + 8 + 4] = 0x0c
    expect(() => readFastTransfer(Buffer.concat([folder, record(2, subject)]))).toThrow(faulty('not-a-message', 16))
    const properties = Buffer.from(head)
    properties[12] = 2
    expect(() => readFastTransfer(Buffer.concat([properties, record(2, subject)]))).toThrow(faulty('not-a-message', 0))
  })

  it('types, code pages and names that nobody knows', () => {
    for (const type of [0x0000, 0x0001, 0x000c, 0x00fc, 0x00fe, 0x1000, 0x100b, 0x2014, 0x8001, 0x8fff]) {
      expect(() => readStream(subject, property(type, 0x1234, Buffer.alloc(32)))).toThrow(
        faulty('unknown-type', subject.length),
      )
    }
    const text = property(0x001e, 0x37, text8('x'))
    expect(() => readStream(text, property(0x0003, 0x3ffd, uint32(7)))).toThrow(faulty('unknown-code-page'))
    const name = (bytes: Buffer) => property(0x0003, 0x8000, publicStrings, bytes)
    expect(() => readStream(name(Buffer.of(2, 0, 0, 0, 0, 0, 0, 0, 0)))).toThrow(faulty('bad-name', 0))
    expect(() => readStream(name(Buffer.concat([Buffer.of(1), Buffer.alloc(9000, 65)])))).toThrow(faulty('bad-name', 0))
    expect(() => readStream(name(Buffer.from('\x01a\0b\0', 'latin1')))).toThrow(faulty('truncated', 0))
  })

  it('parts in another order than the grammar has', () => {
    const attachment = Buffer.concat([newAttachment, number])
    const wrong: readonly (readonly Buffer[])[] = [
      [endRecipient],
      [mark(0x400c), subject, mark(0x400d)],
      [startRecipient, endAttachment],
      [startRecipient, startRecipient, endRecipient, endRecipient],
      [attachment, endRecipient],
      [attachment, startEmbedded, subject, endAttachment],
      [attachment, startEmbedded, endEmbedded, startEmbedded, endEmbedded, endAttachment],
      [startEmbedded, subject, endEmbedded],
    ]
    for (const parts of wrong) expect(() => readStream(subject, ...parts)).toThrow(faulty('unexpected-marker'))
    expect(() => readStream(startRecipient, endRecipient, subject)).toThrow(faulty('unexpected-property', 8))
    const afterEmbedded = [attachment, startEmbedded, endEmbedded, subject, endAttachment]
    expect(() => readStream(...afterEmbedded)).toThrow(faulty('unexpected-property'))
    expect(() => readPropertyList(Buffer.concat([subject, startRecipient]))).toThrow(
      faulty('unexpected-marker', subject.length),
    )
  })

  it('a message cut anywhere but between its properties', () => {
    const message = Buffer.concat([startRecipient, subject, endRecipient, newAttachment, number, endAttachment])
    const isWhole = (length: number) => length === 0 || length === subject.length + 8 || length === message.length
    for (let length = 0; length < message.length; length++) {
      if (isWhole(length)) expect(readStream(message.subarray(0, length)).attachments).toHaveLength(0)
      else expect(() => readStream(message.subarray(0, length))).toThrow(faulty('truncated'))
    }
    const bytes = container(message)
    for (let length = 1; length < bytes.length; length++) {
      expect(() => readFastTransfer(bytes.subarray(0, length))).toThrow(faulty('truncated'))
    }
  })

  it('sizes and counts beyond what is there', () => {
    const huge = uint32(0xffffffff)
    for (const type of [
      0x001e, 0x001f, 0x84b0, 0x0102, 0x000d, 0x00fb, 0x101f, 0x101e, 0x1102, 0x1002, 0x1014, 0x1048,
    ]) {
      expect(() => readStream(property(type, 0x1234, huge))).toThrow(faulty('truncated'))
    }
    expect(() => readFastTransfer(Buffer.concat([head, uint32(2), huge, subject]))).toThrow(
      faulty('truncated', head.length),
    )
  })

  it('messages embedded in each other without end', () => {
    const level = Buffer.concat([newAttachment, number, startEmbedded])
    const end = Buffer.concat([endEmbedded, endAttachment])
    const nested = (depth: number) => readStream(...Array(depth).fill(level), subject, ...Array(depth).fill(end))
    expect(nested(64).attachments).toHaveLength(1)
    expect(() => nested(65)).toThrow(faulty('too-deep'))
    expect(() => readStream(Buffer.alloc(level.length * 200_000, level))).toThrow(faulty('too-deep'))
  })

  it('more objects and values than any message has', () => {
    const recipient = Buffer.concat([startRecipient, endRecipient])
    expect(readStream(Buffer.alloc(8 * 1000, recipient)).recipients).toHaveLength(1000)
    expect(() => readStream(Buffer.alloc(8 * 100_001, recipient))).toThrow(faulty('too-many'))
    const emptyTexts = (count: number) => property(0x101f, 0x1234, uint32(count), Buffer.alloc(count * 4))
    expect(readStream(emptyTexts(1000)).properties.get(tagged(0x1234, 'strings'))).toHaveLength(1000)
    expect(() => readStream(emptyTexts(500_001))).toThrow(faulty('too-many'))
    expect(() => readStream(Buffer.alloc(6 * 500_001, property(0x000b, 0x1234, Buffer.of(1, 0))))).toThrow(
      faulty('too-many'),
    )
  })
})

describe('what cannot be written', () => {
  const write = (bag: PropertyBag) => () => writeFastTransfer({ properties: bag, recipients: [], attachments: [] })

  it('is refused for its item alone', () => {
    const unwritable = [
      new PropertyBag().set(tagged(1, 'integer16'), 0x10000),
      new PropertyBag().set(tagged(1, 'integer32'), 0x100000000),
      new PropertyBag().set(tagged(1, 'integer32'), 1.5),
      new PropertyBag().set(tagged(1, 'integer64'), 2n ** 63n),
      new PropertyBag().set(tagged(1, 'times'), [0n, -(2n ** 63n) - 1n]),
      new PropertyBag().set(tagged(1, 'guid'), 'no guid'),
      new PropertyBag().set(tagged(0x8001, 'integer32'), 1),
      new PropertyBag().set(tagged(0x4000, 'integer32'), 1),
      new PropertyBag().set(tagged(0x4016, 'integer32'), 1),
      new PropertyBag().set(tagged(0x4008, 'string'), ''),
      new PropertyBag().set(numbered(propertySets.common, -1, 'boolean'), true),
      new PropertyBag().set(named(propertySets.common, 'a\0b', 'boolean'), true),
      new PropertyBag().set(named('no set', 'name', 'boolean'), true),
      new PropertyBag().set(named(propertySets.common, 'long'.repeat(300), 'boolean'), true),
    ]
    for (const bag of unwritable) expect(write(bag)).toThrow(faulty('unwritable'))
  })

  it('is too deep where it could not be read', () => {
    const nested = (depth: number): Parameters<typeof writeFastTransfer>[0] => ({
      properties: new PropertyBag(),
      recipients: [],
      attachments: depth === 0 ? [] : [{ properties: new PropertyBag(), embedded: nested(depth - 1) }],
    })
    expect(readFastTransfer(writeFastTransfer(nested(64))).attachments).toHaveLength(1)
    expect(() => writeFastTransfer(nested(65))).toThrow(faulty('too-deep'))
  })
})
