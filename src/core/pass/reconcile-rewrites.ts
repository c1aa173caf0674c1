import type { Entry, Settlement } from '../model/entry.ts'
import type { FolderId } from '../model/ids.ts'
import type { ItemRef } from '../model/item.ts'
import { compare } from '../verify/compare.ts'
import { byTargetFolder } from './apply-keywords.ts'
import type { Engine } from './engine.ts'
import { entryPages } from './entry-pages.ts'
import { readPrints } from './read-prints.ts'
import type { Settler } from './settler.ts'
import { type FoundConflict, tellConflicts } from './tell-conflicts.ts'
import { withRetry } from './with-retry.ts'

const pageItems = 200

/**
 * Before changed items are written anew in place of their copies: a copy that is not as the ledger knows it was either
 * written by a pass that was killed before the answer, which its content tells, or changed by the target's user, whose copy
 * stays and is listed as a conflict. Must run while nothing is being written into the folder.
 */
export async function reconcileRewrites(engine: Engine, settler: Settler, folder: number): Promise<void> {
  await settler.flush()
  for await (const page of entryPages(engine.context, (after) => engine.ledger.pending(folder, 'update', after, pageItems))) {
    for (const [into, entries] of byTargetFolder(page)) {
      const conflicts = await reconcilePage(engine, settler, into, entries)
      for (const { entry, reason } of conflicts) await settler.push(conflictOf(entry, reason))
      await tellConflicts(engine, conflicts)
    }
    await settler.flush()
  }
}

/** Settles what a killed pass has written; gives what the target's user changed or deleted. */
async function reconcilePage(engine: Engine, settler: Settler, into: FolderId, entries: readonly Entry[]): Promise<readonly FoundConflict[]> {
  const ids = entries.flatMap((entry) => entry.targetId ?? [])
  const present = await withRetry(engine, 'target', () => engine.target.inspect(into, ids))
  const conflicts: FoundConflict[] = []
  const touched: { readonly entry: Entry; readonly copy: ItemRef }[] = []
  for (const entry of entries) {
    const copy = entry.targetId === undefined ? undefined : present.get(entry.targetId)
    if (copy === undefined) conflicts.push({ entry, reason: 'deleted-at-target' })
    else if (copy.version !== entry.targetVersion) touched.push({ entry, copy })
  }
  const originals = await readPrints(engine, 'source', touched.map(({ entry }) => entry.ref), false)
  const copies = await readPrints(engine, 'target', touched.map(({ copy }) => copy), false)
  for (const { entry, copy } of touched) {
    const original = originals.get(entry.ref)
    const print = copies.get(copy)?.print
    const isOurs = original !== undefined && print !== undefined && compare(original.print, print).type === 'equal'
    if (!isOurs) {
      conflicts.push({ entry, reason: 'changed-at-target' })
      continue
    }
    await settler.push({
      type: 'copied',
      key: entry.key,
      fate: entry.fate === 'alreadyThere' ? 'alreadyThere' : 'migrated',
      targetFolderId: into,
      targetId: copy.id,
      targetVersion: copy.version,
      digest: original.print.digest,
      contentBytes: original.print.sizeBytes,
      proof: 'found',
      description: original.description,
    })
  }
  return conflicts
}

/** The copy stays as the target's user made it. */
export function conflictOf(entry: Entry, conflict: 'changed-at-target' | 'deleted-at-target'): Settlement {
  const { altered, key, targetVersion = '' } = entry
  return { type: 'updated', key, targetVersion, didWrite: false, conflict, ...(altered === undefined ? {} : { altered }) }
}
