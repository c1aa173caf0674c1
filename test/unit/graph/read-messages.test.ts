import { describe, expect, it } from 'vitest'
import { ByteBudget } from '../../../src/connectors/graph/byte-budget.ts'
import type { MailAccess } from '../../../src/connectors/graph/mail/mail-access.ts'
import { readMessages } from '../../../src/connectors/graph/mail/read-messages.ts'
import { MigrationError } from '../../../src/core/errors.ts'
import type { FolderId, ItemId } from '../../../src/core/model/ids.ts'
import type { ItemRef } from '../../../src/core/model/item.ts'

const { signal } = new AbortController()
const settled = () => new Promise((resolve) => setImmediate(resolve))

function ref(name: string, sizeBytes: number): ItemRef {
  return { id: name as ItemId, folderId: 'folder' as FolderId, version: '', sizeBytes, receivedAt: { epochMs: 0, offsetMinutes: 0 }, keywords: [] }
}

describe('reading messages', () => {
  it('gives back the room of a message that was let in when another one had failed', async () => {
    const lost = new MigrationError('transient', 'test.lost', { message: 'The connection was lost.', hint: 'Again.' })
    const call = async ({ path }: { path: string }) => {
      if (path.includes('lost')) throw lost
      return { status: 200, headers: {}, json: {}, body: Buffer.from('Subject: one\r\n\r\nHello') }
    }
    const access = { graph: { call }, userPath: '/users/anna', requestsAtOnce: 3, signal } as unknown as MailAccess
    // The first two fit beside each other, and the third once the first is given on.
    const room = new ByteBudget(() => 50_000)
    async function* requests(): AsyncGenerator<readonly ItemRef[]> {
      yield [ref('first', 10_000), ref('lost', 0), ref('third', 10_000)]
    }
    const results = readMessages(access, room, requests())
    expect((await results.next()).value).toMatchObject({ type: 'item' })
    await settled()
    await expect(results.next()).rejects.toBe(lost)
    await settled()
    let isTaken = false
    void room.take(1_000_000, signal).then(() => (isTaken = true))
    await settled()
    expect(isTaken).toBe(true)
  })
})
