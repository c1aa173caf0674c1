import { Buffer } from 'node:buffer'

/** What is shorter is encoded in one piece. A multiple of three, so that nothing is padded but the end. */
const pieceBytes = 192 * 1024

/** The base64 of some bytes, in pieces to be put one after the other; beyond the bytes themselves one piece is held. */
export function* base64Pieces(chunks: readonly Uint8Array[]): Generator<string> {
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.byteLength;) {
      const part = chunk.subarray(at, at + pieceBytes - waitingBytes)
      waiting.push(part)
      waitingBytes += part.byteLength
      at += part.byteLength
      if (waitingBytes < pieceBytes) continue
      yield toBase64(waiting)
      waiting = []
      waitingBytes = 0
    }
  }
  if (waitingBytes > 0) yield toBase64(waiting)
}

function toBase64(parts: readonly Uint8Array[]): string {
  return Buffer.concat(parts).toString('base64')
}
