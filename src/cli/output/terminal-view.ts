import type { MailboxOutcome } from '../../control/mailbox-outcome.ts'
import type { RunEvent } from '../../control/run-event.ts'
import type { OutputStream } from '../environment.ts'
import { toEventText } from './event-text.ts'
import { formatCount } from './format-units.ts'
import { LiveBlock } from './live-block.ts'
import { progressBlock, progressRow } from './progress-lines.ts'
import { PositionTracker } from './position-tracker.ts'
import { QuietedEvents } from './quieted-events.ts'
import type { Style } from './style.ts'
import { toSummaryText, toTotalText } from './summary-text.ts'
import { cellWidth, fitCells, toTerminalText } from './terminal-text.ts'
import type { View } from './view.ts'

const redrawMs = 100
const nameCellsMax = 32

/** Live progress at the foot of a terminal, with what a person should know above it. */
export class TerminalView implements View {
  readonly #output: OutputStream
  readonly #style: Style
  readonly #mailboxesTotal: number
  readonly #isNamed: boolean
  readonly #now: () => number
  readonly #block: LiveBlock
  readonly #positions = new PositionTracker()
  readonly #quieted = new QuietedEvents()
  #mailboxesDone = 0
  #drawnAtMs = Number.NEGATIVE_INFINITY
  #isClosed = false

  constructor(options: { output: OutputStream; style: Style; isNamed: boolean; mailboxesTotal: number; now: () => number }) {
    this.#output = options.output
    this.#style = options.style
    this.#isNamed = options.isNamed
    this.#mailboxesTotal = options.mailboxesTotal
    this.#now = options.now
    this.#block = new LiveBlock(options.output)
  }

  observe(mailbox: string, event: RunEvent): void {
    if (this.#isClosed) return
    const { noun } = this.#positions.apply(mailbox, event, this.#now())
    if (event.type === 'mailboxStarted' && !this.#isNamed) {
      const title = `${toTerminalText(event.source)} ${this.#style.signs.arrow} ${toTerminalText(event.target)}`
      this.#block.print(this.#style.paint('bold', title))
    } else if (event.type !== 'progress' && this.#quieted.admit(mailbox, event)) {
      const text = toEventText(event, noun, this.#style)
      if (text !== undefined) this.#block.print(this.#named(mailbox, text))
    }
    this.#draw(event.type === 'stage')
  }

  finished(outcome: MailboxOutcome): void {
    if (this.#isClosed) return
    this.#positions.forget(outcome.name)
    this.#mailboxesDone++
    const hidden = this.#quieted.forget(outcome.name)
    if (hidden !== undefined) this.#block.print(this.#named(outcome.name, hidden))
    if (this.#isNamed) {
      const verdict = toSummaryText(outcome, this.#style).split('\n')[0] ?? ''
      this.#block.print(this.#named(outcome.name, verdict))
      this.#draw(true)
    } else {
      this.#block.end()
      if (outcome.tally !== undefined) this.#output.write(toSummaryText(outcome, this.#style))
    }
  }

  allFinished(outcomes: readonly MailboxOutcome[]): void {
    this.#block.end()
    if (this.#isNamed && !this.#isClosed) this.#output.write(`\n${toTotalText(outcomes, this.#style)}`)
  }

  close(): void {
    this.#isClosed = true
    this.#block.end()
  }

  #named(mailbox: string, text: string): string {
    return this.#isNamed ? `${this.#style.paint('bold', toTerminalText(mailbox))}  ${text}` : text
  }

  #draw(isDue: boolean): void {
    const nowMs = this.#now()
    if (!isDue && nowMs - this.#drawnAtMs < redrawMs) return
    this.#drawnAtMs = nowMs
    // The last column stays free: a line that fills it leaves the cursor in a place that terminals disagree about.
    const cells = Math.max(20, (this.#output.columns || 80) - 1)
    const running = this.#positions.entries()
    if (!this.#isNamed) {
      const [first] = running
      if (first !== undefined) this.#block.draw(progressBlock(first[1], this.#style, cells))
      return
    }
    const rowsMax = Math.max(1, (this.#output.rows || 24) - 3)
    const shown = running.slice(0, rowsMax).map(([mailbox, position]) => [toTerminalText(mailbox), position] as const)
    const nameCells = Math.min(nameCellsMax, Math.floor(cells / 3), Math.max(...shown.map(([name]) => cellWidth(name)), 0))
    const rows = shown.map(([name, position]) => progressRow(name, nameCells, position, this.#style, cells))
    const hidden = running.length - shown.length
    const total = ` ${formatCount(this.#mailboxesDone)} of ${formatCount(this.#mailboxesTotal)} mailboxes done${hidden > 0 ? `, ${hidden} more running` : ''}`
    this.#block.draw([...rows, this.#style.paint('dim', fitCells(total, cells))])
  }
}
