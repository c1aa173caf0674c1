import { expect, test } from 'vitest'
import type { Essence } from '../../../src/core/ports/connector.ts'
import { compare } from '../../../src/core/verify/compare.ts'
import { fingerprint } from '../../../src/core/verify/fingerprint.ts'

/** The first letter is the item, the second what its reader did with it, the rest the server's own. */
function essenceWith(altered: string | undefined): Essence {
  return {
    altered,
    of: (content) => {
      const [item, state] = Buffer.from(content).toString('latin1')
      return item === undefined || state === undefined ? undefined : { item, state }
    },
  }
}

const compared = async (original: string, copy: string, essence: Essence) => {
  const [first, second] = await Promise.all([original, copy].map((text) => fingerprint(Buffer.from(text), { essence })))
  return compare(first!, second!, essence)
}

test.each([
  ['Ar1', 'Ar2', undefined, { type: 'equal' }],
  ['Ar1', 'Ar2', 'rebuilt', { type: 'altered', altered: 'rebuilt' }],
  ['Ar1', 'Au2', undefined, { type: 'altered', altered: 'state' }],
  ['Ar1', 'Au2', 'rebuilt', { type: 'altered', altered: 'rebuilt,state' }],
  ['Ar1', 'Br1', undefined, { type: 'different' }],
  ['A', 'Ar1', undefined, { type: 'different' }],
])('%s and %s by an essence', async (original, copy, altered, comparison) => {
  expect(await compared(original, copy, essenceWith(altered))).toEqual(comparison)
})

test('a content too large to be held whole has no essence', async () => {
  const print = await fingerprint(Buffer.alloc(64 * 1024 * 1024 + 1), { essence: essenceWith(undefined) })
  expect(print.essence).toBeUndefined()
})
