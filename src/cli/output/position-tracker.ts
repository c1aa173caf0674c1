import { itemNounBetween } from '../../control/item-noun.ts'
import type { RunEvent } from '../../control/run-event.ts'
import type { PassPosition } from './progress-lines.ts'
import { ProgressMeter } from './progress-meter.ts'

const start: PassPosition = { stage: 'discover', noun: 'item', pace: { itemsPerSecond: 0, bytesPerSecond: 0 } }

/** Follows where each running mailbox is. */
export class PositionTracker {
  readonly #running = new Map<string, { position: PassPosition; readonly meter: ProgressMeter }>()

  /** Takes an event in and gives the position after it. */
  apply(mailbox: string, event: RunEvent, atMs: number): PassPosition {
    let running = this.#running.get(mailbox)
    if (running === undefined) {
      running = { position: start, meter: new ProgressMeter() }
      this.#running.set(mailbox, running)
    }
    if (event.type === 'mailboxStarted') running.position = { ...running.position, noun: itemNounBetween(event.source, event.target) }
    if (event.type === 'stage') running.position = { ...running.position, stage: event.stage }
    if (event.type === 'progress') {
      running.position = { ...running.position, progress: event.progress, pace: running.meter.add(event.progress, atMs) }
    }
    return running.position
  }

  /** Those that run, in the order they began. */
  entries(): readonly (readonly [mailbox: string, position: PassPosition])[] {
    return [...this.#running].map(([mailbox, { position }]) => [mailbox, position] as const)
  }

  forget(mailbox: string): void {
    this.#running.delete(mailbox)
  }
}
