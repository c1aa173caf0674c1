import { MigrationError } from '../../../core/errors.ts'
import type { ItemId } from '../../../core/model/ids.ts'
import type { Delivery, WriteResult } from '../../../core/model/item.ts'
import { mapAhead } from '../../kit/map-ahead.ts'
import type { Room } from '../byte-budget.ts'
import { heldDeliveries } from '../held-deliveries.ts'
import type { MailAccess } from './mail-access.ts'
import { bytesInMaking } from './mail-streams.ts'

/** How messages are written by calls of their own. */
export interface CallsPerMessage<Made> {
  readonly access: MailAccess
  /** Of all streams: for what is being written. */
  readonly room: Room
  /** Reads the whole content. Throws `item` for a message that cannot be written. */
  readonly make: (delivery: Delivery) => Promise<Made>
  /** All of it or nothing. */
  readonly create: (made: Made, delivery: Delivery) => Promise<ItemId>
  /** What a copy lacks that was made so. */
  readonly alteredOf: (made: Made) => string
}

/** `Target.write` for mail that goes by Graph's own calls, several messages under way at once. */
export async function* writeByCalls<Made>({ access, room, make, create, alteredOf }: CallsPerMessage<Made>, deliveries: AsyncIterable<Delivery>): AsyncGenerator<WriteResult> {
  const refused: WriteResult[] = []
  const refuse = (result: WriteResult): void => void refused.push(result)
  const held = heldDeliveries(deliveries, { room, make, bytesOf: bytesInMaking, refuse, isWanted: () => true, signal: access.signal })
  const written = mapAhead(held, access.requestsAtOnce, async ({ delivery, take, release }): Promise<WriteResult> => {
    const { ref } = delivery.item
    try {
      const made = take()
      // Making spoils it.
      const altered = alteredOf(made)
      return { type: 'written', ref, targetId: await create(made, delivery), altered }
    } catch (error) {
      if (error instanceof MigrationError && error.kind === 'item') return { type: 'refused', refs: [ref], error }
      throw error
    } finally {
      release()
    }
  })
  for await (const result of written) {
    yield* refused.splice(0)
    yield result
  }
  yield* refused
}
