import { Buffer } from 'node:buffer'

/** Where a header stops. Both are offsets from the first byte of the message. */
export interface HeaderEnd {
  /** Bytes of the header with its last line end, without the empty line. */
  readonly headerBytes: number
  /** First byte after the empty line; may be the length of the message. */
  readonly bodyStart: number
}

/**
 * Finds the empty line that ends a header (RFC 5322 section 2.1); a line of nothing but CR counts as empty, so that LF,
 * CRLF and CR CR LF files end at the same place. A message that begins with an empty line has no header. Undefined when
 * `bytes` holds no empty line: then all of it is header, or the line is still to come.
 */
export function findHeaderEnd(bytes: Uint8Array): HeaderEnd | undefined {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let lineStart = 0
  for (;;) {
    const lineFeed = view.indexOf(0x0a, lineStart)
    if (lineFeed < 0) return undefined
    let end = lineFeed
    while (end > lineStart && view[end - 1] === 0x0d) end--
    if (end === lineStart) return { headerBytes: lineStart, bodyStart: lineFeed + 1 }
    lineStart = lineFeed + 1
  }
}
