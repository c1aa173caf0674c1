import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Step } from '../../../src/connectors/memory/faults.ts'
import { MigrationError } from '../../../src/core/errors.ts'
import type { Reader } from '../../../src/core/ports/connector.ts'
import { Life } from '../../simulation/trouble.ts'
import { idIn, MemoryPasses, messageOf } from '../pass/memory-passes.ts'

let passes: MemoryPasses

beforeEach(async () => {
  const storedBytes = (bytes: Uint8Array) => Buffer.from(Buffer.from(bytes).toString('latin1').replace('another', 'other'), 'latin1')
  passes = await MemoryPasses.open('mail', { storedBytes })
})
afterEach(() => passes.close())

const codes = () => passes.told().map((event) => ('code' in event ? event.code : undefined))
const notices = () => passes.events.flatMap((event) => (event.type === 'notice' ? [event.code] : []))

async function proofs(): Promise<readonly (string | undefined)[]> {
  return (await passes.ledger.settled(undefined, undefined, 0, 100)).map(({ proof }) => proof)
}

test('a folder that vanished at the target right after it was filled is missed', async () => {
  for (const subject of ['one', 'two']) passes.source.add(['Lists'], { bytes: messageOf(subject) })
  let written = 0
  passes.world.faults = (step: Step) => {
    if (step.name === 'write.stored') written++
    // The first look at the target after everything was written.
    if (step.name === 'discover' && step.side === 'target' && written === 2) passes.target.removeFolder(['Lists'])
  }
  const tally = await passes.run()
  expect(tally.fates).toMatchObject({ migrated: 0, failed: 2 })
  expect(codes()).toEqual(['verify.missing', 'verify.missing'])
})

test('by content, a folder that is gone at the target does not stop the rest', async () => {
  passes.source.add(['Lists'], { bytes: messageOf('lost') })
  passes.source.add(['INBOX'], { bytes: messageOf('kept') })
  await passes.run()
  passes.target.removeFolder(['Lists'])
  const tally = await passes.verify('content')
  expect([tally.fates, codes()]).toMatchObject([{ migrated: 1, failed: 1 }, ['verify.missing']])
  expect(new Set(await proofs())).toEqual(new Set(['answered', 're-read']))
})

test('a copy moved within the pass and lost then is missed', async () => {
  passes.source.add(['INBOX'], { bytes: messageOf('moved') })
  passes.source.add(['Lists'], { bytes: messageOf('there') })
  await passes.run()
  passes.source.move(idIn(passes.source, 'moved'), ['Lists'])
  let isMoved = false
  passes.world.faults = (step: Step) => {
    if (step.name === 'move.done') isMoved = true
    if (step.name !== 'discover' || step.side !== 'target' || !isMoved) return
    isMoved = false
    passes.target.remove(idIn(passes.target, 'moved'))
  }
  await passes.run()
  expect(codes()).toEqual(['verify.missing'])
})

test('what a pass wrote that was cut short before it verified is read back by the next one, once', async () => {
  for (const subject of ['one', 'another']) passes.source.add(['INBOX'], { bytes: messageOf(subject) })
  const life = new Life()
  passes.world.faults = (step: Step) => {
    if (step.name === 'inspect') life.die('inspect')
  }
  await expect(passes.run({}, 'content')).rejects.toThrow()
  passes.world.faults = () => undefined
  expect(await proofs()).toEqual(['answered', 'answered'])
  await passes.run({}, 'content')
  expect(codes()).toEqual(['verify.content-mismatch'])
  expect(new Set(await proofs())).toEqual(new Set(['re-read', 'answered']))
  passes.target.resetCounters()
  await passes.run({}, 'content')
  expect(passes.target.counters.bodiesOpened).toBe(0)
})

test('a copy that cannot be read at the target is failed as that', async () => {
  passes.source.add(['INBOX'], { bytes: messageOf('broken') })
  await passes.run()
  passes.world.faults = (step: Step) => {
    if (step.name === 'read.item' && step.side === 'target') throw new MigrationError('item', 'test.unreadable', { message: 'No.', hint: 'Look.' })
  }
  await passes.verify('content')
  expect(codes()).toEqual(['verify.unreadable'])
})

test('without its original, a copy in other bytes is failed only where it should be the same', async () => {
  for (const subject of ['another', 'plain']) passes.source.add(['INBOX'], { bytes: messageOf(subject) })
  await passes.run()
  for (const subject of ['another', 'plain']) passes.source.remove(idIn(passes.source, subject))
  await passes.verify('content')
  expect([codes(), notices()]).toEqual([['verify.no-original'], []])
  expect((await proofs()).toSorted()).toEqual(['answered', 're-read'])
})

test('of a target that makes everything anew nothing is said without the original', async () => {
  for (const subject of ['another', 'plain']) passes.source.add(['INBOX'], { bytes: messageOf(subject) })
  await passes.run()
  for (const subject of ['another', 'plain']) passes.source.remove(idIn(passes.source, subject))
  const essences = [{ altered: 'rebuilt', of: () => undefined }]
  const target = <T extends Reader>(side: T): T => Object.assign(side, { essences })
  await passes.verify('content', { target })
  expect([codes(), notices()]).toEqual([[], ['copies.not-compared']])
  expect((await proofs()).toSorted()).toEqual(['answered', 're-read'])
})
