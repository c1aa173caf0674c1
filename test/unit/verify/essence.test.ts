import { expect, test } from 'vitest'
import type { Essence } from '../../../src/core/ports/connector.ts'
import { compare } from '../../../src/core/verify/compare.ts'
import { fingerprint } from '../../../src/core/verify/fingerprint.ts'
import { recordedEssences } from '../../../src/core/verify/recorded-essences.ts'

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
  const [first, second] = await Promise.all([original, copy].map((text) => fingerprint({ content: Buffer.from(text), sizeBytes: text.length }, { essences: [essence] })))
  return compare(first!, second!)
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

/** A stream of so many megabytes, all of one sign. */
function streamOf(megabytes: number, sign: string): AsyncIterable<Uint8Array> {
  const chunk = Buffer.alloc(1024 * 1024, sign)
  return (async function* () {
    for (let sent = 0; sent < megabytes; sent++) yield chunk
  })()
}

const lastSigns: Essence = {
  altered: undefined,
  of: (content) => ({ item: `${content.byteLength} ${Buffer.from(content.subarray(-2)).toString('latin1')}`, state: '' }),
}

test.each([
  ['a stream', (): AsyncIterable<Uint8Array> => streamOf(70, 'x')],
  ['a stream that is in memory anyway', () => Object.assign(streamOf(70, 'x'), { whole: Buffer.alloc(70 * 1024 * 1024, 'x') })],
])('a large content is compared whole, too: %s', async (_, content) => {
  const sizeBytes = 70 * 1024 * 1024
  const { essences } = await fingerprint({ content: content(), sizeBytes }, { essences: [lastSigns] })
  expect([...(essences?.values() ?? [])]).toEqual([{ item: `${sizeBytes} xx`, state: '' }])
})

test('a content larger than anything that needs an essence has none', async () => {
  const print = await fingerprint({ content: streamOf(1, 'x'), sizeBytes: 161 * 1024 * 1024 }, { essences: [lastSigns] })
  expect(print.essences).toBeUndefined()
})

/** As `essenceWith`, and the rest is what the target makes where there is none. */
function givingEssence(altered: string): Essence {
  return {
    altered,
    of: (content) => {
      const [item = '', ...given] = Buffer.from(content).toString('latin1').split(' ')
      return { item, state: '', given }
    },
  }
}

test.each([
  ['A  now', 'A id now', 'altered'],
  ['A id now', 'A id now', 'equal'],
  ['A id ', 'A id then', 'altered'],
  ['A id now', 'A other now', 'different'],
  ['A id now', 'A  now', 'different'],
  ['A  ', 'B id now', 'different'],
])('a copy may have what its target makes where there is none, and nothing else for it: %s and %s', async (original, copy, type) => {
  expect((await compared(original, copy, givingEssence('made'))).type).toBe(type)
})

test('a copy is compared as what it was recorded to be, and as anything where nothing was recorded', () => {
  const [stream, mime, json] = ['rebuilt', 'rebuilt', 'rebuilt,lossy'].map(givingEssence)
  const all = [stream!, mime!, json!]
  expect(recordedEssences(all, 'rebuilt')).toEqual([stream, mime])
  expect(recordedEssences(all, 'keywords-lost:Work,rebuilt')).toEqual([stream, mime])
  expect(recordedEssences(all, 'rebuilt,lossy')).toEqual([json])
  expect(recordedEssences(all, 'header-lines-added,lossy')).toEqual([json])
  expect(recordedEssences(all, 'line-ends')).toEqual(all)
  expect(recordedEssences(all, undefined)).toEqual(all)
  expect(recordedEssences([], 'rebuilt')).toEqual([])
})
