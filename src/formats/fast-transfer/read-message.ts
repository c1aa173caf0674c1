import type { MapiAttachment, MapiMessage } from '../mapi/message.ts'
import type { PropertyBag } from '../mapi/property-bag.ts'
import { defaultCodePage } from './code-pages.ts'
import { embeddedDepthMax } from './limits.ts'
import { isMarker, isMetaProperty, markers } from './markers.ts'
import { codePageOf, readProperties } from './read-properties.ts'
import type { StreamReader } from './stream-reader.ts'

/**
 * Reads a message up to a marker that is none of its own, or to the end (messageContent, MS-OXCFXICS 2.2.4.3.13).
 * Warnings of the source are passed over; that it could not read something (FXErrorInfo) is thrown as `source-error`.
 * Throws `FastTransferError`.
 */
export function readMessage(reader: StreamReader, depth = 0): MapiMessage {
  if (depth > embeddedDepthMax) throw reader.fault('too-deep', 'Messages are embedded in each other too deeply')
  reader.countObject()
  skipMetaProperties(reader)
  const properties = readProperties(reader)
  const codePage = codePageOf(properties) ?? defaultCodePage
  const recipients: PropertyBag[] = []
  const attachments: MapiAttachment[] = []
  for (;;) {
    skipMetaProperties(reader)
    if (reader.isAtEnd) break
    const tag = reader.peek()
    if (tag === markers.startRecipient) recipients.push(readRecipient(reader, codePage))
    else if (tag === markers.newAttachment) attachments.push(readAttachment(reader, codePage, depth))
    else if (tag === markers.errorInfo) throw sourceError(reader)
    else if (isMarker(tag)) break
    else throw reader.fault('unexpected-property', 'A property stands after the recipients or attachments')
  }
  return { properties, recipients, attachments }
}

function readRecipient(reader: StreamReader, codePage: number): PropertyBag {
  reader.countObject()
  reader.take(4)
  const recipient = readProperties(reader, codePage)
  skipMetaProperties(reader)
  expectMark(reader, markers.endRecipient)
  return recipient
}

function readAttachment(reader: StreamReader, codePage: number, depth: number): MapiAttachment {
  reader.countObject()
  reader.take(4)
  const properties = readProperties(reader, codePage)
  skipMetaProperties(reader)
  let embedded: MapiMessage | undefined
  if (reader.peek() === markers.startEmbedded) {
    reader.take(4)
    embedded = readMessage(reader, depth + 1)
    expectMark(reader, markers.endEmbedded)
  }
  expectMark(reader, markers.endAttachment)
  return embedded === undefined ? { properties } : { properties, embedded }
}

/** Each is an integer of 32 bits. */
function skipMetaProperties(reader: StreamReader): void {
  while (!reader.isAtEnd && isMetaProperty(reader.peek())) reader.take(8)
}

function expectMark(reader: StreamReader, marker: number): void {
  const tag = reader.peek()
  if (tag === markers.errorInfo) throw sourceError(reader)
  if (tag !== marker) {
    throw isMarker(tag)
      ? reader.fault('unexpected-marker', 'A part of the message ends where another should')
      : reader.fault('unexpected-property', 'A property stands where a part of the message should end')
  }
  reader.take(4)
}

function sourceError(reader: StreamReader): Error {
  return reader.fault('source-error', 'The server that exported the item could not read all of it')
}
