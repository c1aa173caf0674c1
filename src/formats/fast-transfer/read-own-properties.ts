import { Buffer } from 'node:buffer'
import type { PropertyBag } from '../mapi/property-bag.ts'
import { streamOf } from './container.ts'
import { FastTransferError } from './fast-transfer-error.ts'
import { isMetaProperty } from './markers.ts'
import { readProperties } from './read-properties.ts'
import { StreamReader } from './stream-reader.ts'

/** How much of a stream is looked at first: few messages have longer properties. */
const beginningBytes = 256 * 1024

/**
 * The properties of the message in a FastTransfer container, without its recipients and attachments, which stand after them:
 * of a large item little is copied, and what comes later may be damaged. Throws `FastTransferError`.
 */
export function readOwnProperties(bytes: Uint8Array): PropertyBag {
  const container = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let sizeBytes = beginningBytes; sizeBytes < container.length; sizeBytes *= 4) {
    const found = readWithin(streamOf(container, sizeBytes))
    if (found !== undefined) return found
  }
  return propertiesOf(new StreamReader(streamOf(container)))
}

/** Undefined when the properties may go on after the end. */
function readWithin(beginning: Buffer): PropertyBag | undefined {
  const reader = new StreamReader(beginning)
  try {
    const properties = propertiesOf(reader)
    return reader.isAtEnd ? undefined : properties
  } catch (error) {
    if (error instanceof FastTransferError && error.fault === 'truncated') return undefined
    throw error
  }
}

function propertiesOf(reader: StreamReader): PropertyBag {
  // Each is an integer of 32 bits, and says nothing of the message.
  while (!reader.isAtEnd && isMetaProperty(reader.peek())) reader.take(8)
  return readProperties(reader)
}
