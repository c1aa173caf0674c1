import type { MailboxOutcome } from '../../control/mailbox-outcome.ts'
import type { RunEvent } from '../../control/run-event.ts'

/** How a run is shown while it goes on and when it is over. */
export interface View {
  observe(mailbox: string, event: RunEvent): void
  /** A mailbox came out, one of several or the only one. */
  finished(outcome: MailboxOutcome): void
  /** Everything came out. */
  allFinished(outcomes: readonly MailboxOutcome[]): void
  /** Leaves the terminal as it was found. May be called at any time and twice; nothing is shown after it. */
  close(): void
}
