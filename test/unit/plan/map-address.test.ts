import { expect, test } from 'vitest'
import { mapAddress } from '../../../src/core/plan/map-address.ts'

const map = { domains: { 'old.example': 'new.example', 'new.example': 'newest.example' }, addresses: { 'ann@old.example': 'anna.b@new.example' } }

test.each([
  ['ann@old.example', 'anna.b@new.example'],
  ['ANN@Old.Example', 'anna.b@new.example'],
  ['Bob@OLD.example', 'Bob@new.example'],
  ['bob@sub.old.example', 'bob@sub.old.example'],
  ['"a@b"@old.example', '"a@b"@new.example'],
  ['@old.example', '@old.example'],
  ['nobody', 'nobody'],
  ['toString', 'toString'],
  ['x@constructor', 'x@constructor'],
  ['', ''],
])('%s is %s now', (before, after) => {
  expect(mapAddress(map, before)).toBe(after)
})
