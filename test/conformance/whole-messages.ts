import { readFastTransfer } from '../../src/formats/fast-transfer/read-fast-transfer.ts'
import { writeFastTransfer } from '../../src/formats/fast-transfer/write-fast-transfer.ts'
import type { MapiMessage } from '../../src/formats/mapi/message.ts'
import { messageProperties as known } from '../../src/formats/mapi/message-properties.ts'
import { PropertyBag } from '../../src/formats/mapi/property-bag.ts'
import { propertySets } from '../../src/formats/mapi/property-sets.ts'
import { named } from '../../src/formats/mapi/property.ts'
import type { SeedMessage } from './harness.ts'
import type { Wrapping } from './wrapping.ts'

const carried = named(propertySets.publicStrings, 'ConformanceMessage', 'binary')

function toObject(bytes: Uint8Array): MapiMessage {
  const properties = new PropertyBag().set(known.messageClass, 'IPM.Note').set(known.messageFlags, 1).set(carried, bytes)
  return { properties, recipients: [], attachments: [] }
}

function fromObject({ properties }: MapiMessage): Uint8Array {
  const bytes = properties.get(carried)
  if (bytes === undefined) throw new Error('the object carries no message of the suite')
  return bytes
}

/** An object of Exchange that carries a message of the suite in one of its properties. */
export const wholeObjects: Wrapping = {
  form: 'exchange',
  pack: (bytes) => writeFastTransfer(toObject(bytes)),
  unpack: (content) => fromObject(readFastTransfer(content)),
  toStored: ({ bytes }: SeedMessage) => toObject(bytes),
  fromStored: fromObject,
  // They are within the object, and so is its date.
  keywordsOf: () => [],
  receivedMsOf: ({ createdMs }) => Math.floor(createdMs / 1000) * 1000,
}
