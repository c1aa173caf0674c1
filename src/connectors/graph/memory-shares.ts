import { ByteBudget, type Room } from './byte-budget.ts'

/**
 * Why an item that is larger than its mailbox's share is in memory. A line for each: an item that was read is held until it is
 * written, so whoever makes something of it must not wait for those who read.
 */
export type LargeUse = 'reading' | 'making'

/** What an opened mailbox may hold in memory. */
export interface MemoryShare {
  /** How many bytes that is at most for one purpose, for now: the fewer, the more mailboxes are open. */
  bytesMax(atMost: number): number
  /** A budget of that. What is larger is held all the same, alone: for contents whose memory somebody else accounts for. */
  budget(atMost: number): ByteBudget
  /** The same budget for what holds memory of its own: what is larger than the share also waits in line with that of all mailboxes. */
  withLine(budget: ByteBudget, atMost: number, use: LargeUse): Room
  /** Leaves the share to the others. May be called twice. */
  close(): void
}

/**
 * Bytes that all opened mailboxes have in equal parts, so that sixteen at once take no more memory than a few. Nobody waits for
 * another mailbox with what fits into its share. An item that does not waits until others of its kind leave room, whosesoever
 * they are, and goes alone if it is larger than all of that.
 */
export class MemoryShares {
  readonly #bytesMax: number
  readonly #open = new Set<MemoryShare>()
  readonly #lines: Readonly<Record<LargeUse, ByteBudget>>

  /** `largeBytesMax`: of items above their shares that are in memory for one use. */
  constructor(bytesMax: number, largeBytesMax: number) {
    this.#bytesMax = bytesMax
    this.#lines = { reading: new ByteBudget(() => largeBytesMax), making: new ByteBudget(() => largeBytesMax) }
  }

  open(): MemoryShare {
    const bytesMax = (atMost: number): number => Math.min(atMost, Math.floor(this.#bytesMax / this.#open.size))
    const share: MemoryShare = {
      bytesMax,
      budget: (atMost) => new ByteBudget(() => bytesMax(atMost)),
      withLine: (budget, atMost, use) => lined(budget, () => bytesMax(atMost), this.#lines[use]),
      close: () => void this.#open.delete(share),
    }
    this.#open.add(share)
    return share
  }
}

/** Own room first: then only one item of each mailbox stands in line, and it is the next that the mailbox goes on with. */
function lined(budget: ByteBudget, bytesMax: () => number, line: ByteBudget): Room {
  return {
    async take(bytes, signal) {
      const free = await budget.take(bytes, signal)
      if (bytes <= bytesMax()) return free
      try {
        const leave = await line.take(bytes, signal)
        return () => {
          leave()
          free()
        }
      } catch (error) {
        free()
        throw error
      }
    },
  }
}
