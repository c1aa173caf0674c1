import { Channel } from '../../../core/flow/channel.ts'
import { forEachLimited } from '../../../core/flow/for-each-limited.ts'
import type { Delivery, WriteResult } from '../../../core/model/item.ts'
import type { Room } from '../byte-budget.ts'
import { dropContent } from '../content-pieces.ts'
import { heldDeliveries, type HeldDelivery, type Holding } from '../held-deliveries.ts'
import { importItem, type ImportParts } from './import-item.ts'

/** Imports under way at once (exchange.md 4.1); the pace of the mailbox narrows it. */
const importsAtOnce = 4

/** What writing a stream of items needs. */
export interface WriteParts extends ImportParts {
  /** Of all streams: for what is being imported as it came. */
  readonly room: Room
  /** The same for what is made here. */
  readonly making: Room
}

/** What is written of deliveries, and the room that one takes. */
export type WrittenHow = Pick<Holding<Delivery>, 'make' | 'bytesOf'>

/** More than any room: nothing else then fits beside it. */
const allOfIt = 2 ** 40

/** A content that is a stream can be read only until the next delivery is asked for: it goes alone. */
const asTheyAre: WrittenHow = {
  make: async (delivery) => delivery,
  bytesOf: ({ item: { content, sizeBytes } }) => (content instanceof Uint8Array ? sizeBytes : allOfIt),
}

/**
 * Imports what is made of a stream of deliveries, some at once. When the outcome of one is not known nothing more is begun,
 * those under way are waited for and answered, and then it is thrown.
 */
export async function* writeItems(parts: WriteParts, deliveries: AsyncIterable<Delivery>, how: WrittenHow = asTheyAre): AsyncGenerator<WriteResult> {
  const results = new Channel<WriteResult>(importsAtOnce)
  const { signal } = parts.client
  const tell = (result: WriteResult): void => {
    if (!results.isClosed) void results.push(result)
  }
  const work = async ({ take, release }: HeldDelivery<Delivery>): Promise<void> => {
    const made = take()
    try {
      tell(await importItem(parts, made))
    } finally {
      dropContent(made.item.content)
      release()
    }
  }
  const held = heldDeliveries(deliveries, { ...how, room: how === asTheyAre ? parts.room : parts.making, refuse: tell, isWanted: () => !results.isClosed, signal })
  void forEachLimited(held, { concurrencyMax: importsAtOnce, signal }, work).then(
    () => results.end(),
    (error: unknown) => results.fail(error),
  )
  yield* results
}
