import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toCategories, toChanges, toKeywords } from '../../../src/connectors/graph/mail/message-keywords.ts'

const verb = (value: string) => ({ singleValueExtendedProperties: [{ id: 'Integer 0x1081', value }] })

describe('keywords of a message', () => {
  test.each([
    [{}, []],
    [{ isRead: true, isDraft: true, flag: { flagStatus: 'flagged' } }, ['$draft', '$flagged', '$seen']],
    [{ flag: { flagStatus: 'complete' } }, []],
    [verb('102'), ['$answered']],
    [verb('103'), ['$answered']],
    [verb('104'), ['$Forwarded']],
    [{ categories: ['Work', 'Blue category', 'R&D', 'Größe'] }, ['Blue_category', 'Gr&APYA3w-e', 'R&D', 'Work']],
  ])('%j', (message, keywords) => {
    expect(toKeywords(message)).toEqual(keywords)
  })

  test('Graph spells the ids of properties in its own way', () => {
    expect(toKeywords({ singleValueExtendedProperties: [{ id: 'Integer 0x1081', value: '102' }] })).toEqual(['$answered'])
    expect(toKeywords({ singleValueExtendedProperties: [{ id: 'integer 0x01081', value: '102' }] })).toEqual(['$answered'])
  })

  test('any keyword comes back as it went', () => {
    const atom = fc.stringMatching(/^[!#$&'+,\-./0-9:;<=>?@A-Z[^_`a-z|}~]{1,20}$/)
    fc.assert(
      fc.property(atom, (keyword) => {
        const system = ['$seen', '$answered', '$flagged', '$draft', '$deleted', '$forwarded']
        if (system.includes(keyword.toLowerCase())) return
        expect(toKeywords({ categories: toCategories([keyword]) })).toEqual([keyword])
      }),
    )
  })

  test('whatever a category is called, its keyword is one that IMAP takes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (category) => {
        for (const keyword of toKeywords({ categories: [category] })) expect(keyword).toMatch(/^[!#$&'+,\-./0-9:;<=>?@A-Z[^_`a-z|}~]+$/)
      }),
    )
  })
})

test('what is kept in properties of its own is no category', () => {
  expect(toChanges(['$seen', '$Forwarded', 'Work'])).toMatchObject({
    isRead: true,
    flag: { flagStatus: 'notFlagged' },
    categories: ['Work'],
    singleValueExtendedProperties: [{ value: '104' }, { value: '262' }],
  })
})
