import type { MailboxOutcome } from '../control/mailbox-outcome.ts'
import type { Tally } from '../core/ports/ledger.ts'

/** What the process says when it ends; documented and never changed. */
export const exitCodes = {
  /** Every item has its place at the target, or is left out by a rule. */
  complete: 0,
  /** Finished, and some items, or something beside them, failed. */
  failedItems: 1,
  /** Cannot go on without a person: credentials, configuration, a list with faulty rows, or interrupted. */
  needsPerson: 2,
  usage: 3,
  /** An error of this program. */
  defect: 70,
} as const

/** How many failed: items, and what is beside them. */
export function failuresOf(tally: Tally | undefined): number {
  return (tally?.fates.failed ?? 0) + (tally?.extras?.fates.failed ?? 0)
}

/** How the process ends after these mailboxes: as the worst of them. */
export function exitCodeOf(outcomes: readonly MailboxOutcome[]): number {
  if (outcomes.some((outcome) => outcome.state === 'defect')) return exitCodes.defect
  if (outcomes.some((outcome) => outcome.state === 'stopped' || outcome.state === 'interrupted')) return exitCodes.needsPerson
  return outcomes.some(({ tally }) => failuresOf(tally) > 0) ? exitCodes.failedItems : exitCodes.complete
}
