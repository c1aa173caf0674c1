import type { EntryId } from '../model/entry.ts'
import type { Rules, Verification } from '../model/rules.ts'
import type { Source, Target } from '../ports/connector.ts'
import type { Context } from '../ports/context.ts'
import type { Governor } from '../ports/governor.ts'
import type { Ledger } from '../ports/ledger.ts'
import type { Observe } from '../ports/observer.ts'
import type { CopyKeywords } from './copy-keywords.ts'
import type { ItemPlaces } from './item-places.ts'
import type { SessionGate } from './session-gate.ts'

/** Everything a pass works with; nothing is reached for. */
export interface PassOptions {
  readonly source: Source
  readonly target: Target
  readonly ledger: Ledger
  readonly rules: Rules
  readonly verification: Verification
  readonly governor: Governor
  readonly context: Context
  readonly observe: Observe
}

/** What the stages of one running pass share. */
export interface Engine extends PassOptions {
  readonly pass: number
  readonly sessions: SessionGate
  readonly copyKeywords: CopyKeywords
  readonly places: ItemPlaces
  /** Gone entries whose copy was given to another entry, by any folder of this pass. */
  readonly takenOrphans: Set<EntryId>
  /** Entries that the target took in this pass without naming their copy, and that were not found there yet. */
  readonly writtenUnnamed: Set<EntryId>
}
