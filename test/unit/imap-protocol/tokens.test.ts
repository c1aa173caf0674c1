import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MigrationError } from '../../../src/core/errors.ts'
import { Scanner, toByteString, toNumber } from '../../../src/connectors/imap/protocol/tokens.ts'

describe('values', () => {
  it('tells atoms, strings, NIL and lists apart', () => {
    const scanner = new Scanner('abc "a \\"b\\" \\\\" NIL "NIL" (1 (\\Seen) ()) {3}\n x', [Buffer.from('l\0t')])
    expect(scanner.values()).toEqual([
      'abc',
      { string: 'a "b" \\' },
      null,
      { string: 'NIL' },
      ['1', ['\\Seen'], []],
      { string: 'l\0t' },
      'x',
    ])
  })

  it('keeps a section in one piece', () => {
    expect(new Scanner('BODY[HEADER.FIELDS (DATE "x]y")]<0> [Gmail] a[b').values()).toEqual([
      'BODY[HEADER.FIELDS (DATE "x]y")]<0>',
      '[Gmail]',
      'a[b',
    ])
  })

  it.each(['(', '"abc', '(a "b)', ')', '{3}'])('refuses %j', (text) => {
    expect(() => new Scanner(text).values()).toThrow(expect.objectContaining({ code: 'imap.protocol.garbage' }))
  })

  it('refuses lists without end in depth, and takes sane ones', () => {
    expect(() => new Scanner('('.repeat(100_000)).value()).toThrow(MigrationError)
    expect(new Scanner(`${'('.repeat(100)}${')'.repeat(100)}`).value()).toHaveLength(1)
  })

  it('reads numbers up to 2^53', () => {
    expect(toNumber('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER)
    expect(toNumber('9007199254740993')).toBeUndefined()
    expect(toNumber({ string: '12' })).toBe(12)
    expect(toNumber('1e3')).toBeUndefined()
    expect(toByteString(null)).toBeUndefined()
  })

  it('ends on any text, with values or with garbage', () => {
    const text = fc.string({ unit: fc.constantFrom('(', ')', '"', '\\', '[', ']', '{', '}', '\n', ' ', '1', 'a', '~', '\xff') })
    fc.assert(
      fc.property(text, (any) => {
        try {
          new Scanner(any, [Buffer.from('x')]).values()
        } catch (error) {
          expect(error).toBeInstanceOf(MigrationError)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
