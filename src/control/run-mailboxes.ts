import { forEachLimited } from '../core/flow/for-each-limited.ts'
import type { MailboxOutcome } from './mailbox-outcome.ts'
import type { ObserveRun } from './run-event.ts'
import { runMailbox } from './run-mailbox.ts'
import type { Mailbox, RunOptions } from './run-mailbox.ts'

/**
 * Runs one pass over each mailbox, at most `atOnce` side by side; what stops one does not stop the others. After an
 * interruption none is begun any more. Gives the outcomes of those that were begun, in the order they were named.
 */
export async function runMailboxes(
  mailboxes: readonly Mailbox[],
  options: RunOptions & { readonly atOnce: number; readonly finished: (outcome: MailboxOutcome) => void },
  observe: ObserveRun,
): Promise<readonly MailboxOutcome[]> {
  const { signal } = options.context
  const outcomes = new Map<Mailbox, MailboxOutcome>()
  const limits = { concurrencyMax: options.atOnce, signal }
  try {
    await forEachLimited(mailboxes, limits, async (mailbox) => {
      const outcome = await runMailbox(mailbox, options, (event) => observe(mailbox.name, event))
      outcomes.set(mailbox, outcome)
      options.finished(outcome)
    })
  } catch (error) {
    if (!signal.aborted) throw error
  }
  return mailboxes.flatMap((mailbox) => outcomes.get(mailbox) ?? [])
}
