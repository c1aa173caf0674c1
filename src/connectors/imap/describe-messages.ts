import type { ItemRef } from '../../core/model/item.ts'
import type { Described } from '../../core/ports/connector.ts'
import { describeMessage } from '../../formats/message-description.ts'
import { fetchMessages } from './fetch-messages.ts'
import type { Session } from './protocol/session.ts'

const section = 'HEADER.FIELDS (DATE FROM TO SUBJECT MESSAGE-ID)'

/** The headers of messages of one folder; servers answer this from their caches. What cannot be read is left out. */
export async function* describeMessages(session: Session, refs: readonly ItemRef[]): AsyncGenerator<Described> {
  if (refs.length === 0) return
  const fetch = fetchMessages(session, refs, { section })
  try {
    for await (const fetched of fetch.results) {
      if (fetched.type === 'body') yield { ref: fetched.ref, description: describeMessage(await whole(fetched.content)) }
    }
  } finally {
    fetch.discard()
  }
}

const headerBytesMax = 64 * 1024

/** Header fields as one piece; of an absurdly long header its beginning. */
async function whole(content: Uint8Array | AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  if (content instanceof Uint8Array) return content
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of content) {
    chunks.push(chunk)
    bytes += chunk.byteLength
    if (bytes >= headerBytesMax) break
  }
  return Buffer.concat(chunks)
}
