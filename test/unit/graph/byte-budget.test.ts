import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteBudget } from '../../../src/connectors/graph/byte-budget.ts'
import { readItems } from '../../../src/connectors/graph/exchange/read-items.ts'
import type { MailboxClient } from '../../../src/connectors/graph/mailbox-client.ts'
import type { FolderId, ItemId } from '../../../src/core/model/ids.ts'
import type { ItemRef } from '../../../src/core/model/item.ts'

const { signal } = new AbortController()
const settled = () => new Promise((resolve) => setImmediate(resolve))

function ref(number: number, sizeBytes: number): ItemRef {
  return { id: String(number) as ItemId, folderId: 'folder' as FolderId, version: '', sizeBytes, receivedAt: { epochMs: 0, offsetMinutes: 0 }, keywords: [] }
}

describe('a budget of bytes', () => {
  it('is free once everything is given back, whatever fractions were taken of it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { maxLength: 20 }), async (sizes) => {
        const budget = new ByteBudget(() => 10_000)
        for (const release of await Promise.all(sizes.map((bytes) => budget.take(bytes, signal)))) release()
        let isTaken = false
        void budget.take(20_000, signal).then(() => (isTaken = true))
        await settled()
        expect(isTaken).toBe(true)
      }),
    )
  })

  it('lets an item above all of it be read after many small ones', async () => {
    const refs = Array.from({ length: 60 }, (_, number) => ref(number, 1_001 + number * 137))
    const large = ref(60, 35_000_000)
    // What is not answered for is gone.
    const answer = { status: 200, headers: {}, json: {}, body: Buffer.from('{"value":[]}') }
    const client = { signal, mailboxId: 'mailbox', call: async () => (await settled(), answer) } as unknown as MailboxClient
    async function* requests(): AsyncGenerator<readonly ItemRef[]> {
      for (const one of refs) yield [one]
      yield [large]
    }
    const gone: ItemRef[] = []
    const reading = (async () => {
      for await (const result of readItems(client, { budget: new ByteBudget(() => 1_000_000), portionBytesMax: () => 1_000_000 }, requests())) {
        if (result.type === 'gone') gone.push(result.ref)
      }
    })()
    for (let turns = 0; turns < 1_000 && gone.length <= refs.length; turns++) await settled()
    expect(gone).toHaveLength(61)
    expect(gone.at(-1)).toBe(large)
    await reading
  })
})
