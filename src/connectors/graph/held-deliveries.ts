import { MigrationError } from '../../core/errors.ts'
import type { Delivery, WriteResult } from '../../core/model/item.ts'
import type { Room } from './byte-budget.ts'

/** A delivery in the form in which it is written, and the room that it takes in memory until then. */
export interface HeldDelivery<Made> {
  readonly delivery: Delivery
  /** What is written, once: nobody then holds it but the caller, however long the delivery is remembered. */
  take(): Made
  /** To be called once it is written or refused. May be called twice. */
  release(): void
}

/** What holds deliveries back. */
export interface Holding<Made> {
  /** Of all streams of a target: what is being written fits into it, or is a single item. */
  readonly room: Room
  /** What is written of a delivery. Throws `item` for one that cannot be written: it is refused alone. */
  readonly make: (delivery: Delivery) => Promise<Made>
  /** How much of the room a delivery takes. */
  readonly bytesOf: (delivery: Delivery) => number
  readonly refuse: (result: WriteResult) => void
  /** False once nobody waits for results: nothing more is asked for. */
  readonly isWanted: () => boolean
  readonly signal: AbortSignal
}

/**
 * Asks for a delivery only while there is room for something, and makes of it what is written only when there is room for it:
 * so of large items one is in memory, and not as many as may be written at once. Contents are read one after the other, in
 * the order in which they come.
 */
export async function* heldDeliveries<Made>(
  deliveries: AsyncIterable<Delivery>,
  { room, make, bytesOf, refuse, isWanted, signal }: Holding<Made>,
): AsyncGenerator<HeldDelivery<Made>> {
  const iterator = deliveries[Symbol.asyncIterator]()
  const releases = new Set<() => void>()
  let isLeft = true
  try {
    for (;;) {
      const letGo = await room.take(1, signal)
      letGo()
      const next = isWanted() ? await iterator.next() : ({ done: true } as const)
      if (next.done === true) {
        isLeft = false
        return
      }
      const delivery = next.value
      const free = await room.take(bytesOf(delivery), signal)
      const release = (): void => {
        free()
        releases.delete(release)
      }
      releases.add(release)
      let take: () => Made
      try {
        take = onceOf(await make(delivery))
      } catch (error) {
        release()
        if (!(error instanceof MigrationError) || error.kind !== 'item') throw error
        refuse({ type: 'refused', refs: [delivery.item.ref], error })
        continue
      }
      yield { delivery, take, release }
    }
  } finally {
    // What was given out last may have been taken by nobody.
    if (isLeft) for (const release of releases) release()
    await iterator.return?.(undefined)
  }
}

function onceOf<T>(value: T): () => T {
  const kept: { value?: T } = { value }
  return () => {
    if (!('value' in kept)) throw new Error('it was taken before')
    const taken = kept.value as T
    delete kept.value
    return taken
  }
}
