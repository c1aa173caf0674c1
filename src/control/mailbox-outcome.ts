import type { MigrationError } from '../core/errors.ts'
import type { Tally } from '../core/ports/ledger.ts'

/** How the run of one mailbox came out. */
export interface MailboxOutcome {
  /** The name that the run gave the mailbox. */
  readonly name: string
  /** Without anything secret. */
  readonly source: string
  readonly target: string
  readonly task: 'migrate' | 'verify'
  readonly durationMs: number
  /**
   * `done`: every item has a fate, failed ones included. `interrupted`: cancelled; the next run goes on from there.
   * `stopped`: an error that needs a person, in `error`. `defect`: an error of this program, in `defect`.
   */
  readonly state: 'done' | 'interrupted' | 'stopped' | 'defect'
  /** Sums as of the end; absent when the ledger was never reached. */
  readonly tally?: Tally
  readonly error?: MigrationError
  readonly defect?: unknown
  /** The latest certificate and report, whether or not this run wrote them. */
  readonly certificateFile?: string
  readonly reportFile?: string
  readonly handworkFile?: string
}
