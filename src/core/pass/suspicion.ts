import type { Entry, EntryId } from '../model/entry.ts'

/** How an item may travel: with how many others in one batch, and whether with nothing else under way. */
export interface Limit {
  readonly itemsMax: number
  readonly isAlone: boolean
}

interface Suspect extends Limit {
  readonly breaks: number
}

const unsuspected: Limit = { itemsMax: Number.POSITIVE_INFINITY, isAlone: false }
/** A connection breaks for many reasons; only the second time do the items under way come under suspicion. */
const breaksForgiven = 1
const breaksAloneMax = 3
/** Where connections break by themselves, more is asked before an item is blamed; not so much that a pass would stop first. */
const innocentsCountedMax = 3

/**
 * Which items are suspected of breaking the connection or of spoiling a group, so that batches around them are halved until
 * the one is found. Holds only what was under way at a break and is not settled yet.
 */
export class Suspicion {
  readonly #suspects = new Map<EntryId, Suspect>()
  /** Items that broke the session alone and were answered for later: it was not them. */
  #innocents = 0

  of(key: EntryId): Limit {
    return this.#suspects.get(key) ?? unsuspected
  }

  /** A group was refused as a whole: its items come again in halves. */
  refused(entries: readonly Entry[]): void {
    const itemsMax = Math.ceil(entries.length / 2)
    for (const { key } of entries) {
      const suspect = this.#suspects.get(key)
      this.#suspects.set(key, { itemsMax, isAlone: suspect?.isAlone ?? false, breaks: suspect?.breaks ?? 0 })
    }
  }

  /** The session broke with these under way. Gives those that broke it repeatedly with nothing else under way. */
  broke(entries: readonly Entry[]): readonly Entry[] {
    const guilty: Entry[] = []
    for (const entry of entries) {
      const before = this.#suspects.get(entry.key)
      const wasSingle = before?.isAlone === true && entries.length === 1
      const breaks = wasSingle || before === undefined || before.breaks <= breaksForgiven ? (before?.breaks ?? 0) + 1 : before.breaks
      const isAlone = breaks > breaksForgiven
      const itemsMax = isAlone ? Math.ceil(entries.length / 2) : (before?.itemsMax ?? Number.POSITIVE_INFINITY)
      this.#suspects.set(entry.key, { itemsMax, isAlone, breaks })
      if (wasSingle && breaks > breaksForgiven + breaksAloneMax + this.#innocents) guilty.push(entry)
    }
    return guilty
  }

  settled(key: EntryId): void {
    if (this.#suspects.size === 0) return
    const brokeAlone = (this.#suspects.get(key)?.breaks ?? 0) > breaksForgiven + 1
    if (brokeAlone && this.#innocents < innocentsCountedMax) this.#innocents++
    this.#suspects.delete(key)
  }
}
