import type { MailboxOutcome } from '../../control/mailbox-outcome.ts'
import { addSummaries, summarize } from '../../control/summary.ts'
import type { OutputStream } from '../environment.ts'
import { toErrorObject } from './error-text.ts'
import type { View } from './view.ts'

/** One JSON object per event and line; the last line is the summary of everything. */
export class JsonView implements View {
  readonly #output: OutputStream
  readonly #isNamed: boolean
  #isClosed = false

  /** `isNamed`: each line says which mailbox it speaks of. */
  constructor(output: OutputStream, isNamed: boolean) {
    this.#output = output
    this.#isNamed = isNamed
  }

  observe(mailbox: string, event: object): void {
    this.#write(this.#isNamed ? { ...event, mailbox } : event)
  }

  finished(outcome: MailboxOutcome): void {
    if (outcome.error !== undefined) this.observe(outcome.name, toErrorObject(outcome.error))
    if (this.#isNamed && outcome.tally !== undefined) {
      this.#write({ ...summarize(outcome.tally), mailbox: outcome.name })
    }
  }

  allFinished(outcomes: readonly MailboxOutcome[]): void {
    const summaries = outcomes.flatMap((outcome) => (outcome.tally === undefined ? [] : [summarize(outcome.tally)]))
    if (summaries.length > 0) this.#write(addSummaries(summaries))
  }

  close(): void {
    this.#isClosed = true
  }

  #write(object: object): void {
    if (!this.#isClosed) this.#output.write(`${JSON.stringify(object)}\n`)
  }
}
