import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { decodeEncodedWords } from '../../../src/formats/encoded-words.ts'

describe('decodeEncodedWords', () => {
  it.each([
    // RFC 2047 section 8
    ['(=?ISO-8859-1?Q?a?=)', '(a)'],
    ['(=?ISO-8859-1?Q?a?= b)', '(a b)'],
    ['(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)', '(ab)'],
    ['(=?ISO-8859-1?Q?a?=  \r\n  =?ISO-8859-1?Q?b?=)', '(ab)'],
    ['(=?ISO-8859-1?Q?a_b?=)', '(a b)'],
    ['=?ISO-8859-1?Q?Patrik_F=E4ltstr=F6m?= <paf@example.org>', 'Patrik Fältström <paf@example.org>'],
    ['=?utf-8?b?xIE=?= x =?UTF-8?Q?=C4=81?=', 'ā x ā'],
    // RFC 2231 section 5: a language after the charset
    ['=?utf-8*lv?Q?=C4=81?=', 'ā'],
    // One character split over two words
    ['=?utf-8?Q?=C4?= =?utf-8?Q?=81?=', 'ā'],
    ['=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=', '日本'],
    ['=?ks_c_5601-1987?B?x9GxuQ==?=', '한국'],
    ['=?cp932?B?k/qWew==?=', '日本'],
    // As written where it cannot be decoded
    ['=?x-klingon?Q?a?= =?x-klingon?Q?b?=', '=?x-klingon?Q?a?= =?x-klingon?Q?b?='],
    ['=?utf-8?Q?unfinished', '=?utf-8?Q?unfinished'],
    ['=?utf-8?Z?a?=', '=?utf-8?Z?a?='],
    ['=?utf-8?Q?a=ZZ=?=', 'a=ZZ='],
    ['=?utf-8?Q?=FF?=', '\ufffd'],
    // 8-bit text in a word, as it was read with the header: not in the charset of the word any more
    ['=?iso-8859-1?Q?Jürgen_Schm=FCrgen?= =?iso-8859-1?Q?_ä?=', 'Jürgen Schmürgen ä'],
    ['=?utf-8?Q?Jürgen_=C4=81?=', 'Jürgen ā'],
    // Spaces that should not be there, as many senders write them
    ['=?utf-8?Q?two words?=', 'two words'],
    ['plain', 'plain'],
    ['=?utf-8?Q?=1B[31m?= =?utf-8?B?4oCu?=', '[31m'],
  ])('%s', (written, expected) => {
    expect(decodeEncodedWords(written)).toBe(expected)
  })

  it('never throws and leaves no control character', () => {
    const part = fc.oneof(
      fc.constantFrom('=?', '?=', '?', 'utf-8', 'iso-2022-jp', 'Q', 'b', '=', ' ', '*'),
      fc.string({ maxLength: 8 }),
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
        expect(decodeEncodedWords(parts.join(''))).not.toMatch(/\p{Cc}/u)
      }),
    )
  })

  it('is not slowed down by hostile text', () => {
    const hostile = '=?a'.repeat(30_000) + '=?utf-8?q?'.repeat(30_000)
    expect(decodeEncodedWords(hostile).length).toBeGreaterThan(0)
  })
})
