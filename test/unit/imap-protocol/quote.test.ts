import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isStorableFlag, toAstring, toByteString } from '../../../src/connectors/imap/protocol/quote.ts'
import { Scanner, toByteString as stringOf } from '../../../src/connectors/imap/protocol/tokens.ts'

const byteString = fc.string({ unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)) })

describe('astring', () => {
  it.each([
    ['INBOX', 'INBOX'],
    ['', '""'],
    ['nil', '"nil"'],
    ['A & B', '"A & B"'],
    ['back\\slash "q"', '"back\\\\slash \\"q\\""'],
    ['100%', '"100%"'],
  ])('%j is sent as %s', (bytes, sent) => expect(toAstring(bytes)).toBe(sent))

  it('sends line ends, 8-bit and long strings as literals', () => {
    for (const bytes of ['a\r\nA1 DELETE INBOX', 'caf\xe9', 'x'.repeat(5_000)]) {
      expect(toAstring(bytes)).toEqual({ literal: Buffer.from(bytes, 'latin1') })
    }
  })

  it('quotes UTF-8 where it was enabled', () => {
    expect(toAstring(toByteString('Entwürfe'), true)).toBe(`"${toByteString('Entwürfe')}"`)
  })

  it('refuses NUL', () => {
    expect(() => toAstring('a\0b')).toThrow(expect.objectContaining({ code: 'imap.unsendable' }))
  })

  it('arrives as it was, and never breaks the line', () => {
    fc.assert(
      fc.property(byteString, fc.boolean(), (bytes, acceptsUtf8) => {
        const sent = toAstring(bytes, acceptsUtf8)
        if (typeof sent !== 'string') {
          expect(Buffer.from(sent.literal).toString('latin1')).toBe(bytes)
          return
        }
        // oxlint-disable-next-line no-control-regex
        expect(sent).not.toMatch(/[\r\n\0]/)
        const scanner = new Scanner(`${sent} next`)
        expect(stringOf(scanner.value())).toBe(bytes)
        expect(scanner.value()).toBe('next')
      }),
    )
  })
})

it('knows which flags a client may store', () => {
  expect(['\\Seen', '\\flagged', '$Junk', 'Work', 'a[b', 'NonJunk'].filter(isStorableFlag)).toHaveLength(6)
  const refused = ['\\Recent', '\\*', '\\Foo', 'a b', 'a]b', 'a"b', '', 'a\r\nb', 'caf\xe9', '(x)', 'a%', 'a{1}']
  expect(refused.filter(isStorableFlag)).toEqual([])
})
