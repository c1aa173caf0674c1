import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HeaderBlock } from '../../../../src/formats/mime/header-block.ts'
import { addressLine, parameter, textLine } from '../../../../src/formats/mime/header-writing.ts'
import { parseAddresses } from '../../../../src/formats/mime/mail-addresses.ts'
import { parseStructuredField } from '../../../../src/formats/mime/structured-field.ts'
import { decodeEncodedWordsExactly } from '../../../../src/formats/encoded-words.ts'

function valueOf(line: string): string {
  return new HeaderBlock(line).first('x')!
}

describe('addresses', () => {
  it.each([
    ['a@b', ['|a@b']],
    ['A B <a@b>, "C, D" <c@d>', ['A B|a@b', 'C, D|c@d']],
    ['a@b (Ann (x) B)', ['Ann (x) B|a@b']],
    ['a@b; c@d;', ['|a@b', '|c@d']],
    ['undisclosed-recipients:;', []],
    ['unlisted-recipients:; (no To-header on input)', []],
    ['G: a@b, H <h@i>; c@d', ['|a@b', 'H|h@i', '|c@d']],
    ['<@relay,@other:a@b>', ['|a@b']],
    ['Pete(his name) <pete(his account)@silly.test(his host)>', ['Pete|pete@silly.test']],
    ['"john doe"@example.org', ['|"john doe"@example.org']],
    ['Big Bug bb@bug.com', ['Big Bug|bb@bug.com']],
    ['Just A Name', ['Just A Name|']],
    ['"a@b" <c@d>', ['a@b|c@d']],
    ['=?utf-8?Q?Doe,_J=C3=B6?= <a@b>', ['Doe, Jö|a@b']],
    ['"=?utf-8?Q?J=C3=B6?=" <a@b>', ['Jö|a@b']],
    ['A <a@b, B <c@d>', ['A|a@b', 'B|c@d']],
    ['<<a@b>>', ['|a@b']],
    ['<>, , ""', []],
  ])('%s', (text, expected) => {
    expect(parseAddresses(text).map(({ name, address }) => `${name}|${address}`)).toEqual(expected)
  })

  it('come back from what is written of them', () => {
    const word = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 20 }),
      fc.constantFrom('Doe, John', 'a "b" \\c', '=?utf-8?q?x?=', 'x'.repeat(200), 'J. R.', '(c)', 'a@b'),
    )
    const name = word.map((text) => text.replace(/[\x00-\x20\x7f]+/g, ' ').trim())
    const address = fc.constantFrom(
      'a@b',
      'a.b+c@example.org',
      '"a b"@c',
      'jö@exämple.org',
      'root',
      'a,b@c',
      `${'x'.repeat(80)}@example.org`,
    )
    fc.assert(
      fc.property(fc.array(fc.record({ name, address }), { minLength: 1, maxLength: 5 }), (list) => {
        const line = addressLine('X', list)
        expect(line).toMatch(/^[\x20-\x7e\r\n]*$/)
        expect(parseAddresses(valueOf(line))).toEqual(list.map((who) => ({ ...who, name: who.name.toWellFormed() })))
      }),
    )
  })
})

describe('other fields come back from what is written of them', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc.string({ maxLength: 300 }),
    fc.constantFrom('=?x', ' a ', 'a  b', '"', 'C:\\dir\\f.txt', "it's 100%.txt"),
  )

  it('text', () => {
    fc.assert(
      fc.property(text, (text) => {
        const plain = text.replace(/[\x00-\x1f\x7f]/g, ' ')
        const line = textLine('X', plain)
        expect(
          line.split('\r\n').every((part, index) => part.length <= 78 || index > 0 || !part.slice(3).includes(' ')),
        ).toBe(true)
        expect(decodeEncodedWordsExactly(valueOf(line))).toBe(plain.toWellFormed())
      }),
    )
  })

  it('parameters', () => {
    fc.assert(
      fc.property(text, (text) => {
        const plain = text.replace(/[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g, '').toWellFormed()
        const field = `X: text/plain${parameter('name', plain)}\r\n`
        expect(field.split('\r\n').every((line) => line.length <= 78)).toBe(true)
        expect(parseStructuredField(valueOf(field)).parameters.get('name')).toBe(plain)
      }),
    )
  })
})
