import { Buffer } from 'node:buffer'
import type { Form } from '../../src/core/model/form.ts'
import type { Content, Delivery, ItemRef, ReadResult } from '../../src/core/model/item.ts'
import type { Connector, Reader, Target } from '../../src/core/ports/connector.ts'
import type { MapiMessage } from '../../src/formats/mapi/message.ts'
import type { PropertyBag } from '../../src/formats/mapi/property-bag.ts'
import type { ItemRow } from '../../src/sandbox/mailbox/rows.ts'
import type { SeedMessage } from './harness.ts'

/** How a message of the suite lies within what a store that keeps no bytes can keep. */
export interface Wrapping {
  /** Of what it lies in. */
  readonly form: Form
  pack(bytes: Uint8Array): Uint8Array
  unpack(content: Uint8Array): Uint8Array
  /** As a mailbox of Exchange holds it. */
  toStored(message: SeedMessage): MapiMessage
  fromStored(message: MapiMessage): Uint8Array
  /** What the mailbox keeps beside a message; sorted. */
  keywordsOf(item: ItemRow): readonly string[]
  receivedMsOf(item: ItemRow): number
  /** As the mailbox's user marks it; absent where marks are a part of the item itself. */
  setKeywords?(properties: PropertyBag, keywords: readonly string[]): void
}

/**
 * A connector in the wrapping's form, given and giving the messages of the suite: what goes in is wrapped, and what comes out
 * is taken out. Everything else is the connector's own.
 */
export function wrapped<Config>(connector: Connector<Config>, wrapping: Wrapping): Connector<Config> {
  const { form } = wrapping
  const read = (reader: Reader): Pick<Reader, 'read'> => ({ read: (requests) => unpacked(reader, requests, wrapping) })
  return {
    ...connector,
    openSource: async (config, context) => {
      const source = await connector.openSource(config, context, form)
      return over(source, read(source))
    },
    openTarget: async (config, context) => {
      const target = await connector.openTarget(config, context, form)
      return over(target, { ...read(target), write: (deliveries) => target.write(packed(deliveries, wrapping)) })
    },
  }
}

function over<Side extends Reader>(side: Side, changed: Partial<Target>): Side {
  return new Proxy(side, {
    get: (own, name) => {
      const value: unknown = name in changed ? changed[name as keyof Target] : Reflect.get(own, name, own)
      return typeof value === 'function' ? value.bind(own) : value
    },
  })
}

async function* unpacked(reader: Reader, requests: AsyncIterable<readonly ItemRef[]>, wrapping: Wrapping): AsyncGenerator<ReadResult> {
  for await (const result of reader.read(requests)) {
    if (result.type !== 'item') yield result
    else {
      const content = wrapping.unpack(await whole(result.item.content))
      yield { type: 'item', item: { ...result.item, sizeBytes: content.byteLength, content } }
    }
  }
}

async function* packed(deliveries: AsyncIterable<Delivery>, wrapping: Wrapping): AsyncGenerator<Delivery> {
  for await (const delivery of deliveries) {
    const { content, sizeBytes } = delivery.item
    // How long it is wrapped depends on its own length alone.
    const announced = wrapping.pack(Buffer.alloc(sizeBytes)).length
    const bytes = content instanceof Uint8Array ? wrapping.pack(content) : packedStream(content, wrapping)
    yield { ...delivery, item: { ...delivery.item, content: bytes, sizeBytes: announced } }
  }
}

async function* packedStream(content: Exclude<Content, Uint8Array>, wrapping: Wrapping): AsyncGenerator<Uint8Array> {
  yield wrapping.pack(await whole(content))
}

async function whole(content: Content): Promise<Buffer> {
  if (content instanceof Uint8Array) return Buffer.from(content)
  const chunks: Uint8Array[] = []
  for await (const chunk of content) chunks.push(chunk)
  return Buffer.concat(chunks)
}
