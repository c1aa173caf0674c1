import { containerHead, streamOf, transferBufferHead } from '../../../formats/fast-transfer/container.ts'

/**
 * The same FastTransfer stream in buffers of another length, cut wherever that falls: through values, and larger than those
 * that Exchange itself writes. Throws `FastTransferError` for what is no container.
 */
export function cutStream(container: Buffer, bufferBytes: number): Buffer {
  const stream = streamOf(container)
  const pieces: Buffer[] = [containerHead]
  for (let at = 0; at < stream.length; at += bufferBytes) {
    const piece = stream.subarray(at, at + bufferBytes)
    pieces.push(transferBufferHead(piece.length), piece)
  }
  return Buffer.concat(pieces)
}
