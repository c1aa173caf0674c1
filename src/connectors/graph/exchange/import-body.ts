import { Buffer } from 'node:buffer'
import type { Content, Delivery } from '../../../core/model/item.ts'
import { ContentPieces } from '../content-pieces.ts'
import { wrongLength } from '../errors.ts'

/** The body of an import: as long as it says, and read once where the content is a stream. */
export interface ImportBody {
  readonly sizeBytes: number
  readonly body: Uint8Array | AsyncIterable<Uint8Array>
  /** It can be sent again. */
  readonly isWhole: boolean
}

/** Bytes that go out in one piece; a multiple of three, so that only the last piece is padded. */
const pieceBytes = 96 * 1024

/** `{"FolderId","Mode","ItemId","ChangeKey","Data"}` (exchange.md 2.3), the data in base64 made while they are sent. */
export function importBody({ item, into, replaces }: Delivery): ImportBody {
  const named = replaces === undefined ? { Mode: 'create' } : { Mode: 'update', ItemId: replaces.id, ChangeKey: replaces.version }
  const head = Buffer.from(`${JSON.stringify({ FolderId: into, ...named }).slice(0, -1)},"Data":"`)
  const tail = Buffer.from('"}')
  const { content, sizeBytes } = item
  const bodyBytes = head.length + Math.ceil(sizeBytes / 3) * 4 + tail.length
  if (content instanceof Uint8Array && content.byteLength <= pieceBytes) {
    const base64 = Buffer.from(toBuffer(content).toString('base64'), 'latin1')
    return { sizeBytes: bodyBytes, body: Buffer.concat([head, base64, tail]), isWhole: true }
  }
  const pieces = content instanceof Uint8Array ? () => piecesOfBytes(content) : () => piecesOfStream(content, sizeBytes)
  return { sizeBytes: bodyBytes, body: bodyOf(head, pieces, tail), isWhole: content instanceof Uint8Array || content instanceof ContentPieces }
}

async function* bodyOf(head: Uint8Array, pieces: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>, tail: Uint8Array): AsyncGenerator<Uint8Array> {
  yield head
  for await (const piece of pieces()) yield Buffer.from(toBuffer(piece).toString('base64'), 'latin1')
  yield tail
}

function* piecesOfBytes(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}

/** Throws when the content is shorter or longer than it says: the request then ends unfinished. */
async function* piecesOfStream(content: Exclude<Content, Uint8Array>, sizeBytes: number): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  let seenBytes = 0
  for await (const chunk of content) {
    seenBytes += chunk.byteLength
    if (seenBytes > sizeBytes) throw wrongLength()
    for (const part of piecesOfBytes(chunk)) {
      waiting.push(part)
      waitingBytes += part.byteLength
      if (waitingBytes < pieceBytes) continue
      const joined = Buffer.concat(waiting)
      const whole = joined.length - (joined.length % 3)
      yield joined.subarray(0, whole)
      waiting = [joined.subarray(whole)]
      waitingBytes = joined.length - whole
    }
  }
  if (seenBytes !== sizeBytes) throw wrongLength()
  if (waitingBytes > 0) yield Buffer.concat(waiting)
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
