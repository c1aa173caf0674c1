/** Enough for nearly every header. */
const headBytesMax = 16 * 1024

/** The first bytes of a stream, and the stream with them still in it. */
export async function peekHead(
  content: AsyncIterable<Uint8Array>,
): Promise<{ head: Uint8Array; whole: AsyncIterable<Uint8Array> }> {
  const rest = content[Symbol.asyncIterator]()
  const chunks: Uint8Array[] = []
  let bytes = 0
  while (bytes < headBytesMax) {
    const { done, value } = await rest.next()
    if (done === true) break
    chunks.push(value)
    bytes += value.byteLength
  }
  return { head: chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks), whole: resume(chunks, rest) }
}

async function* resume(chunks: readonly Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks
    for (;;) {
      const { done, value } = await rest.next()
      if (done === true) return
      yield value
    }
  } finally {
    await rest.return?.()
  }
}
