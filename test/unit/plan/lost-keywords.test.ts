import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { carryKeywords } from '../../../src/core/plan/keywords.ts'
import { keepLostKeywords, lostKeywords, withLostKeywords } from '../../../src/core/plan/lost-keywords.ts'

const carried = (keywords: readonly string[]) =>
  carryKeywords(keywords, { rules: { keywordMap: { asked: null } }, target: { storesKeywords: true, keptKeywords: ['kept'] } })

describe('what is lost', () => {
  test('is what the target does not take, and not what was to be dropped', () => {
    expect(lostKeywords(carried(['$seen', 'Kept', 'asked', 'Work', 'a b']))).toEqual(['Work', 'a b'])
  })

  test('is not what the copy has all the same', () => {
    expect(lostKeywords(carried(['Work', 'later']), ['work'])).toEqual(['later'])
  })
})

describe('named among the alterations', () => {
  test.each([
    [undefined, [], undefined],
    [undefined, ['Work', 'later'], 'keywords-lost:Work later'],
    ['line-ends,nul', ['Work'], 'line-ends,nul,keywords-lost:Work'],
    ['line-ends,keywords-lost:Old', ['Work'], 'line-ends,keywords-lost:Work'],
    ['keywords-lost:Old', [], undefined],
    ['nul,keywords-lost:Old', [], 'nul'],
    [undefined, ['a,b', 'a b', '100%', 'grün', '\ud800', ''], 'keywords-lost:a%2Cb a%20b 100%25 gr%C3%BCn %EF%BF%BD '],
  ])('%j with %j', (altered, lost, expected) => {
    expect(withLostKeywords(altered, lost)).toBe(expected)
  })

  test('a new comparison of the bytes leaves them', () => {
    expect(keepLostKeywords('nul', 'line-ends,keywords-lost:Work')).toBe('nul,keywords-lost:Work')
    expect(keepLostKeywords(undefined, 'keywords-lost:Work')).toBe('keywords-lost:Work')
    expect(keepLostKeywords('nul', 'line-ends')).toBe('nul')
    expect(keepLostKeywords(undefined, undefined)).toBeUndefined()
  })

  test('whatever they hold, other names stay apart from them', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (lost) => {
        const altered = withLostKeywords('nul', lost) as string
        expect(altered).toMatch(/^nul,keywords-lost:[!-+\--~ ]*$/)
        expect(withLostKeywords(altered, [])).toBe('nul')
        expect(keepLostKeywords('nul', altered)).toBe(altered)
      }),
    )
  })
})
