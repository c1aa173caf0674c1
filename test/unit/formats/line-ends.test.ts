import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countBareLineFeeds, toCrlf } from '../../../src/formats/line-ends.ts'

const convert = (bytes: Uint8Array, isAfterCr = false) => toCrlf(bytes, isAfterCr, countBareLineFeeds(bytes, isAfterCr))

describe('line ends', () => {
  it.each([
    ['a\nb\r\nc', 'a\r\nb\r\nc'],
    ['\n\n', '\r\n\r\n'],
    ['a\rb\r\r\nc\r', 'a\rb\r\r\nc\r'],
    ['', ''],
  ])('%j becomes %j', (stored, given) => {
    expect(Buffer.from(convert(Buffer.from(stored))).toString()).toBe(given)
  })

  it('gives the same whatever the chunks', () => {
    const bytes = fc.array(fc.constantFrom(10, 13, 65), { maxLength: 40 }).map((list) => Uint8Array.from(list))
    fc.assert(
      fc.property(bytes, fc.nat(40), (whole, cut) => {
        const first = whole.subarray(0, cut)
        const parts = [convert(first), convert(whole.subarray(cut), first.at(-1) === 13)]
        expect(Buffer.concat(parts)).toEqual(Buffer.from(convert(whole)))
        expect(Buffer.from(convert(whole)).toString().replace(/\r\n/g, '')).not.toContain('\n')
      }),
    )
  })
})
