import { describe, expect, it } from 'vitest'
import { ByteBudget } from '../../../src/connectors/graph/byte-budget.ts'
import { heldDeliveries, type HeldDelivery, type Holding } from '../../../src/connectors/graph/held-deliveries.ts'
import { MemoryShares } from '../../../src/connectors/graph/memory-shares.ts'
import { MigrationError } from '../../../src/core/errors.ts'
import type { FolderId } from '../../../src/core/model/ids.ts'
import type { Delivery } from '../../../src/core/model/item.ts'
import { delivery } from '../../conformance/reading.ts'

const settled = () => new Promise((resolve) => setImmediate(resolve))
const { signal } = new AbortController()

/** Deliveries that note when they are asked for and when their content is read; a content can be read only until the next is asked for. */
function noted(sizes: readonly number[]) {
  const events: string[] = []
  async function* all(): AsyncGenerator<Delivery> {
    for (const [number, sizeBytes] of sizes.entries()) {
      events.push(`ask ${number}`)
      yield delivery(Buffer.from(String(number)), sizeBytes, {}, 'inbox' as FolderId, number)
    }
  }
  const make = async ({ item }: Delivery): Promise<string> => {
    const name = Buffer.from(item.content as Uint8Array).toString()
    events.push(`make ${name}`)
    return name
  }
  return { events, all, make }
}

function holding(room: ByteBudget, make: Holding<string>['make'], parts: Partial<Holding<string>> = {}): Holding<string> {
  return { room, make, bytesOf: ({ item }) => item.sizeBytes, refuse: () => undefined, isWanted: () => true, signal, ...parts }
}

describe('held deliveries', () => {
  it('are asked for while there is room, and made when there is room for them, before the next is asked for', async () => {
    const { events, all, make } = noted([60, 30, 500, 10])
    const held = heldDeliveries(all(), holding(new ByteBudget(() => 100), make))
    const taken: HeldDelivery<string>[] = []
    const pull = async () => {
      const { value } = await held.next()
      if (value !== undefined) taken.push(value as HeldDelivery<string>)
    }
    await pull()
    await pull()
    const third = pull()
    await settled()
    // It is known how large it is, and it is not read yet.
    expect(events).toEqual(['ask 0', 'make 0', 'ask 1', 'make 1', 'ask 2'])
    for (const one of taken) one.release()
    await third
    expect(events.at(-1)).toBe('make 2')
    const fourth = pull()
    await settled()
    expect(events.at(-1)).toBe('make 2')
    taken.at(-1)?.release()
    await fourth
    expect(events.slice(-2)).toEqual(['ask 3', 'make 3'])
    expect(taken.map(({ take }) => take())).toEqual(['0', '1', '2', '3'])
  })

  it('are given out once', async () => {
    const { all, make } = noted([1])
    for await (const { take, release } of heldDeliveries(all(), holding(new ByteBudget(() => 100), make))) {
      expect(take()).toBe('0')
      expect(take).toThrow('it was taken before')
      release()
    }
  })

  it('are refused alone when nothing can be made of them', async () => {
    const { all } = noted([10, 10, 10])
    const refused: string[] = []
    const make = async ({ item }: Delivery): Promise<string> => {
      const name = Buffer.from(item.content as Uint8Array).toString()
      if (name === '1') throw new MigrationError('item', 'test.bad', { message: 'It is bad.', hint: 'Leave it.' })
      return name
    }
    const room = new ByteBudget(() => 15)
    const names: string[] = []
    for await (const { take, release } of heldDeliveries(all(), holding(room, make, { refuse: (result) => refused.push(result.type) }))) {
      names.push(take())
      release()
    }
    expect([names, refused]).toEqual([['0', '2'], ['refused']])
  })

  it('leave all of the room when nobody wants more', async () => {
    const { all, make } = noted([60, 30, 10])
    const room = new ByteBudget(() => 100)
    for await (const { take } of heldDeliveries(all(), holding(room, make))) if (take() === '1') break
    const release = await room.take(100, signal)
    release()
  })
})

describe('shares of memory', () => {
  it('are equal parts of the mailboxes that are open, and never more than is asked for', () => {
    const shares = new MemoryShares(1_000, 1_000)
    const first = shares.open()
    expect([first.bytesMax(400), first.bytesMax(4_000)]).toEqual([400, 1_000])
    const others = [shares.open(), shares.open(), shares.open()]
    expect(first.bytesMax(400)).toBe(250)
    for (const other of others) other.close()
    others[0]?.close()
    expect(first.bytesMax(4_000)).toBe(1_000)
  })

  it('narrow a budget that is in use', async () => {
    const shares = new MemoryShares(1_000, 1_000)
    const budget = shares.open().budget(800)
    const release = await budget.take(300, signal)
    shares.open()
    let isTaken = false
    const next = budget.take(300, signal).then((done) => ((isTaken = true), done))
    await settled()
    expect(isTaken).toBe(false)
    release()
    ;(await next)()
  })
})
