import type { Engine } from './engine.ts'
import { entryPages } from './entry-pages.ts'
import type { Place } from './recognise.ts'
import type { Settler } from './settler.ts'
import { tellFailure } from './tell-failure.ts'

const pageItems = 500

/**
 * Fails what the target took without naming the copy and what is not to be recognised among its items: the target made
 * something else of it, and writing it again would only add another one. Call it after `recognise`.
 */
export async function failUnfound(
  engine: Engine,
  settler: Settler,
  place: Place,
  task: 'create' | 'redate',
): Promise<void> {
  const { ledger, writtenUnnamed } = engine
  if (writtenUnnamed.size === 0) return
  for await (const page of entryPages(engine.context, (after) => ledger.pending(place.key, task, after, pageItems))) {
    for (const entry of page) {
      if (!writtenUnnamed.delete(entry.key)) continue
      const code = 'item.not-recognised'
      const hint = 'The target keeps something else than it was sent; look at the newest items of the folder there.'
      const message = 'The target took this item, and no copy of it is to be found there.'
      await tellFailure(engine, entry, { code, message, hint })
      await settler.push({ type: 'failed', key: entry.key, code, hint })
    }
  }
  await settler.flush()
}
