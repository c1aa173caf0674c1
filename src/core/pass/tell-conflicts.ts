import type { Entry } from '../model/entry.ts'
import type { Engine } from './engine.ts'

/** A change at the source that is not carried, since the target's user was there before. */
export interface FoundConflict {
  readonly entry: Entry
  readonly reason: 'changed-at-target' | 'deleted-at-target'
}

/** Tells whoever watches of conflicts; what the ledger keeps of them is settled elsewhere. */
export async function tellConflicts({ observe, places }: Pick<Engine, 'observe' | 'places'>, conflicts: readonly FoundConflict[]): Promise<void> {
  for (const { entry, reason } of conflicts) observe({ type: 'conflict', ...(await places.of(entry)), sourceId: entry.ref.id, reason })
}
