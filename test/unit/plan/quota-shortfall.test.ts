import { expect, test } from 'vitest'
import { quotaShortfall } from '../../../src/core/plan/quota-shortfall.ts'

const quota = { storageBytes: { used: 700, limit: 1_000 }, messages: { used: 9, limit: 10 } }

test.each([
  ['what fits to the last byte', quota, { items: 1, bytes: 300 }, undefined],
  ['one byte too many', quota, { items: 1, bytes: 301 }, { storageBytes: 1 }],
  ['one message too many', quota, { items: 2, bytes: 10 }, { messages: 1 }],
  ['both', quota, { items: 4, bytes: 1_300 }, { storageBytes: 1_000, messages: 3 }],
  ['no limit', {}, { items: 1_000, bytes: 1e12 }, undefined],
  ['a mailbox that is over its quota, and nothing to be added', { storageBytes: { used: 20, limit: 10 } }, { items: 0, bytes: 0 }, undefined],
  ['a mailbox that is over its quota', { storageBytes: { used: 20, limit: 10 } }, { items: 1, bytes: 5 }, { storageBytes: 15 }],
])('%s', (_name, standing, added, shortfall) => {
  expect(quotaShortfall(standing, added)).toEqual(shortfall)
})
