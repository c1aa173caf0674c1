import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FromLineQuoter, FromLineUnquoter } from '../../../../src/formats/mbox/quoting.ts'

type Transform = FromLineQuoter | FromLineUnquoter

function run(transform: Transform, text: string, cuts: readonly number[] = []): string {
  const bytes = Buffer.from(text, 'latin1')
  const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).toSorted((a, b) => a - b), bytes.length]
  const parts = places
    .slice(1)
    .map((end, index) => transform.push(bytes.subarray(places[index], end), index === places.length - 2))
  return Buffer.concat(parts).toString('latin1')
}

const text = fc
  .array(fc.constantFrom('From ', '>', '>>', 'From', 'F', '\n', '\r\n', 'x', ' ', 'From: '), { maxLength: 30 })
  .map((parts) => parts.join(''))
const cuts = fc.array(fc.nat(100), { maxLength: 6 })

describe('mboxrd quoting', () => {
  it('quotes at the beginning of lines only', () => {
    const plain = 'From a\nx From b\n>From c\r\n>>From d\nFrom\nFromage\n'
    const quoted = '>From a\nx From b\n>>From c\r\n>>>From d\nFrom\nFromage\n'
    expect(run(new FromLineQuoter(), plain)).toBe(quoted)
    expect(run(new FromLineUnquoter(), quoted)).toBe(plain)
    expect(run(new FromLineUnquoter(), 'From a\n')).toBe('From a\n')
  })

  it('is undone exactly, whatever the text and the chunks', () => {
    fc.assert(
      fc.property(text, cuts, cuts, (plain, cutsBefore, cutsAfter) => {
        const quoted = run(new FromLineQuoter(), plain, cutsBefore)
        expect(quoted).toBe(plain.replace(/^(?=>*From )/gm, '>'))
        expect(run(new FromLineUnquoter(), quoted, cutsAfter)).toBe(plain)
      }),
      { numRuns: 500 },
    )
  })

  it('takes one mark from each quoted line, whatever the chunks', () => {
    fc.assert(
      fc.property(text, cuts, (stored, places) => {
        expect(run(new FromLineUnquoter(), stored, places)).toBe(stored.replace(/^>(?=>*From )/gm, ''))
      }),
    )
  })

  it('holds back no more than a few bytes of an endless run of marks', () => {
    const quoter = new FromLineQuoter()
    const marks = Buffer.alloc(100_000, '>')
    let given = 0
    for (let times = 0; times < 20; times++) given += quoter.push(marks, false).byteLength
    expect(2_000_000 - given).toBeLessThan(10)
  })
})
