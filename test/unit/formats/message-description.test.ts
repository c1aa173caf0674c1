import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { describeMessage, headBytesMax } from '../../../src/formats/message-description.ts'

const header = [
  'Received: from a by b; Tue, 3 Mar 2026 10:00:00 +0000',
  'Date: Tue, 3 Mar 2026 10:00:00 +0000',
  'From: "Ada Lovelace" <ada@example.org>',
  'To: one@example.org,',
  '\ttwo@example.org',
  'Message-ID: <1@example.org>',
  'Subject: A plan  for  the',
  ' engine',
]
const message = (lines: readonly string[], lineEnd = '\r\n') =>
  Buffer.from([...lines, '', 'Subject: not a header'].join(lineEnd), 'latin1')
const identityOf = (bytes: Uint8Array) => describeMessage(bytes).identity

describe('describeMessage', () => {
  it('unfolds and collapses the texts', () => {
    expect(describeMessage(message(header))).toEqual({
      identity: expect.stringMatching(/^[\w-]{22}$/),
      messageId: '<1@example.org>',
      from: '"Ada Lovelace" <ada@example.org>',
      subject: 'A plan for the engine',
    })
  })

  it('keeps the identity through what servers and tools do to a copy', () => {
    const identity = identityOf(message(header))
    const withNul = header.map((line) => line.replace('plan', 'pl\0n'))
    const withoutId = header.filter((line) => !line.startsWith('Message-ID'))
    expect(identityOf(message(header, '\n'))).toBe(identity)
    expect(identityOf(message(header, '\r\r\n'))).toBe(identity)
    expect(identityOf(message(['X-TUID: abcdefghijkl', ...header]))).toBe(identity)
    expect(identityOf(message([...header, 'X-TUID: abcdefghijkl']))).toBe(identity)
    expect(identityOf(message(withoutId))).toBe(identity)
    expect(identityOf(message(withNul))).toBe(identityOf(message(withNul.map((line) => line.replace('\0', '\x80')))))
    const filtered = header.filter((line) => !line.startsWith('Received'))
    expect(identityOf(message(filtered))).toBe(identity)
  })

  it('tells messages apart by each of the four fields and by nothing else', () => {
    const identity = identityOf(message(header))
    for (const [field, differs] of [
      ['Date: ', true],
      ['From: ', true],
      ['To: ', true],
      ['Subject: ', true],
      ['Received: ', false],
      ['Message-ID: ', false],
    ] as const) {
      const changed = header.map((line) => (line.startsWith(field) ? `${field}another` : line))
      expect(identityOf(message(changed)) !== identity, field).toBe(differs)
    }
  })

  it('takes the first of doubled fields, any case, and white space before the colon', () => {
    const described = describeMessage(Buffer.from('sUBJECT \t: first\r\nSubject: second\r\nsubjects: x\r\n\r\n'))
    expect(described.subject).toBe('first')
    expect(describeMessage(Buffer.from('Subjects: x\r\nFrom someone Tue Mar  3 10:00:00 2026\r\n\r\n'))).toMatchObject({
      subject: '',
      from: '',
    })
  })

  it('stops at the empty line, and copes with a missing header, body or last line end', () => {
    expect(describeMessage(Buffer.from('\r\nSubject: body')).subject).toBe('')
    expect(describeMessage(Buffer.from('X: y\n\nSubject: body')).subject).toBe('')
    expect(describeMessage(Buffer.from('Subject: last line')).subject).toBe('last line')
    expect(describeMessage(Buffer.from('Subject:\n folded\n')).subject).toBe('folded')
    expect(describeMessage(Buffer.alloc(0)).identity).toBe(describeMessage(Buffer.from('\r\nbody')).identity)
  })

  it('gives the same answer for a header that crosses the first look', () => {
    const tail = message(header)
    const expected = describeMessage(tail)
    for (let length = 3800; length < 4200; length++) {
      const filler = Buffer.from(`X-Filler: ${'x'.repeat(length - 12)}\r\n`)
      expect(describeMessage(Buffer.concat([filler, tail]))).toEqual(expected)
    }
  })

  it('reads 8-bit text as UTF-8 or else as Windows-1252, cut between characters and without controls', () => {
    expect(describeMessage(Buffer.from('Subject: voilà\r\n\r\n', 'utf8')).subject).toBe('voilà')
    expect(describeMessage(Buffer.from('Subject: voilà\r\n\r\n', 'latin1')).subject).toBe('voilà')
    expect(describeMessage(Buffer.from('Subject: a\x1b[31mb\0c\x7f\u202ed\r\n\r\n', 'utf8')).subject).toBe('a[31mbcd')
    expect(describeMessage(Buffer.from(`Subject: a${'😀'.repeat(900)}\r\n\r\n`)).subject.isWellFormed()).toBe(true)
    expect(describeMessage(Buffer.from(`Subject: ${'é'.repeat(900)}\r\n\r\n`)).subject).toBe('é'.repeat(300))
    expect(describeMessage(Buffer.from(`Subject: ${'x'.repeat(900)}\r\n\r\n`)).subject).toBe('x'.repeat(300))
  })

  it('looks at no more than its limit', () => {
    const filler = `X: ${'y'.repeat(headBytesMax)}\r\n`
    expect(describeMessage(Buffer.from(`${filler}Subject: late\r\n\r\n`)).subject).toBe('')
  })

  it('never throws and ignores what is added around, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        const described = describeMessage(bytes)
        const before = Buffer.concat([Buffer.from('X-TUID: abc\r\n'), bytes])
        const startsFolded = bytes[0] === 0x20 || bytes[0] === 0x09
        if (!startsFolded) expect(describeMessage(before).identity).toBe(described.identity)
        expect(described.subject.length).toBeLessThanOrEqual(300)
      }),
      { numRuns: 500 },
    )
  })

  it('keeps the identity of generated headers when LF becomes CRLF', () => {
    const line = fc.oneof(
      fc.constantFrom('Date:', 'From: ', 'TO:', 'subject :', 'Message-ID: ', ' ', '\t', 'X:', ''),
      fc.string({ maxLength: 30 }).map((text) => text.replaceAll(/[\r\n]/g, ' ')),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(line, line), { maxLength: 12 }), (lines) => {
        const text = lines.map(([name, value]) => name + value)
        expect(describeMessage(message(text, '\n'))).toEqual(describeMessage(message(text, '\r\n')))
      }),
    )
  })
})
