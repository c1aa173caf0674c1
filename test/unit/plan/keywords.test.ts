import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { carryKeywords } from '../../../src/core/plan/keywords.ts'

const all = { rules: { keywordMap: {} }, target: { storesKeywords: true } }

describe('carried', () => {
  test("system keywords and the person's own, sorted", () => {
    expect(carryKeywords(['work', '$seen', '$Forwarded', '$answered'], all)).toEqual({
      keywords: ['$Forwarded', '$answered', '$seen', 'work'],
      dropped: [],
    })
  })

  test('one of two that differ only by case (RFC 9051 section 2.3.2)', () => {
    expect(carryKeywords(['work', 'Work', '$SEEN'], all).keywords).toEqual(['$seen', 'Work'])
  })

  test('under another name when the map says so', () => {
    const rules = { keywordMap: { NonJunk: '$NotJunk', Important: '$flagged' } }
    expect(carryKeywords(['nonjunk', 'important'], { ...all, rules }).keywords).toEqual(['$NotJunk', '$flagged'])
  })
})

describe('dropped, and told', () => {
  test('by the map', () => {
    const given = { ...all, rules: { keywordMap: { $MDNSent: null } } }
    expect(carryKeywords(['$mdnsent'], given)).toEqual({
      keywords: [],
      dropped: [{ keyword: '$mdnsent', reason: 'rule' }],
    })
  })

  test('all but the system ones where the target has no others', () => {
    const given = { ...all, target: { storesKeywords: false } }
    expect(carryKeywords(['$seen', 'work'], given)).toEqual({
      keywords: ['$seen'],
      dropped: [{ keyword: 'work', reason: 'not-stored' }],
    })
  })

  test('what the folder of the target does not keep, compared without case and spelled as there', () => {
    const given = { ...all, target: { storesKeywords: true, keptKeywords: ['$MDNSent', 'Work'] } }
    expect(carryKeywords(['$seen', '$mdnsent', 'later', 'Work'], given)).toEqual({
      keywords: ['$MDNSent', '$seen', 'Work'],
      dropped: [{ keyword: 'later', reason: 'not-kept' }],
    })
    expect(carryKeywords(['$flagged', 'later'], { ...all, target: { storesKeywords: true, keptKeywords: [] } }).keywords).toEqual(['$flagged'])
  })

  test.each([
    '',
    'a b',
    'a]',
    'a"b',
    'a\\b',
    'a(',
    'a)',
    'a{',
    '100%',
    'a*',
    'gr\u00fcn',
    'a\u0000',
    'a\u007f',
    'a\r\nb',
  ])('no flag-keyword of RFC 9051: %j', (keyword) => {
    expect(carryKeywords([keyword], all)).toEqual({ keywords: [], dropped: [{ keyword, reason: 'invalid' }] })
  })

  test('longer than Dovecot takes', () => {
    const keyword = 'k'.repeat(51)
    expect(carryKeywords([keyword], all).dropped).toEqual([{ keyword, reason: 'too-long' }])
    expect(carryKeywords([keyword.slice(1)], all).keywords).toEqual([keyword.slice(1)])
  })

  test('$recent never goes along, nor by a rename', () => {
    const given = { ...all, rules: { keywordMap: { x: '$recent' } } }
    expect(carryKeywords(['$recent', '$Recent'], all)).toEqual({ keywords: [], dropped: [] })
    expect(carryKeywords(['x'], given).keywords).toEqual([])
  })
})

test('the order given does not matter, nothing is lost untold, and carrying again changes nothing', () => {
  const keyword = fc.oneof(fc.constantFrom('$seen', '$Seen', '$flagged', 'a', 'A', 'b]'), fc.string({ maxLength: 60 }))
  fc.assert(
    fc.property(fc.array(keyword), fc.boolean(), (keywords, storesKeywords) => {
      const given = { rules: { keywordMap: {} }, target: { storesKeywords } }
      const carried = carryKeywords(keywords, given)
      expect(carryKeywords(keywords.toReversed(), given)).toEqual(carried)
      expect(carryKeywords(carried.keywords, given)).toEqual({ keywords: carried.keywords, dropped: [] })
      const told = new Set(
        [...carried.keywords, ...carried.dropped.map((each) => each.keyword)].map((each) => each.toLowerCase()),
      )
      for (const each of keywords) if (each.toLowerCase() !== '$recent') expect(told.has(each.toLowerCase())).toBe(true)
    }),
  )
})
