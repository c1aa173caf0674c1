import { Buffer } from 'node:buffer'
import type { MapiMessage } from '../mapi/message.ts'
import type { PropertyBag, ReadonlyPropertyBag } from '../mapi/property-bag.ts'
import { FastTransferError } from './fast-transfer-error.ts'
import { readMessage } from './read-message.ts'
import { readProperties } from './read-properties.ts'
import { StreamReader } from './stream-reader.ts'
import { StreamWriter } from './stream-writer.ts'
import { type MessageHead, writeHead, writeMessage, writeProperties } from './write-message.ts'

export type { MessageHead } from './write-message.ts'

/** Properties as FastTransfer streams have them (propList), without a container. Throws `unwritable`. */
export function writePropertyList(bag: ReadonlyPropertyBag): Buffer {
  const stream = new StreamWriter()
  writeProperties(stream, bag)
  return stream.toBuffer()
}

/**
 * The properties from an offset to the end of the bytes; byte strings are views of them. Throws `FastTransferError`, also
 * when anything but properties is there.
 */
export function readPropertyList(bytes: Uint8Array, offset = 0): PropertyBag {
  const reader = readerOf(bytes, offset)
  const bag = readProperties(reader)
  if (!reader.isAtEnd) throw reader.fault('unexpected-marker', 'Something else stands among properties')
  return bag
}

/** The properties and recipients of a message, as its FastTransfer stream begins. Throws `unwritable`. */
export function writeMessageHead(head: MessageHead): Buffer {
  const stream = new StreamWriter()
  writeHead(stream, head)
  return stream.toBuffer()
}

/** What `writeMessageHead` wrote; byte strings are views of `bytes`. Throws `FastTransferError`. */
export function readMessageHead(bytes: Uint8Array, offset = 0): MessageHead {
  const { properties, recipients, attachments } = readFastTransferContent(bytes, offset)
  if (attachments.length > 0) {
    throw new FastTransferError('unexpected-marker', 'Attachments stand after the recipients', offset)
  }
  return { properties, recipients }
}

/** A whole message as its FastTransfer stream (messageContent), without the container. Throws `unwritable`, `too-deep`. */
export function writeFastTransferContent(message: MapiMessage): Buffer {
  const stream = new StreamWriter()
  writeMessage(stream, message)
  return stream.toBuffer()
}

/** What `writeFastTransferContent` wrote; byte strings are views of `bytes`. Throws `FastTransferError`. */
export function readFastTransferContent(bytes: Uint8Array, offset = 0): MapiMessage {
  const reader = readerOf(bytes, offset)
  const message = readMessage(reader)
  if (!reader.isAtEnd) throw reader.fault('unexpected-marker', 'Something else stands after the message')
  return message
}

function readerOf(bytes: Uint8Array, offset: number): StreamReader {
  return new StreamReader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset)
}
