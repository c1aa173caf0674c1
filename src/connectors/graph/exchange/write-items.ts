import { Channel } from '../../../core/flow/channel.ts'
import { forEachLimited } from '../../../core/flow/for-each-limited.ts'
import type { Delivery, WriteResult } from '../../../core/model/item.ts'
import { importItem, type ImportParts } from './import-item.ts'

/** Imports under way at once (exchange.md 4.1); the pace of the mailbox narrows it. */
const importsAtOnce = 4

/**
 * Imports a stream of items, some at once. When the outcome of one is not known nothing more is begun, those under way are
 * waited for and answered, and then it is thrown.
 */
export async function* writeItems(parts: ImportParts, deliveries: AsyncIterable<Delivery>): AsyncGenerator<WriteResult> {
  const results = new Channel<WriteResult>(importsAtOnce)
  const limits = { concurrencyMax: importsAtOnce, signal: parts.client.signal }
  const work = async (delivery: Delivery): Promise<void> => {
    const result = await importItem(parts, delivery)
    if (!results.isClosed) void results.push(result)
  }
  void forEachLimited(untilLeft(deliveries, results), limits, work).then(
    () => results.end(),
    (error: unknown) => results.fail(error),
  )
  yield* results
}

/** Takes nothing more once nobody waits for results. */
async function* untilLeft(deliveries: AsyncIterable<Delivery>, results: Channel<WriteResult>): AsyncGenerator<Delivery> {
  for await (const delivery of deliveries) {
    if (results.isClosed) return
    yield delivery
  }
}
