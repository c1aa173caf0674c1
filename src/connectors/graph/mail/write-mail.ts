import type { Delivery, WriteResult } from '../../../core/model/item.ts'
import type { WrittenHow } from '../exchange/write-items.ts'
import { type AddressNow, bytesInMaking, toStream } from './mail-streams.ts'
import { rebuilt } from './mail-essence.ts'

/** Writes Exchange's streams, as the target of the form `exchange` does; each is made of its delivery when its turn comes. */
export type WriteStreams = (deliveries: AsyncIterable<Delivery>, how?: WrittenHow) => AsyncIterable<WriteResult>

/** `Target.write` for mail: each message goes as Exchange's own stream of it. One that cannot be converted is refused alone. */
export async function* writeMail(deliveries: AsyncIterable<Delivery>, addressNow: AddressNow, writeStreams: WriteStreams): AsyncGenerator<WriteResult> {
  const how: WrittenHow = { make: (delivery) => toStream(delivery, addressNow), bytesOf: bytesInMaking }
  for await (const result of writeStreams(deliveries, how)) {
    if (result.type !== 'written') yield result
    else {
      const { targetVersion: _, ...written } = result
      yield { ...written, altered: rebuilt }
    }
  }
}
