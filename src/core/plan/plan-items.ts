import type { Entry } from '../model/entry.ts'
import type { ItemId } from '../model/ids.ts'
import type { ItemRef } from '../model/item.ts'
import type { Rules } from '../model/rules.ts'
import type { Decision } from '../ports/ledger.ts'
import { skipRule } from './skip-rule.ts'

/**
 * Decides what becomes of each ref of one folder: one decision per ref, in the order given. Pure, so that a page
 * planned again after a crash gives the same; once its decisions are in the ledger, all of them are `keep`.
 *
 * What the target already holds is never skipped by a rule that came later: its later changes are still carried, unless
 * its whole folder is left out now. A `create` of a ref that is known means that the ledger takes the ref as it is now.
 */
export function planItems(
  refs: readonly ItemRef[],
  entries: ReadonlyMap<ItemId, Entry>,
  folder: { readonly skippedBy?: string | undefined },
  rules: Rules,
  facts: { readonly itemSizeBytesMax?: number | undefined },
): readonly Decision[] {
  const admission = { folderSkippedBy: folder.skippedBy, targetItemSizeBytesMax: facts.itemSizeBytesMax }
  return refs.map((ref) => {
    const entry = entries.get(ref.id)
    return { ref, decision: decide(ref, entry, skipRule(ref, rules, admission), folder.skippedBy, rules) }
  })
}

function decide(
  ref: ItemRef,
  entry: Entry | undefined,
  rule: string | undefined,
  folderRule: string | undefined,
  rules: Rules,
): Decision['decision'] {
  if (entry === undefined) return rule === undefined ? { type: 'create' } : { type: 'skip', rule }
  const isChanged = entry.ref.version !== ref.version
  switch (entry.fate) {
    case 'migrated':
    case 'alreadyThere':
      return isChanged && rules.policy !== 'add' && folderRule === undefined ? { type: 'update' } : { type: 'keep' }
    case 'skipped':
      if (rule === undefined) return { type: 'create' }
      return isChanged || rule !== entry.reason ? { type: 'skip', rule } : { type: 'keep' }
    case 'failed':
      if (rule !== undefined) return { type: 'skip', rule }
      return isChanged || rules.retriesFailed ? { type: 'create' } : { type: 'keep' }
    case 'gone':
      return rule === undefined ? { type: 'create' } : { type: 'skip', rule }
    default:
      if (rule !== undefined) return { type: 'skip', rule }
      return isChanged ? { type: 'create' } : { type: 'keep' }
  }
}
