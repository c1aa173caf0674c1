import { attachmentProperties } from '../mapi/attachment-properties.ts'
import type { MapiAttachment, MapiMessage } from '../mapi/message.ts'
import type { ReadonlyPropertyBag } from '../mapi/property-bag.ts'
import { FastTransferError } from './fast-transfer-error.ts'
import { embeddedDepthMax } from './limits.ts'
import { markers, messageParts, metaProperties } from './markers.ts'
import type { StreamWriter } from './stream-writer.ts'
import { writeProperty } from './write-property.ts'

/** A message without its attachments. */
export type MessageHead = Pick<MapiMessage, 'properties' | 'recipients'>

/** Adds the properties in the order of the bag. */
export function writeProperties(stream: StreamWriter, bag: ReadonlyPropertyBag): void {
  for (const entry of bag.entries()) writeProperty(stream, entry)
}

/** Adds the properties and recipients of a message (the first part of messageContent, MS-OXCFXICS 2.2.4.3.13). */
export function writeHead(stream: StreamWriter, { properties, recipients }: MessageHead): void {
  writeProperties(stream, properties)
  writeDeletes(stream, messageParts.recipients)
  writeRecipients(stream, recipients)
}

/** Adds a whole message with what is embedded in it. Throws `too-deep` beyond `embeddedDepthMax`. */
export function writeMessage(stream: StreamWriter, message: MapiMessage): void {
  writeHead(stream, message)
  writeDeletes(stream, messageParts.attachments)
  writeAttachments(stream, message.attachments, 0)
}

/** An embedded message is always new in the target: Exchange says nothing there of what it replaces, as its samples show. */
function writeEmbedded(stream: StreamWriter, message: MapiMessage, depth: number): void {
  if (depth > embeddedDepthMax)
    throw new FastTransferError('too-deep', 'Messages are embedded in each other too deeply')
  writeProperties(stream, message.properties)
  writeRecipients(stream, message.recipients)
  writeAttachments(stream, message.attachments, depth)
}

function writeRecipients(stream: StreamWriter, recipients: readonly ReadonlyPropertyBag[]): void {
  for (const recipient of recipients) {
    writeMark(stream, markers.startRecipient)
    writeProperties(stream, recipient)
    writeMark(stream, markers.endRecipient)
  }
}

function writeAttachments(stream: StreamWriter, attachments: readonly MapiAttachment[], depth: number): void {
  attachments.forEach((attachment, index) => writeAttachment(stream, attachment, index, depth))
}

function writeAttachment(stream: StreamWriter, { properties, embedded }: MapiAttachment, index: number, depth: number) {
  const { number } = attachmentProperties
  writeMark(stream, markers.newAttachment)
  writeProperty(stream, { property: number, value: properties.get(number) ?? index })
  for (const entry of properties.entries()) {
    // The grammar wants the number first.
    if (entry.property.key !== number.key) writeProperty(stream, entry)
  }
  if (embedded !== undefined) {
    writeMark(stream, markers.startEmbedded)
    writeEmbedded(stream, embedded, depth + 1)
    writeMark(stream, markers.endEmbedded)
  }
  writeMark(stream, markers.endAttachment)
}

function writeMark(stream: StreamWriter, marker: number): void {
  stream.room(4)
  stream.at = stream.block.writeUInt32LE(marker, stream.at)
}

/** Says that what follows replaces the recipients or attachments of the target (MetaTagFXDelProp, 2.2.4.1.5.4). */
function writeDeletes(stream: StreamWriter, part: number): void {
  stream.room(8)
  stream.at = stream.block.writeUInt32LE(metaProperties.deletes, stream.at)
  stream.at = stream.block.writeUInt32LE(part, stream.at)
}
