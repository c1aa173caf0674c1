import { MigrationError } from '../../../core/errors.ts'
import type { Delivery, WriteResult } from '../../../core/model/item.ts'
import { type AddressNow, toStream } from './mail-streams.ts'
import { rebuilt } from './mail-essence.ts'

/** Writes Exchange's streams, as the target of the form `exchange` does. */
export type WriteStreams = (deliveries: AsyncIterable<Delivery>) => AsyncIterable<WriteResult>

/** `Target.write` for mail: each message goes as Exchange's own stream of it. One that cannot be converted is refused alone. */
export async function* writeMail(deliveries: AsyncIterable<Delivery>, addressNow: AddressNow, writeStreams: WriteStreams): AsyncGenerator<WriteResult> {
  const refused: WriteResult[] = []
  for await (const result of writeStreams(convertible(deliveries, addressNow, refused))) {
    yield* refused.splice(0)
    if (result.type !== 'written') yield result
    else {
      const { targetVersion: _, ...written } = result
      yield { ...written, altered: rebuilt }
    }
  }
  yield* refused
}

async function* convertible(deliveries: AsyncIterable<Delivery>, addressNow: AddressNow, refused: WriteResult[]): AsyncGenerator<Delivery> {
  for await (const delivery of deliveries) {
    let stream: Delivery
    try {
      stream = await toStream(delivery, addressNow)
    } catch (error) {
      if (!(error instanceof MigrationError) || error.kind !== 'item') throw error
      refused.push({ type: 'refused', refs: [delivery.item.ref], error })
      continue
    }
    yield stream
  }
}
