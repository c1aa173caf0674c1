import { expect, test } from 'vitest'
import type { ListedEntry } from '../../../src/store/listings.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { copied, folder, folderId, itemId, name, ref } from './world.ts'

test('a listing gives entries with the names of their folders, in pages and whole', async () => {
  const store = await openStore({ path: ':memory:' })
  const ledger = await store.mailbox(name)
  const inbox = (await ledger.saveFolder({ ...folder('INBOX'), targetId: folderId('t:INBOX') })).key
  const work = (await ledger.saveFolder({ ...folder('Work/2020'), targetId: folderId('t:Work') })).key
  const sync = (await ledger.saveFolder({ ...folder('Sync Issues'), skippedBy: 'default-exclusion' })).key
  const refs = Array.from({ length: 1_200 }, (_, index) => ref(`${index}`))
  await ledger.record(
    inbox,
    1,
    refs.map((each) => ({ ref: each, decision: { type: 'create' } })),
  )
  await ledger.record(work, 1, [{ ref: ref('w'), decision: { type: 'create' } }])
  await ledger.record(sync, 1, [{ ref: ref('s'), decision: { type: 'skip', rule: 'default-exclusion' } }])
  await ledger.settle(1, [
    copied(1, 'a', { altered: 'nul' }),
    { type: 'failed', key: 2, code: 'c', hint: 'h' },
    copied(3, 'b', { targetFolderId: folderId('t:Work') }),
    copied(1_201, 'w', { targetFolderId: folderId('t:Work') }),
  ])
  await ledger.settle(1, [{ type: 'updated', key: 3, targetVersion: '', didWrite: false, conflict: 'both' }])
  await ledger.recordGone(work, 1, [itemId('w')])

  const keys = async (...args: Parameters<typeof ledger.list>) =>
    (await ledger.list(...args)).map(({ entry }) => entry.key)
  expect(await keys('failed', 0, 9)).toEqual([2])
  expect(await keys('altered', 0, 9)).toEqual([1])
  expect(await keys('conflicts', 0, 9)).toEqual([3])
  expect(await keys('gone', 0, 9)).toEqual([1_201])
  expect(await keys('migrated', 1, 9)).toEqual([3])
  expect(await keys('pending', 1_190, 3)).toEqual([1_191, 1_192, 1_193])

  const all: ListedEntry[] = []
  for await (const listed of ledger.listAll('all')) all.push(listed)
  expect(all.map(({ entry }) => entry.key)).toEqual(Array.from({ length: 1_202 }, (_, index) => index + 1))
  expect(all[0]).toMatchObject({ sourcePath: ['INBOX'], targetPath: ['New', 'INBOX'], entry: { altered: 'nul' } })
  expect(all[2]).toMatchObject({ sourcePath: ['INBOX'], targetPath: ['New', 'Work/2020'] })
  expect(all[1_201]).toMatchObject({ sourcePath: ['Sync Issues'], entry: { reason: 'default-exclusion' } })
  expect(all[1_201]).not.toHaveProperty('targetPath')
  await store.close()
})
