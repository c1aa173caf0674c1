import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Crash, MemoryWorld, type MemoryOptions, type Step } from '../../../src/connectors/memory/index.ts'
import { toStoredBytes } from '../../../src/connectors/memory/stored-bytes.ts'
import { MigrationError } from '../../../src/core/errors.ts'
import type { Delivery, ItemRef, WriteResult } from '../../../src/core/model/item.ts'
import type { Target } from '../../../src/core/ports/connector.ts'
import { storedDigest } from '../../conformance/reading.ts'
import { testContext } from './context.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1')

function setUp(options: Partial<MemoryOptions> = {}) {
  const world = new MemoryWorld()
  const source = world.addMailbox('a')
  const target = world.addMailbox('b', options)
  for (let number = 0; number < 6; number++) source.add(['INBOX'], { bytes: bytes(`Subject: ${number}\r\n\r\nbody`) })
  return { world, source, target }
}

async function deliveries(world: MemoryWorld, into: Target, group: (index: number) => number): Promise<Delivery[]> {
  const source = await world.openSource({ mailbox: 'a' }, testContext())
  const [inbox] = await source.discover()
  const folder = await into.ensureFolder(['INBOX'], {})
  const list: Delivery[] = []
  const refs: ItemRef[] = []
  for await (const page of source.enumerate(inbox!)) refs.push(...page.refs)
  for await (const result of source.read(once(refs))) {
    if (result.type !== 'item') throw new Error('an item is missing')
    const { ref } = result.item
    list.push({
      item: result.item,
      into: folder.id,
      receivedAt: ref.receivedAt,
      keywords: [],
      group: group(list.length),
    })
  }
  return list
}

async function* once<T>(item: T): AsyncGenerator<T> {
  yield item
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}

async function write(into: Target, list: readonly Delivery[]): Promise<{ results: WriteResult[]; error: unknown }> {
  const results: WriteResult[] = []
  try {
    for await (const result of into.write(each(list))) results.push(result)
  } catch (error) {
    return { results, error }
  }
  return { results, error: undefined }
}

const breaks = (): MigrationError => new MigrationError('transient', 'test.reset', { message: 'reset', hint: 'again' })
const refuses = (): MigrationError => new MigrationError('item', 'test.refused', { message: 'no', hint: 'look' })

describe('memory connector', () => {
  test('a group is stored whole or not at all, and one bad item refuses exactly its group', async () => {
    const { world, target } = setUp({ writeUnit: 'group' })
    const into = await world.openTarget({ mailbox: 'b' }, testContext())
    const list = await deliveries(world, into, (index) => Math.floor(index / 2))
    world.faults = (step) => {
      if (step.name === 'write.store' && step.ref === list[3]?.item.ref) throw refuses()
    }
    const { results } = await write(into, list)
    expect(results.map((result) => (result.type === 'refused' ? result.refs.length : 1))).toEqual([1, 1, 2, 1, 1])
    expect(results[2]).toMatchObject({ type: 'refused', refs: [list[2]?.item.ref, list[3]?.item.ref] })
    expect(target.contents()).toHaveLength(4)
  })

  test('a poisoned item breaks the session; what was stored and not answered stays', async () => {
    const { world, target } = setUp({ readAheadItemsMax: 0 })
    const into = await world.openTarget({ mailbox: 'b' }, testContext())
    const list = await deliveries(world, into, (index) => index)
    world.faults = (step) => {
      if (step.name === 'write.stored' && step.ref === list[2]?.item.ref) throw breaks()
    }
    const { results, error } = await write(into, list)
    expect(error).toMatchObject({ code: 'test.reset' })
    expect(results).toHaveLength(2)
    expect(target.contents()).toHaveLength(3)
  })

  test('a crash passes through as it is', async () => {
    const { world } = setUp()
    const into = await world.openTarget({ mailbox: 'b' }, testContext())
    const list = await deliveries(world, into, (index) => index)
    world.faults = (step) => {
      if (step.name === 'write.store') throw new Crash(step.name)
    }
    expect((await write(into, list)).error).toBeInstanceOf(Crash)
  })

  test('every step is announced with its mailbox and side', async () => {
    const { world } = setUp()
    const steps: Step[] = []
    world.faults = (step) => void steps.push(step)
    const into = await world.openTarget({ mailbox: 'b' }, testContext())
    await write(into, await deliveries(world, into, (index) => index))
    const names = new Set(steps.map((step) => `${step.mailbox} ${step.side} ${step.name}`))
    for (const name of ['open', 'discover', 'enumerate.page', 'read.request', 'read.item'])
      expect(names).toContain(`a source ${name}`)
    for (const name of ['open', 'ensureFolder', 'ensureFolder.done', 'write.accept', 'write.store', 'write.stored']) {
      expect(names).toContain(`b target ${name}`)
    }
  })

  test('a server without the capabilities does not offer them', async () => {
    const { world } = setUp({ canMove: false, canRemove: false, canUpdateKeywords: false, tellsTargetIds: false })
    const into = await world.openTarget({ mailbox: 'b' }, testContext())
    expect([into.move, into.remove, into.updateKeywords]).toEqual([undefined, undefined, undefined])
    const { results } = await write(into, await deliveries(world, into, (index) => index))
    expect(results.every((result) => result.type === 'written' && result.targetId === undefined)).toBe(true)
  })

  test('stores what Dovecot stores of odd bytes', () => {
    const stored = (sent: string): string => Buffer.from(toStoredBytes(bytes(sent))).toString('latin1')
    expect(stored('a\nb\r\nc\r\r\nd\re\0f\r')).toBe('a\r\nb\r\nc\r\nd\re\x80f')
    expect(stored('x\r\r\r\r\ny\r\r')).toBe('x\r\r\r\ny\r')
    const same = bytes('a\r\nb\rc')
    expect(toStoredBytes(same)).toBe(same)
  })

  test('what such a server makes of a message, once or again and again, has the canonical form of what was sent', () => {
    const pieces = fc.array(fc.constantFrom('\r', '\n', '\0', 'a', '\r\n', '\x80'), { maxLength: 20 })
    fc.assert(
      fc.property(pieces, (parts) => {
        const sent = bytes(parts.join(''))
        const once = toStoredBytes(sent)
        expect(storedDigest(once, false)).toBe(storedDigest(sent, false))
        expect(storedDigest(toStoredBytes(once), false)).toBe(storedDigest(sent, false))
      }),
      { numRuns: 500 },
    )
  })

  test('renumbering, forgetting and moving are seen by whoever holds a cursor', async () => {
    const { world, source } = setUp()
    const reader = await world.openSource({ mailbox: 'a' }, testContext())
    const inbox = async () => (await reader.discover())[0]!
    const scan = async (after: Awaited<ReturnType<typeof inbox>>['status']) => {
      const pages = []
      for await (const page of reader.enumerate(await inbox(), after?.cursor)) pages.push(page)
      return {
        scope: pages[0]?.scope,
        refs: pages.flatMap((page) => page.refs).length,
        gone: pages.flatMap((page) => page.gone).length,
      }
    }
    let { status } = await inbox()
    expect(await scan(status)).toEqual({ scope: 'changes', refs: 0, gone: 0 })
    source.move(source.contents()[0]!.id, ['Other'])
    source.setKeywords(source.contents()[0]!.id, ['$seen'])
    expect(await scan(status)).toEqual({ scope: 'changes', refs: 1, gone: 1 })
    ;({ status } = await inbox())
    source.forgetHistory()
    expect(await scan(status)).toEqual({ scope: 'all', refs: 5, gone: 0 })
    ;({ status } = await inbox())
    source.renumber()
    expect(await scan(status)).toEqual({ scope: 'all', refs: 5, gone: 0 })
  })
})
