import { ByteBudget } from './byte-budget.ts'

/** What an opened mailbox may hold in memory. */
export interface MemoryShare {
  /** How many bytes that is at most for one purpose, for now: the fewer, the more mailboxes are open. */
  bytesMax(atMost: number): number
  /** A budget of that. */
  budget(atMost: number): ByteBudget
  /** Leaves the share to the others. May be called twice. */
  close(): void
}

/**
 * Bytes that all opened mailboxes have in equal parts, so that sixteen at once take no more memory than a few. Nobody ever waits
 * for another mailbox, which may wait for its limits for minutes; for that, an item that is larger than a share may be held all
 * the same.
 */
export class MemoryShares {
  readonly #bytesMax: number
  readonly #open = new Set<MemoryShare>()

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  open(): MemoryShare {
    const bytesMax = (atMost: number): number => Math.min(atMost, Math.floor(this.#bytesMax / this.#open.size))
    const share: MemoryShare = {
      bytesMax,
      budget: (atMost) => new ByteBudget(() => bytesMax(atMost)),
      close: () => void this.#open.delete(share),
    }
    this.#open.add(share)
    return share
  }
}
