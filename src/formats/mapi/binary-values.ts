import type { MapiMessage } from './message.ts'

/** All bytes that a message's properties hold, those of its attachments and of messages within it included. */
export function* binaryValues({ properties, recipients, attachments }: MapiMessage): Generator<Uint8Array> {
  for (const bag of [properties, ...recipients, ...attachments.map((attachment) => attachment.properties)]) {
    for (const { value } of bag.entries()) {
      if (value instanceof Uint8Array) yield value
      else if (Array.isArray(value)) yield* value.filter((one) => one instanceof Uint8Array)
    }
  }
  for (const { embedded } of attachments) if (embedded !== undefined) yield* binaryValues(embedded)
}
