import { expect, test } from 'vitest'
import type { FolderId, ItemId } from '../../../src/core/model/ids.ts'
import type { ItemRef } from '../../../src/core/model/item.ts'
import { KeptPrints } from '../../../src/core/pass/kept-prints.ts'
import type { Original } from '../../../src/core/pass/read-prints.ts'
import { fingerprint } from '../../../src/core/verify/fingerprint.ts'

const refOf = (name: string): ItemRef => ({ id: name as ItemId, folderId: 'f' as FolderId, version: '', sizeBytes: 1, receivedAt: { epochMs: 0, offsetMinutes: 0 }, keywords: [] })
const description = { identity: '', messageId: '', from: '', subject: '' }

test('whoever is asked for has a fingerprint then, also those that were dropped to make room', async () => {
  const prints = new KeptPrints(3)
  const read: string[] = []
  const ask = async (...names: string[]) => {
    const readThem = async (refs: readonly ItemRef[]): Promise<ReadonlyMap<ItemRef, Original>> => {
      read.push(refs.map(({ id }) => id).join(''))
      const originals = refs.map(async (ref) => [ref, { print: await fingerprint({ content: Buffer.from(ref.id), sizeBytes: 1 }), description }] as const)
      return new Map(await Promise.all(originals))
    }
    await prints.ensure(names.map(refOf), (print) => print !== undefined, readThem)
    return names.map((name) => prints.get(name as ItemId)?.sizeBytes)
  }
  expect(await ask('a', 'b')).toEqual([1, 1])
  expect(await ask('b', 'c')).toEqual([1, 1])
  expect(read).toEqual(['ab', 'c'])
  // One too many: what is wanted of the others is read again.
  expect(await ask('b', 'd')).toEqual([1, 1])
  expect(read).toEqual(['ab', 'c', 'bd'])
  expect(await ask('p', 'q', 'r', 's')).toEqual([1, 1, 1, 1])
})
