import { once } from 'node:events'
import type { ClientRequest } from 'node:http'

type Body = Uint8Array | AsyncIterable<Uint8Array>

/** Pieces of a large body: so the time without any progress is told from a slow upload. */
const pieceBytes = 256 * 1024

/**
 * Writes a body and ends the request; `fail` is called with what reading a stream throws. A request that was destroyed
 * takes no more, and the stream is closed.
 */
export function writeBody(outgoing: ClientRequest, body: Body | undefined, fail: (reason: unknown) => void): void {
  if (body === undefined) outgoing.end()
  else if (body instanceof Uint8Array && body.byteLength <= pieceBytes) outgoing.end(body)
  else writePieces(outgoing, body instanceof Uint8Array ? piecesOf(body) : body).catch(fail)
}

async function writePieces(outgoing: ClientRequest, pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
  const ended = new AbortController()
  outgoing.once('close', () => ended.abort())
  for await (const piece of pieces) {
    if (outgoing.destroyed) return
    if (outgoing.write(piece)) continue
    await once(outgoing, 'drain', { signal: ended.signal }).catch((error: unknown) => {
      if (!ended.signal.aborted) throw error
    })
  }
  if (!outgoing.destroyed) outgoing.end()
}

function* piecesOf(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}
