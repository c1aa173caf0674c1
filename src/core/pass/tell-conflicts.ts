import type { Entry } from '../model/entry.ts'
import type { Engine } from './engine.ts'

/** A change at the source that is not carried, since the target's user was there before. */
export interface FoundConflict {
  readonly entry: Entry
  readonly reason: 'changed-at-target' | 'deleted-at-target'
}

/** Tells whoever watches of the conflicts of one source folder; what the ledger keeps of them is settled elsewhere. */
export async function tellConflicts({ ledger, observe }: Engine, folder: number, conflicts: readonly FoundConflict[]): Promise<void> {
  if (conflicts.length === 0) return
  const path = (await ledger.folders()).find(({ key }) => key === folder)?.sourcePath ?? []
  for (const { entry, reason } of conflicts) observe({ type: 'conflict', path, sourceId: entry.ref.id, reason })
}
