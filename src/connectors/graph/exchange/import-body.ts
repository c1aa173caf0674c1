import { Buffer } from 'node:buffer'
import type { Content, Delivery } from '../../../core/model/item.ts'
import { importPieceBytes, importPieces } from '../../kit/microsoft/import-pieces.ts'
import { ContentPieces } from '../content-pieces.ts'
import { wrongLength } from '../errors.ts'

/** The body of an import: as long as it says, and read once where the content is a stream. */
export interface ImportBody {
  readonly sizeBytes: number
  readonly body: Uint8Array | AsyncIterable<Uint8Array>
  /** It can be sent again. */
  readonly isWhole: boolean
}

/** `{"FolderId","Mode","ItemId","ChangeKey","Data"}` (exchange.md 2.3). */
export function importBody({ item: { content, sizeBytes }, into, replaces }: Delivery): ImportBody {
  const named = { FolderId: into, ...(replaces === undefined ? { Mode: 'create' } : { Mode: 'update', ItemId: replaces.id, ChangeKey: replaces.version }) }
  if (content instanceof Uint8Array && content.byteLength <= importPieceBytes) {
    const data = Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('base64')
    const body = Buffer.from(JSON.stringify({ ...named, Data: data }))
    return { sizeBytes: body.byteLength, body, isWhole: true }
  }
  const { sizeBytes: bodyBytes, pieces } = importPieces(named, sizeBytes, () => (content instanceof Uint8Array ? [content] : asLongAsSaid(content, sizeBytes)))
  return { sizeBytes: bodyBytes, body: pieces(), isWhole: content instanceof Uint8Array || content instanceof ContentPieces }
}

/** Throws when the content is shorter or longer than it says. */
async function* asLongAsSaid(content: Exclude<Content, Uint8Array>, sizeBytes: number): AsyncGenerator<Uint8Array> {
  let seenBytes = 0
  for await (const chunk of content) {
    seenBytes += chunk.byteLength
    if (seenBytes > sizeBytes) throw wrongLength()
    yield chunk
  }
  if (seenBytes !== sizeBytes) throw wrongLength()
}
