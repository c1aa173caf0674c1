import { Buffer } from 'node:buffer'
import type { MapiMessage } from '../mapi/message.ts'
import { containerHead, transferBufferHead } from './container.ts'
import { StreamWriter } from './stream-writer.ts'
import { writeMessage } from './write-message.ts'

/**
 * A message as Graph's `exportItems` and the ExportItems of Exchange Web Services give it and as imports take it
 * (exchange.md 8.3 to 8.5). What the bags hold is written, nothing is added but the numbers of attachments that have
 * none. Throws `FastTransferError`, `unwritable` or `too-deep`.
 *
 * Microsoft calls the form opaque: what the sandbox and Exchange take today, a later Exchange may refuse.
 */
export function writeFastTransfer(message: MapiMessage): Buffer {
  return Buffer.concat(fastTransferChunks(message))
}

/**
 * The same in pieces to be sent in order. Values of 16 KiB and more are not copied: the pieces are views of them, so
 * they must not change until all is sent. Beyond the message itself this takes the size of its small values and about
 * 200 bytes for each 31 KB of the large ones.
 */
export function fastTransferChunks(message: MapiMessage): Buffer[] {
  const stream = new StreamWriter()
  writeMessage(stream, message)
  const chunks = [containerHead]
  for (const pieces of stream.transferBuffers()) {
    chunks.push(transferBufferHead(pieces.reduce((sum, piece) => sum + piece.length, 0)), ...pieces)
  }
  return chunks
}
