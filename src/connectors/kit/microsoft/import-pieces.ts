import { Buffer } from 'node:buffer'

/** The body of an import, sent piece by piece. */
export interface ImportPieces {
  readonly sizeBytes: number
  /** Throws what `chunks` throws: the request then ends unfinished. */
  pieces(): AsyncIterable<Uint8Array>
}

/** Bytes that go out in one piece; a multiple of three, so that only the last piece is padded. */
export const importPieceBytes = 24 * 1024

/**
 * The body of an import (exchange.md 2.3): what is `named`, and then `dataBytes` bytes of data, their base64 made while they are
 * sent. `chunks` gives them, as often as the pieces are asked for.
 */
export function importPieces(named: object, dataBytes: number, chunks: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>): ImportPieces {
  const head = Buffer.from(`${JSON.stringify(named).slice(0, -1)},"Data":"`)
  const tail = Buffer.from('"}')
  return {
    sizeBytes: head.length + Math.ceil(dataBytes / 3) * 4 + tail.length,
    async *pieces() {
      yield head
      for await (const piece of wholeThrees(chunks())) yield Buffer.from(piece.toString('base64'), 'latin1')
      yield tail
    },
  }
}

/** The same bytes in pieces of which all but the last are multiples of three. */
async function* wholeThrees(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Buffer> {
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.byteLength; at += importPieceBytes) {
      const part = chunk.subarray(at, at + importPieceBytes)
      waiting.push(part)
      waitingBytes += part.byteLength
      if (waitingBytes < importPieceBytes) continue
      const joined = join(waiting)
      const whole = joined.length - (joined.length % 3)
      yield joined.subarray(0, whole)
      waiting = whole === joined.length ? [] : [joined.subarray(whole)]
      waitingBytes = joined.length - whole
    }
  }
  if (waitingBytes > 0) yield join(waiting)
}

function join(parts: readonly Uint8Array[]): Buffer {
  const [only] = parts
  return parts.length === 1 && only !== undefined ? Buffer.from(only.buffer, only.byteOffset, only.byteLength) : Buffer.concat(parts)
}
