import type { ItemRef } from '../model/item.ts'
import type { Rules } from '../model/rules.ts'

/** What an item's folder and its target say about admitting it. */
export interface AdmissionFacts {
  /** The rule by which the whole folder is left out. */
  readonly folderSkippedBy?: string | undefined
  /** What the target takes at most (`Capabilities.itemSizeBytesMax`). */
  readonly targetItemSizeBytesMax?: number | undefined
}

/**
 * The name of the first rule that keeps `ref` out, or undefined when it is admitted: the folder's rule,
 * `received-before`, `received-after`, `too-large` (the operator's limit) or `too-large-for-target`. Pure.
 */
export function skipRule(ref: ItemRef, rules: Rules, facts: AdmissionFacts): string | undefined {
  if (facts.folderSkippedBy !== undefined) return facts.folderSkippedBy
  const receivedMs = ref.receivedAt.epochMs
  if (rules.receivedFromMs !== undefined && receivedMs < rules.receivedFromMs) return 'received-before'
  if (rules.receivedUntilMs !== undefined && receivedMs >= rules.receivedUntilMs) return 'received-after'
  if (rules.itemSizeBytesMax !== undefined && ref.sizeBytes > rules.itemSizeBytesMax) return 'too-large'
  if (facts.targetItemSizeBytesMax !== undefined && ref.sizeBytes > facts.targetItemSizeBytesMax) {
    return 'too-large-for-target'
  }
  return undefined
}
