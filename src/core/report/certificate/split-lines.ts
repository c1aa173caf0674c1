/** A line longer than this is in no certificate. */
export const lineBytesMax = 1024 * 1024

/** A line's own bytes, and whether an LF ended it. */
export interface RawLine {
  readonly bytes: Uint8Array
  readonly isEnded: boolean
}

/**
 * Cuts a stream into lines at LF and nothing else; keeps at most one line. Bytes behind the last LF are a line that is
 * not ended, and so is the beginning of one that is longer than `lineBytesMax`, after which nothing more is given.
 */
export async function* splitLines(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<RawLine> {
  let rest: Uint8Array[] = []
  let restBytes = 0
  for await (const chunk of chunks) {
    let from = 0
    for (let to = chunk.indexOf(0x0a); to !== -1; to = chunk.indexOf(0x0a, from)) {
      if (restBytes + to - from > lineBytesMax) break
      const end = chunk.subarray(from, to)
      yield { bytes: restBytes === 0 ? end : Buffer.concat([...rest, end]), isEnded: true }
      rest = []
      restBytes = 0
      from = to + 1
    }
    if (from < chunk.length) {
      rest.push(chunk.slice(from))
      restBytes += chunk.length - from
    }
    if (restBytes > lineBytesMax) break
  }
  if (restBytes > 0) yield { bytes: Buffer.concat(rest), isEnded: false }
}
