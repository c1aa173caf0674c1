import { Buffer } from 'node:buffer'
import type { MapiMessage } from '../mapi/message.ts'
import { streamOf } from './container.ts'
import { readFastTransferContent } from './stored-form.ts'

/**
 * The message in a FastTransfer container, as Exchange exports it (exchange.md 8.3 and 8.4). 8-bit text becomes Unicode;
 * the bags hold what the stream has, in its order. Byte strings are views of `bytes`, or of one copy of the stream when
 * the container splits it; memory is bounded by `limits.ts` and a few times the size. Throws `FastTransferError`, and
 * nothing else whatever the bytes.
 */
export function readFastTransfer(bytes: Uint8Array): MapiMessage {
  return readFastTransferContent(streamOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)))
}
