import type { EntryId } from '../model/entry.ts'
import type { ItemId } from '../model/ids.ts'
import { byTargetFolder } from './apply-keywords.ts'
import type { Engine } from './engine.ts'
import { entryPages } from './entry-pages.ts'
import type { Settler } from './settler.ts'
import { tellConflicts } from './tell-conflicts.ts'
import { withRetry } from './with-retry.ts'

const pageItems = 500

/**
 * Removes copies from the target: with `clear` those that a redated copy superseded, with `remove` (mirror) those whose
 * item is gone at the source. A copy whose keywords its user changed since is kept, as a conflict.
 */
export async function applyRemovals(
  engine: Engine,
  settler: Settler,
  folder: number,
  task: 'clear' | 'remove',
): Promise<void> {
  const { target } = engine
  for await (const page of entryPages(engine.context, (after) => engine.ledger.pending(folder, task, after, pageItems))) {
    for (const [into, entries] of byTargetFolder(page)) {
      const idOf = new Map<EntryId, ItemId>()
      for (const entry of entries) {
        const id = task === 'clear' ? entry.supersededId : entry.targetId
        if (id !== undefined) idOf.set(entry.key, id)
      }
      const present = await withRetry(engine, 'target', () => target.inspect(into, [...idOf.values()]))
      const conflicts = new Set<EntryId>()
      for (const entry of entries) {
        const copy = present.get(idOf.get(entry.key) as ItemId)
        const isTouched = task === 'remove' && copy !== undefined && copy.version !== (entry.targetVersion ?? '')
        if (isTouched) conflicts.add(entry.key)
      }
      const ids = entries.flatMap((entry) => (conflicts.has(entry.key) ? [] : (idOf.get(entry.key) ?? [])))
      const removable = ids.filter((id) => present.has(id))
      if (removable.length > 0) await withRetry(engine, 'target', async () => target.remove?.(into, removable))
      for (const { key } of entries) {
        await settler.push({ type: 'removed', key, ...(conflicts.has(key) ? { conflict: 'changed-at-target' } : {}) })
      }
      const touched = entries.filter((entry) => conflicts.has(entry.key))
      await tellConflicts(engine, touched.map((entry) => ({ entry, reason: 'changed-at-target' })))
    }
    await settler.flush()
  }
}
