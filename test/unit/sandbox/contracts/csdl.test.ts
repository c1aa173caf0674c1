import { describe, expect, it } from 'vitest'
import { answerDifferences, hasCsdl } from '../csdl.ts'

/** What is wrong with an answer, without the type's own name. */
const wrong = (answer: object, type: string) =>
  answerDifferences(answer, `microsoft.graph.${type}`).map((one) => one.replaceAll('microsoft.graph.', ''))

describe.runIf(hasCsdl)('an answer that is compared with the CSDL', () => {
  it('may be null where that is allowed, and no list is', () => {
    expect(wrong({ subject: null, toRecipients: [] }, 'message')).toEqual([])
    expect(wrong({ toRecipients: null, categories: ['a', null] }, 'message')).toEqual([
      'message.toRecipients is no list',
      'message.categories[1] is null',
    ])
    expect(wrong({ isDefault: null }, 'domain')).toEqual(['domain.isDefault is null'])
  })

  it('says which type it is where that is open, and no other than promised', () => {
    expect(wrong({ name: 'x' }, 'attachment')).toEqual(['attachment is of the abstract type attachment'])
    const file = { '@odata.type': '#microsoft.graph.fileAttachment', contentBytes: 'eA==' }
    expect(wrong(file, 'attachment')).toEqual([])
    expect(wrong(file, 'message')).toEqual(['message is fileAttachment, no message'])
    expect(wrong({ attachments: [file, {}] }, 'message')).toEqual([
      'message.attachments[1] is of the abstract type attachment',
    ])
  })

  it.each([
    ['message', 'receivedDateTime', '2026-11-21T09:00:00Z', '2026-11-21T09:00:00'],
    ['message', 'receivedDateTime', '2026-11-21T09:00:00.1234567Z', '2026-13-21T09:00:00Z'],
    ['mailFolder', 'totalItemCount', 3, 3.5],
    ['mailFolder', 'totalItemCount', 0, '0'],
    ['assignedLicense', 'skuId', '05e9a617-0261-4cee-bb44-138d3ef5d965', '05e9a617'],
    ['workingHours', 'startTime', '08:00:00.0000000', '8:00'],
    ['recurrenceRange', 'startDate', '2026-11-21', '2026-11-21T00:00:00Z'],
    ['message', 'importance', 'high', 'High'],
    ['fileAttachment', 'contentBytes', 'eA==', 'e A'],
  ] as const)('has %s.%s in its format', (type, property, good, bad) => {
    expect(wrong({ [property]: good }, type)).toEqual([])
    expect(wrong({ [property]: bad }, type)).toEqual([expect.stringContaining(`${type}.${property} is no `)])
  })
})
