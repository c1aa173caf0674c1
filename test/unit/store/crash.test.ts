import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openStore } from '../../../src/store/open-store.ts'
import { lastNumber, runFillStore } from './child.ts'
import { name } from './world.ts'

let home: string
let path: string

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'store-'))
  path = join(home, 'mailvan.sqlite')
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

test('nothing that was acknowledged is lost when the process is killed, and its lock goes with it', async () => {
  let before = 0
  for (const linesMax of [1, 4, 9, 16, 25]) {
    const lines = await runFillStore([path, '20'], { enough: (_, count) => count >= linesMax })
    const recorded = lastNumber(lines, 'recorded')
    const settled = lastNumber(lines, 'settled')
    expect(recorded).toBeGreaterThan(before)

    const store = await openStore({ path })
    const ledger = await store.mailbox(name)
    const lock = await store.lock(ledger)
    const tally = await ledger.tally(1)
    expect(tally.source).toBeGreaterThanOrEqual(recorded)
    // Whole batches: what was not acknowledged is there completely or not at all.
    expect([tally.source % 20, tally.fates.migrated % 20]).toEqual([0, 0])
    expect(tally.fates.migrated).toBeGreaterThanOrEqual(Math.max(before, settled))
    expect(tally.fates.migrated + tally.fates.pending).toBe(tally.source)
    before = tally.fates.migrated
    lock.release()
    await store.close()
  }
})

test('a file that may not grow any further is one clear error, and what was acknowledged stays', async () => {
  const lines = await runFillStore([path, '50'], { fileBlocksMax: 400 })
  expect(JSON.parse(lines.at(-1)?.replace('error ', '') ?? '')).toMatchObject({ kind: 'config', code: 'store.io' })
  const store = await openStore({ path })
  const { fates } = await (await store.mailbox(name)).tally(1)
  expect(fates.migrated).toBeGreaterThanOrEqual(lastNumber(lines, 'settled'))
  expect(fates.migrated).toBeGreaterThan(0)
  await store.close()
})

test('two processes: the second is kept off a mailbox at once, and may read', async () => {
  const store = await openStore({ path })
  const ledger = await store.mailbox(name)
  const lock = await store.lock(ledger)
  const refused = await runFillStore([path])
  expect(refused).toHaveLength(1)
  expect(JSON.parse(refused[0]?.replace('error ', '') ?? '')).toMatchObject({
    kind: 'config',
    code: 'store.mailbox-busy',
    message: `Another run is working on the mailbox ${name.sourceUrl} to ${name.targetUrl}.`,
    hint: expect.stringContaining('Wait until it has finished') as string,
  })
  await expect(store.lock(ledger)).rejects.toMatchObject({ code: 'store.mailbox-busy' })
  lock.release()
  lock.release()

  const lines = await runFillStore([path, '20'], { enough: (line) => line === 'settled 200' })
  expect((await ledger.tally(1)).source).toBeGreaterThanOrEqual(lastNumber(lines, 'settled'))
  await store.close()
})
