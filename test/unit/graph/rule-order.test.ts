import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { MessageRule } from '../../../src/connectors/graph/extras/message-rule.ts'
import { nextMove, reorder } from '../../../src/connectors/graph/extras/rule-order.ts'

describe('an order of rules', () => {
  test.each([
    ['abc', 'cab', 'cab'],
    ['abc', 'ca', 'cba'],
    ['abc', 'xcya', 'xcyba'],
    ['', 'ab', 'ab'],
    ['abc', '', 'abc'],
  ])('%s given another one by %s is %s', (base, order, expected) => expect(reorder([...base], [...order]).join('')).toBe(expected))

  test('has everything once, and what is named in its order', () => {
    const ids = fc.uniqueArray(fc.constantFrom(...'abcdefghij'))
    fc.assert(
      fc.property(ids, ids, (base, order) => {
        const arranged = reorder(base, order)
        expect(arranged.toSorted()).toEqual([...new Set([...base, ...order])].toSorted())
        expect(arranged.filter((id) => order.includes(id))).toEqual(order)
        const isGone = (id: string) => !order.includes(id)
        expect(arranged.filter((id) => base.includes(id)).map((id) => isGone(id) && id)).toEqual(base.map((id) => isGone(id) && id))
      }),
    )
  })
})

const rulesOf = (ids: readonly string[], from = 1): readonly MessageRule[] => ids.map((id, at) => ({ id, name: id, sequence: at + from, isEnabled: true, isReadOnly: false, hasError: false, conditions: {}, actions: {}, exceptions: {}, unknown: [] }))

/** Servers that give a rule a place: by number, others going behind it; or by taking it out and putting it in. */
const servers = {
  shifting: (rules: readonly MessageRule[], id: string, sequence: number) => {
    let taken = sequence
    const others = rules.filter((rule) => rule.id !== id).map((rule) => (rule.sequence === taken ? { ...rule, sequence: (taken += 1) } : rule))
    return [...others, { ...rules.find((rule) => rule.id === id)!, sequence }].toSorted((a, b) => a.sequence - b.sequence)
  },
  renumbering: (rules: readonly MessageRule[], id: string, sequence: number) => {
    const others = rules.map((rule) => rule.id).filter((one) => one !== id)
    return rulesOf(others.toSpliced(sequence - 1, 0, id))
  },
}

describe('steps towards an order', () => {
  test.each(Object.entries(servers))('come to it, and move nobody else, on a %s server', (_, put) => {
    const ids = fc.uniqueArray(fc.constantFrom(...'abcdefgh'), { minLength: 1 }).chain((wanted) => fc.tuple(fc.constant(wanted), fc.shuffledSubarray([...wanted, 'X', 'Y', 'Z'], { minLength: wanted.length + 3, maxLength: wanted.length + 3 })))
    fc.assert(
      fc.property(ids, ([wanted, there]) => {
        let rules = rulesOf(there)
        let steps = 0
        for (let move = nextMove(rules, wanted, true); move !== undefined; move = nextMove(rules, wanted, false)) {
          expect(wanted).toContain(move.id)
          expect(++steps).toBeLessThanOrEqual(wanted.length)
          rules = put(rules, move.id, move.sequence)
        }
        const foreign = (order: readonly string[]) => order.filter((id) => !wanted.includes(id))
        const now = rules.map(({ id }) => id)
        expect([now.filter((id) => wanted.includes(id)), foreign(now)]).toEqual([wanted, foreign(there)])
      }),
    )
  })

  it('are one for a rule that went up or down', () => {
    expect(nextMove(rulesOf([...'abcd']), [...'dabc'], true)).toEqual({ id: 'd', sequence: 1 })
    expect(nextMove(rulesOf([...'abcd']), [...'bcda'], true)).toEqual({ id: 'a', sequence: 5 })
    expect(nextMove(rulesOf([...'ab']), [...'ba'], true)).toEqual({ id: 'b', sequence: 1 })
  })
})
