import type { FolderId } from '../model/ids.ts'
import type { Item, ItemRef } from '../model/item.ts'
import type { Reader } from '../ports/connector.ts'
import type { Side } from '../ports/governor.ts'
import type { Engine } from '../pass/engine.ts'
import { withRetry } from '../pass/with-retry.ts'

/** What came of reading an item; one that is gone has nothing. */
export type Taken<T> = { readonly type: 'taken'; readonly value: T } | { readonly type: 'unreadable' }

/** Reads items of one side and gives what `take` makes of each. */
export async function readItems<T>(engine: Engine, side: Side, refs: readonly ItemRef[], take: (item: Item) => Promise<T>): Promise<ReadonlyMap<ItemRef, Taken<T>>> {
  const reader: Reader = engine[side]
  return withRetry(engine, side, async () => {
    const taken = new Map<ItemRef, Taken<T>>()
    for (const [, own] of byFolder(refs)) {
      for await (const result of reader.read(one(own))) {
        if (result.type === 'item') taken.set(result.item.ref, { type: 'taken', value: await take(result.item) })
        if (result.type === 'failed') taken.set(result.ref, { type: 'unreadable' })
      }
    }
    return taken
  })
}

function byFolder(refs: readonly ItemRef[]): ReadonlyMap<FolderId, readonly ItemRef[]> {
  return Map.groupBy(refs, (ref) => ref.folderId)
}

async function* one<T>(value: T): AsyncGenerator<T> {
  yield value
}
