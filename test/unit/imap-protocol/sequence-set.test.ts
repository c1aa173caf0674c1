import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chunkSequenceSet, formatSequenceSet, parseSequenceSet } from '../../../src/connectors/imap/protocol/sequence-set.ts'

const uid = fc.integer({ min: 1, max: 0xffffffff })

describe('sequence sets', () => {
  it('joins neighbours', () => {
    expect(formatSequenceSet([1, 2, 3, 7, 9, 10])).toBe('1:3,7,9:10')
    expect(formatSequenceSet([5, 4, 3])).toBe('5,4,3')
    expect(formatSequenceSet([])).toBe('')
  })

  it('reads what it writes, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(uid, fc.integer({ min: 1, max: 20 }))), (numbers) => {
        expect(parseSequenceSet(formatSequenceSet(numbers), numbers.length) ?? []).toEqual(numbers)
      }),
    )
  })

  it('reads ranges that run down', () => {
    expect(parseSequenceSet('3:1,7', 4)).toEqual([3, 2, 1, 7])
  })

  it.each(['', '*', '1:*', '1,,2', 'a', '1:2:3', '1 2'])('does not take %j for a set', (set) => {
    expect(parseSequenceSet(set, 100)).toBeUndefined()
  })

  it('does not expand more than asked for', () => {
    expect(parseSequenceSet('1:4294967295', 1_000)).toBeUndefined()
    expect(parseSequenceSet('1:3', 2)).toBeUndefined()
  })

  it('cuts long lists into sets that fit, and loses none', () => {
    fc.assert(
      fc.property(fc.uniqueArray(uid, { maxLength: 500 }), fc.integer({ min: 21, max: 200 }), (uids, lengthMax) => {
        const chunks = chunkSequenceSet(uids, lengthMax)
        expect(chunks.flatMap(({ numbers }) => numbers)).toEqual(uids)
        for (const { set, numbers } of chunks) {
          expect(set.length).toBeLessThanOrEqual(lengthMax)
          expect(parseSequenceSet(set, numbers.length)).toEqual(numbers)
        }
      }),
    )
  })
})
