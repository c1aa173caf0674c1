import { setImmediate } from 'node:timers/promises'
import type { Delivery } from '../../core/model/item.ts'

/** Deliveries of one batch share the syncing of their directory. */
const batchItemsMax = 32
const batchBytesMax = 4 * 1024 * 1024

/**
 * Gathers the deliveries that are there without waiting, so that a producer that waits for results first gets them. A
 * streamed content comes alone, as it can be read only until the next delivery is asked for.
 */
export async function* batched(deliveries: AsyncIterable<Delivery>): AsyncGenerator<readonly Delivery[]> {
  const iterator = deliveries[Symbol.asyncIterator]()
  let batch: Delivery[] = []
  let batchBytes = 0
  const taken = () => {
    const whole = batch
    batch = []
    batchBytes = 0
    return whole
  }
  try {
    for (let next = iterator.next(); ; next = iterator.next()) {
      if (batch.length > 0 && !(await isSoon(next))) yield taken()
      const result = await next
      if (result.done === true) break
      const { item } = result.value
      const isStreamed = !(item.content instanceof Uint8Array)
      if (batch.length > 0 && (isStreamed || batchBytes + item.sizeBytes > batchBytesMax)) yield taken()
      batch.push(result.value)
      batchBytes += item.sizeBytes
      if (isStreamed || batch.length === batchItemsMax) yield taken()
    }
    if (batch.length > 0) yield taken()
  } finally {
    // Not waited for: a producer may itself wait for results that nobody will read any more.
    iterator.return?.()?.catch(() => undefined)
  }
}

/** Whether `next` settles within a turn of the event loop. */
async function isSoon(next: Promise<unknown>): Promise<boolean> {
  const soon = next.then(
    () => true,
    () => true,
  )
  return await Promise.race([soon, setImmediate(false)])
}
