import type { ExtraRecord } from '../model/extra.ts'
import type { Policy } from '../model/rules.ts'

/** Why the target's own was left as it is. */
export type KeptReason = 'changed-at-target' | 'deleted-at-target' | 'other-at-target'

/** What is known of a copy, as digests: what it was to be, and what the target made of it. */
export interface ExtraCopy {
  readonly carried: string
  readonly kept: string
}

/** What to do about an extra. */
export type ExtraDecision =
  | { readonly type: 'write' }
  /** What the target has is the copy from now on. */
  | { readonly type: 'adopt'; readonly fate: 'carried' | 'alreadyThere' }
  /** Nothing has to be done; `copy` is what is known of what was carried. */
  | { readonly type: 'stand'; readonly copy: ExtraCopy }
  /** The target's own stays. */
  | { readonly type: 'keep'; readonly reason: KeptReason; readonly copy?: ExtraCopy }

/** An extra as it stands at the target, as a digest. */
export interface FoundDigest {
  readonly digest: string
  /** Every mailbox has one, and nobody need have chosen this. */
  readonly isGiven: boolean
}

/**
 * Three-way, as with items: what the source changed since is carried where the target still has what was carried last; what
 * the target's user changed or deleted stays. With `add` nothing that is there is changed. What is written `inSteps` and was
 * cut short is finished: between two steps it is neither as it was nor as it was to be. Pure.
 */
export function planExtra(
  record: Pick<ExtraRecord, 'carried' | 'kept' | 'intended'> | undefined,
  wanted: string,
  found: FoundDigest | undefined,
  policy: Policy,
  inSteps = false,
): ExtraDecision {
  if (inSteps && record?.intended !== undefined && found !== undefined && found.digest !== wanted) return { type: 'write' }
  const copy = copyOf(record ?? {}, found)
  return copy === undefined ? planFirst(wanted, found, policy) : planLater(copy, wanted, found, policy)
}

/**
 * After a pass that was cut short between a write and its record: what was not there before is its own writing. Whatever else
 * it is than what was to be written may be the user's by now.
 */
function copyOf({ carried, kept, intended }: Parameters<typeof planExtra>[0] & object, found: FoundDigest | undefined): ExtraCopy | undefined {
  if (intended !== undefined && kept !== found?.digest) return { carried: intended, kept: intended }
  return carried === undefined || kept === undefined ? undefined : { carried, kept }
}

function planFirst(wanted: string, found: FoundDigest | undefined, policy: Policy): ExtraDecision {
  if (found === undefined) return { type: 'write' }
  if (found.digest === wanted) return { type: 'adopt', fate: 'alreadyThere' }
  return found.isGiven && policy !== 'add' ? { type: 'write' } : { type: 'keep', reason: 'other-at-target' }
}

function planLater(copy: ExtraCopy, wanted: string, found: FoundDigest | undefined, policy: Policy): ExtraDecision {
  if (found === undefined) return { type: 'keep', reason: 'deleted-at-target', copy }
  if (wanted === copy.carried) return { type: 'stand', copy }
  if (found.digest === wanted) return { type: 'adopt', fate: 'carried' }
  if (found.digest !== copy.kept) return { type: 'keep', reason: 'changed-at-target', copy }
  return policy === 'add' ? { type: 'stand', copy } : { type: 'write' }
}
