import type { ItemRef } from '../model/item.ts'
import type { Folder } from '../model/folder.ts'
import type { Place } from './recognise.ts'
import type { UnclaimedItem } from '../ports/ledger.ts'
import type { Engine } from './engine.ts'
import { withRetry } from './with-retry.ts'

/**
 * Lists what stands in a target folder without an entry of the ledger claiming it, with its identity, into the ledger's
 * scratch index: copies by another tool, copies by a pass that was killed before it settled them, the user's own mail.
 * Opens no body. Gives their number.
 */
export function indexUnclaimed(engine: Engine, { into, path, itemType }: Pick<Place, 'into' | 'path' | 'itemType'>): Promise<number> {
  const folder: Folder = { id: into, path, itemType, holdsItems: true }
  return withRetry(engine, 'target', async () => {
    let items = 0
    let isFirst = true
    for await (const page of engine.target.enumerate(folder)) {
      engine.context.signal.throwIfAborted()
      const unclaimed = new Set(await engine.ledger.unclaimed(into, page.refs.map((ref) => ref.id)))
      const indexed = await describe(engine, page.refs.filter((ref) => unclaimed.has(ref.id)))
      await engine.ledger.indexTarget(into, indexed, isFirst)
      isFirst = false
      items += indexed.length
    }
    return items
  })
}

async function describe(engine: Engine, refs: readonly ItemRef[]): Promise<readonly UnclaimedItem[]> {
  const indexed: UnclaimedItem[] = []
  if (refs.length === 0) return indexed
  for await (const { ref, description } of engine.target.describe(refs)) indexed.push({ ref, identity: description.identity })
  return indexed
}
