import assert from 'node:assert'
import { extraFates, type ExtraTally } from '../model/extra.ts'
import type { Tally } from '../ports/ledger.ts'

/** What the last pass did, by item; adds up to `source`. */
export interface Counts {
  readonly source: number
  readonly migrated: number
  readonly alreadyThere: number
  readonly updated: number
  readonly unchanged: number
  readonly skipped: number
  readonly failed: number
  readonly gone: number
  /** Not settled yet; only when there are any. */
  readonly pending?: number
}

/** What became of every item in all passes so far; adds up to `source`. */
export interface Fates {
  readonly migrated: number
  readonly alreadyThere: number
  readonly skipped: number
  readonly failed: number
  readonly gone: number
  /** Not settled yet; only when there are any. */
  readonly pending?: number
}

/** The last line of `--json` output. */
export interface Summary {
  readonly type: 'summary'
  readonly counts: Counts
  readonly fates: Fates
  /** Items that were changed at both sides and are as the target's user made them; only when there are any. */
  readonly conflicts?: number
  /** What is beside the items; only when there is anything. */
  readonly extras?: ExtraTally['fates']
}

/** The summary of a mailbox. Throws an assertion when either sum does not balance: an item has no outcome, or two. */
export function summarize(tally: Tally): Summary {
  const { source, pass, fates } = tally
  const counts = inOrder(pass, ['migrated', 'alreadyThere', 'updated', 'unchanged', 'skipped', 'failed', 'gone'])
  const sums = inOrder(fates, ['migrated', 'alreadyThere', 'skipped', 'failed', 'gone'])
  assert.equal(sumOf(counts), source, 'the counts of the pass do not add up to the items of the source')
  assert.equal(sumOf(sums), source, 'the fates do not add up to the items of the source')
  const more = { ...(tally.conflicts && { conflicts: tally.conflicts }), ...(tally.extras && { extras: tally.extras.fates }) }
  return { type: 'summary', counts: { source, ...counts }, fates: sums, ...more }
}

/** The sum of several mailboxes: each number added up. Of none, all are 0. */
export function addSummaries(summaries: readonly Summary[]): Summary {
  const zero: Summary = {
    type: 'summary',
    counts: { source: 0, migrated: 0, alreadyThere: 0, updated: 0, unchanged: 0, skipped: 0, failed: 0, gone: 0 },
    fates: { migrated: 0, alreadyThere: 0, skipped: 0, failed: 0, gone: 0 },
  }
  return summaries.reduce(
    (sum, one) => ({ type: 'summary', counts: add(sum.counts, one.counts), fates: add(sum.fates, one.fates), ...addConflicts(sum, one), ...addExtras(sum, one) }),
    zero,
  )
}

function addConflicts({ conflicts: left = 0 }: Summary, { conflicts: right = 0 }: Summary): Pick<Summary, 'conflicts'> {
  return left + right > 0 ? { conflicts: left + right } : {}
}

function addExtras({ extras: left }: Summary, { extras: right }: Summary): Pick<Summary, 'extras'> {
  if (left === undefined || right === undefined) return { ...(left && { extras: left }), ...(right && { extras: right }) }
  return { extras: Object.fromEntries(extraFates.map((fate) => [fate, left[fate] + right[fate]])) as ExtraTally['fates'] }
}

type WithPending<Key extends string> = Readonly<Record<Key | 'pending', number>>

/** The named numbers in this order, and `pending` behind them when it is not 0. */
function inOrder<Key extends string>(
  numbers: WithPending<Key>,
  keys: readonly Key[],
): Readonly<Record<Key, number>> & { readonly pending?: number } {
  const named = Object.fromEntries(keys.map((key) => [key, numbers[key]])) as Record<Key, number>
  return numbers.pending > 0 ? { ...named, pending: numbers.pending } : named
}

function sumOf(numbers: object): number {
  return Object.values(numbers).reduce<number>((sum, one) => sum + Number(one), 0)
}

function add<Numbers extends Counts | Fates>(left: Numbers, right: Numbers): Numbers {
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])] as (keyof Numbers)[]
  return Object.fromEntries(
    keys.map((key) => [key, Number(left[key] ?? 0) + Number(right[key] ?? 0)]),
  ) as unknown as Numbers
}
