import { MigrationError } from '../../core/errors.ts'
import type { ItemId } from '../../core/model/ids.ts'
import type { Delivery, WriteResult } from '../../core/model/item.ts'
import type { WriteOutcome } from './storage.ts'

/**
 * The outcome of deliveries that were stored side by side: an `item` error refuses its own, any other breaks the
 * stream.
 */
export function toOutcome<T>(
  deliveries: readonly Delivery[],
  settled: readonly PromiseSettledResult<T>[],
  toId: (stored: T) => ItemId,
): WriteOutcome {
  const results: WriteResult[] = []
  let failure: WriteOutcome['failure']
  for (const [index, one] of settled.entries()) {
    const { ref } = deliveries[index]!.item
    if (one.status === 'fulfilled') results.push({ type: 'written', ref, targetId: toId(one.value) })
    else if (one.reason instanceof MigrationError && one.reason.kind === 'item') {
      results.push({ type: 'refused', refs: [ref], error: one.reason })
    } else failure ??= { error: one.reason }
  }
  return { results, ...(failure !== undefined && { failure }) }
}
