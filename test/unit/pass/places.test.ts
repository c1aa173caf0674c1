import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Step } from '../../../src/connectors/memory/faults.ts'
import { MigrationError } from '../../../src/core/errors.ts'
import { placeIn } from '../../../src/core/plan/item-place.ts'
import { idIn, MemoryPasses, messageOf } from './memory-passes.ts'

const from = ['Alt']
const to = ['Neu', 'Alt']
const rules = { folderMap: [{ from, to }] }
const place = { path: from, targetPath: to }

let passes: MemoryPasses

beforeEach(async () => {
  const storedBytes = (bytes: Uint8Array) => Buffer.from(Buffer.from(bytes).toString('latin1').replace('another', 'other'), 'latin1')
  passes = await MemoryPasses.open('mail', { storedBytes })
})
afterEach(() => passes.close())

const failAt = (text: string, kind: 'item' | 'transient') => (step: Step): void => {
  if (step.name !== 'write.store' || !Buffer.from(step.bytes ?? []).includes(text)) return
  throw new MigrationError(kind, `test.${kind}`, { message: 'No.', hint: 'Look at it.' })
}

test('what fails is told with its folder at the source, and the one at the target beside it', async () => {
  for (const subject of ['plain', 'refused']) passes.source.add(from, { bytes: messageOf(subject) })
  const refused = idIn(passes.source, 'refused')
  passes.world.faults = failAt('refused', 'item')
  await passes.run(rules)
  expect(passes.told()).toMatchObject([{ type: 'itemFailed', ...place, sourceId: refused, code: 'test.item' }])
})

test('so is what breaks every connection', async () => {
  passes.source.add(from, { bytes: messageOf('breaks') })
  passes.world.faults = failAt('breaks', 'transient')
  await passes.run(rules)
  expect(passes.told()).toMatchObject([{ type: 'itemFailed', ...place, code: 'item.breaks-connection' }])
}, 60_000)

test('so is what verification misses or finds different, and what is in conflict', async () => {
  for (const subject of ['lost', 'another']) passes.source.add(from, { bytes: messageOf(subject) })
  const [lost, another] = [idIn(passes.source, 'lost'), idIn(passes.source, 'another')]
  await passes.run(rules)
  passes.target.remove(idIn(passes.target, 'lost'))
  passes.source.setKeywords(lost, ['$flagged'])
  await passes.run(rules)
  expect(passes.told()).toEqual([{ type: 'conflict', ...place, sourceId: lost, reason: 'deleted-at-target' }])
  await passes.verify('content')
  expect(passes.told()).toMatchObject([
    { type: 'itemFailed', ...place, sourceId: lost, code: 'verify.missing' },
    { type: 'itemFailed', ...place, sourceId: another, code: 'verify.content-mismatch' },
  ])
})

test('a folder that is called the same on both sides is told once', async () => {
  passes.source.add(from, { bytes: messageOf('refused') })
  passes.world.faults = failAt('refused', 'item')
  await passes.run()
  const [event] = passes.told()
  expect(event).toMatchObject({ path: from })
  expect(event).not.toHaveProperty('targetPath')
})

test('a copy that stays in another folder than the one planned is told where it is', () => {
  const folder = (key: number, sourcePath: readonly string[], targetPath: readonly string[]) =>
    ({ key, sourceId: `s${key}` as never, sourcePath, targetPath, targetId: `t${key}` as never, isPresent: true })
  const folders = [folder(1, ['A'], ['A']), folder(2, ['B'], ['B'])]
  expect(placeIn(folders, 1, 't2' as never)).toEqual({ path: ['A'], targetPath: ['B'] })
  expect(placeIn(folders, 1, 't1' as never)).toEqual({ path: ['A'] })
  expect(placeIn(folders, 1, undefined)).toEqual({ path: ['A'] })
  expect(placeIn([{ ...folders[0]!, skippedBy: 'rule' }], 1, undefined)).toEqual({ path: ['A'] })
})
