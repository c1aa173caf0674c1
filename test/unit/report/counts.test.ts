import { describe, expect, test } from 'vitest'
import type { Tally } from '../../../src/core/ports/ledger.ts'
import { addSummaries, summarize } from '../../../src/core/report/counts.ts'

const tally: Tally = {
  source: 20,
  sourceBytes: 20_000,
  fates: { migrated: 10, alreadyThere: 4, skipped: 3, failed: 2, gone: 1, pending: 0 },
  pass: { migrated: 5, alreadyThere: 1, updated: 2, unchanged: 8, skipped: 1, failed: 2, gone: 1, pending: 0 },
}

describe('a summary', () => {
  test('has exactly the numbers that the command line promises, in order', () => {
    expect(JSON.stringify(summarize(tally))).toBe(
      '{"type":"summary","counts":{"source":20,"migrated":5,"alreadyThere":1,"updated":2,"unchanged":8,"skipped":1,"failed":2,' +
        '"gone":1},"fates":{"migrated":10,"alreadyThere":4,"skipped":3,"failed":2,"gone":1}}',
    )
  })

  test('tells what is pending only when something is', () => {
    const interrupted = {
      ...tally,
      fates: { ...tally.fates, migrated: 9, pending: 1 },
      pass: { ...tally.pass, migrated: 4, pending: 1 },
    }
    expect(summarize(interrupted)).toMatchObject({
      counts: { migrated: 4, pending: 1 },
      fates: { migrated: 9, pending: 1 },
    })
  })

  test.each([
    ['pass', { ...tally, pass: { ...tally.pass, unchanged: 9 } }],
    ['fates', { ...tally, fates: { ...tally.fates, gone: 0 } }],
    ['source', { ...tally, source: 21 }],
  ])('is refused when the sums do not balance (%s)', (_name, unbalanced) => {
    expect(() => summarize(unbalanced)).toThrow('do not add up')
  })
})

test('summaries of several mailboxes add up', () => {
  const one = summarize(tally)
  const other = summarize({
    ...tally,
    source: 21,
    fates: { ...tally.fates, pending: 1 },
    pass: { ...tally.pass, pending: 1 },
  })
  expect(addSummaries([one, other])).toMatchObject({
    counts: { source: 41, migrated: 10, pending: 1 },
    fates: { migrated: 20, pending: 1 },
  })
  expect(addSummaries([]).counts.source).toBe(0)
})

test('conflicts add up, and are named only where there are any', () => {
  const one = summarize({ ...tally, conflicts: 2 })
  expect(one.conflicts).toBe(2)
  expect(addSummaries([summarize(tally), one, one]).conflicts).toBe(4)
  expect(addSummaries([summarize(tally)])).not.toHaveProperty('conflicts')
})

test('what is beside the messages adds up too, and is named only where there is any', () => {
  const fates = { carried: 1, alreadyThere: 2, kept: 3, handwork: 4, failed: 5 }
  const one = summarize({ ...tally, extras: { fates, changed: 1 } })
  expect(one.extras).toEqual(fates)
  expect(addSummaries([summarize(tally), one, one]).extras).toEqual({ carried: 2, alreadyThere: 4, kept: 6, handwork: 8, failed: 10 })
  expect(addSummaries([summarize(tally)])).not.toHaveProperty('extras')
})
