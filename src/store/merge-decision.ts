import type { Fate, Task } from '../core/model/entry.ts'
import type { Decision } from '../core/ports/ledger.ts'

/** What the ledger knows of an item, as far as it decides what becomes of it. */
export interface Known {
  readonly fate: Fate | null
  readonly task: Task | null
  readonly version: string
  readonly reason: string | null
  /** Claims a copy at the target. */
  readonly hasCopy: boolean
  /** What a failed item was before. */
  readonly priorFate: Fate | null
  readonly priorTask: Task | null
}

/** Where an item stands. Without a fate it claims no copy. */
export interface Standing {
  readonly fate: Fate | null
  readonly task: Task | null
  readonly reason: string | null
}

const pending: Standing = { fate: null, task: 'create', reason: null }

/**
 * What a planned decision makes of an item that is known; undefined when it only was seen. Otherwise the item takes the
 * ref as it is now. Pure.
 */
export function mergeDecision(known: Known, decision: Decision['decision'], version: string): Standing | undefined {
  const isChanged = version !== known.version
  switch (known.fate) {
    case 'gone':
      return restored(known, decision, isChanged)
    case 'migrated':
    case 'alreadyThere':
      if (decision.type !== 'update' || !isChanged) return undefined
      return { fate: known.fate, task: known.task === 'redate' ? 'redate' : 'update', reason: known.reason }
    case 'skipped':
    case 'failed':
      if (decision.type === 'skip') return skippedUnlessCopied(known, decision.rule, isChanged)
      return decision.type === 'keep' ? undefined : reopened(known)
    case null:
      if (decision.type === 'skip') return skippedUnlessCopied(known, decision.rule, isChanged)
      if (decision.type === 'keep' || !isChanged) return undefined
      return { fate: null, task: known.task, reason: known.reason }
  }
}

/** What an item becomes when it is tried again: as it was before a task on its copy failed, or as if new. Pure. */
export function reopened(known: Known): Standing {
  const hadCopy = known.hasCopy && known.priorTask !== null && known.priorTask !== 'create'
  return hadCopy ? { fate: known.priorFate, task: known.priorTask, reason: null } : pending
}

/** A server can bring back what was gone (a restored backup); its copy then still is its copy. */
function restored(known: Known, decision: Decision['decision'], isChanged: boolean): Standing {
  if (known.hasCopy) {
    const task = known.task === 'clear' ? 'clear' : null
    return { fate: 'migrated', task: isChanged ? 'update' : task, reason: null }
  }
  return decision.type === 'skip' ? { fate: 'skipped', task: null, reason: decision.rule } : pending
}

function skippedUnlessCopied(known: Known, rule: string, isChanged: boolean): Standing | undefined {
  if (known.hasCopy) return undefined
  if (known.fate === 'skipped' && known.reason === rule && !isChanged) return undefined
  return { fate: 'skipped', task: null, reason: rule }
}
