import type { RunEvent } from '../../control/run-event.ts'
import { formatCount } from './format-units.ts'

const shownMax = 20

/** Keeps a mailbox with thousands of like events from flooding the screen: only the first ones of a type are shown. */
export class QuietedEvents {
  readonly #seen = new Map<string, Map<string, number>>()

  /** Whether this event is still to be shown. */
  admit(mailbox: string, event: RunEvent): boolean {
    if (event.type === 'extra' && event.fate !== 'failed' && event.fate !== 'kept') return false
    const types = this.#seen.get(mailbox) ?? new Map<string, number>()
    this.#seen.set(mailbox, types)
    const count = (types.get(event.type) ?? 0) + 1
    types.set(event.type, count)
    return count <= shownMax
  }

  /** Ends a mailbox; a line about what was left out, if anything a person misses. */
  forget(mailbox: string): string | undefined {
    const types = this.#seen.get(mailbox)
    this.#seen.delete(mailbox)
    const words = { itemFailed: 'failed items', conflict: 'conflicts', extra: 'rules or settings', notice: 'notices', waiting: 'waits' } as const
    const hidden = Object.entries(words).flatMap(([type, noun]) => {
      const count = (types?.get(type) ?? 0) - shownMax
      return count > 0 ? [`${formatCount(count)} more ${noun}`] : []
    })
    return hidden.length === 0 ? undefined : `... and ${hidden.join(', ')}; the report has them all.`
  }
}
