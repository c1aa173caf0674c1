import { Buffer } from 'node:buffer'
import { readFastTransfer } from '../../src/formats/fast-transfer/read-fast-transfer.ts'
import { writeFastTransfer } from '../../src/formats/fast-transfer/write-fast-transfer.ts'
import type { MapiMessage } from '../../src/formats/mapi/message.ts'
import { messageProperties as known } from '../../src/formats/mapi/message-properties.ts'
import { PropertyBag } from '../../src/formats/mapi/property-bag.ts'
import { propertySets } from '../../src/formats/mapi/property-sets.ts'
import { named } from '../../src/formats/mapi/property.ts'
import type { Content, Delivery, ItemRef, ReadResult } from '../../src/core/model/item.ts'
import type { Connector, Reader, Target } from '../../src/core/ports/connector.ts'

const carried = named(propertySets.publicStrings, 'ConformanceMessage', 'binary')

/** An object that carries a message of the suite in one of its properties. */
export function toObject(bytes: Uint8Array): MapiMessage {
  const properties = new PropertyBag().set(known.messageClass, 'IPM.Note').set(known.messageFlags, 1).set(carried, bytes)
  return { properties, recipients: [], attachments: [] }
}

/** The message that an object carries. */
export function fromObject({ properties }: MapiMessage): Uint8Array {
  const bytes = properties.get(carried)
  if (bytes === undefined) throw new Error('the object carries no message of the suite')
  return bytes
}

/**
 * A connector of Exchange's form, given and giving the messages of the suite: what goes in is put into an object, and what
 * comes out is taken from it. Everything else is the connector's own.
 */
export function carryingMessages<Config>(connector: Connector<Config>): Connector<Config> {
  return {
    ...connector,
    openSource: async (config, context) => reading(await connector.openSource(config, context)),
    openTarget: async (config, context) => {
      const target = await connector.openTarget(config, context)
      return over(target, { read: (requests) => unpacked(target, requests), write: (deliveries) => target.write(packed(deliveries)) })
    },
  }
}

function reading(reader: Reader): Reader {
  return over(reader, { read: (requests) => unpacked(reader, requests) })
}

function over<Side extends Reader>(side: Side, changed: Partial<Target>): Side {
  return new Proxy(side, {
    get: (own, name) => {
      const value: unknown = name in changed ? changed[name as keyof Target] : Reflect.get(own, name, own)
      return typeof value === 'function' ? value.bind(own) : value
    },
  })
}

async function* unpacked(reader: Reader, requests: AsyncIterable<readonly ItemRef[]>): AsyncGenerator<ReadResult> {
  for await (const result of reader.read(requests)) {
    if (result.type !== 'item') yield result
    else {
      const content = fromObject(readFastTransfer(await whole(result.item.content)))
      yield { type: 'item', item: { ...result.item, sizeBytes: content.byteLength, content } }
    }
  }
}

async function* packed(deliveries: AsyncIterable<Delivery>): AsyncGenerator<Delivery> {
  for await (const delivery of deliveries) {
    const { content, sizeBytes } = delivery.item
    // How long an object is depends on the length of its message alone.
    const announced = writeFastTransfer(toObject(Buffer.alloc(sizeBytes))).length
    const object = content instanceof Uint8Array ? writeFastTransfer(toObject(content)) : packedStream(content)
    yield { ...delivery, item: { ...delivery.item, content: object, sizeBytes: announced } }
  }
}

async function* packedStream(content: Exclude<Content, Uint8Array>): AsyncGenerator<Uint8Array> {
  yield writeFastTransfer(toObject(await whole(content)))
}

async function whole(content: Content): Promise<Buffer> {
  if (content instanceof Uint8Array) return Buffer.from(content)
  const chunks: Uint8Array[] = []
  for await (const chunk of content) chunks.push(chunk)
  return Buffer.concat(chunks)
}
