import type { MailboxOutcome } from '../../control/mailbox-outcome.ts'
import type { RunEvent } from '../../control/run-event.ts'
import type { OutputStream } from '../environment.ts'
import { toEventText } from './event-text.ts'
import { progressSentence } from './progress-lines.ts'
import { PositionTracker } from './position-tracker.ts'
import { QuietedEvents } from './quieted-events.ts'
import type { Style } from './style.ts'
import { toSummaryText, toTotalText } from './summary-text.ts'
import { toTerminalText } from './terminal-text.ts'
import type { View } from './view.ts'

const intervalMs = 5_000

/** Plain lines for logs and pipes: at most one progress line every few seconds, and a summary. */
export class PlainView implements View {
  readonly #output: OutputStream
  readonly #style: Style
  readonly #isNamed: boolean
  readonly #now: () => number
  readonly #positions = new PositionTracker()
  readonly #quieted = new QuietedEvents()
  #toldAtMs: number
  #isClosed = false

  constructor(options: { output: OutputStream; style: Style; isNamed: boolean; now: () => number }) {
    this.#output = options.output
    this.#style = options.style
    this.#isNamed = options.isNamed
    this.#now = options.now
    this.#toldAtMs = options.now()
  }

  observe(mailbox: string, event: RunEvent): void {
    const nowMs = this.#now()
    const position = this.#positions.apply(mailbox, event, nowMs)
    if (event.type === 'mailboxStarted') {
      this.#line(mailbox, `${toTerminalText(event.source)} ${this.#style.signs.arrow} ${toTerminalText(event.target)}`)
    } else if (event.type === 'progress') {
      if (nowMs - this.#toldAtMs < intervalMs) return
      this.#toldAtMs = nowMs
      this.#line(mailbox, progressSentence(position))
    } else if (this.#quieted.admit(mailbox, event)) {
      const text = toEventText(event, position.noun, this.#style)
      if (text !== undefined) this.#line(mailbox, text)
    }
  }

  finished(outcome: MailboxOutcome): void {
    this.#positions.forget(outcome.name)
    const hidden = this.#quieted.forget(outcome.name)
    if (hidden !== undefined) this.#line(outcome.name, hidden)
    if (!this.#isNamed && outcome.tally !== undefined) this.#write(toSummaryText(outcome, this.#style))
    else if (this.#isNamed) this.#line(outcome.name, toSummaryText(outcome, this.#style).split('\n')[0] ?? '')
  }

  allFinished(outcomes: readonly MailboxOutcome[]): void {
    if (this.#isNamed) this.#write(`\n${toTotalText(outcomes, this.#style)}`)
  }

  close(): void {
    this.#isClosed = true
  }

  #line(mailbox: string, text: string): void {
    this.#write(this.#isNamed ? `${toTerminalText(mailbox)}: ${text}\n` : `${text}\n`)
  }

  #write(text: string): void {
    if (!this.#isClosed) this.#output.write(text)
  }
}
