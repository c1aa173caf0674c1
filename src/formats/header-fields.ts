import { Buffer } from 'node:buffer'

/**
 * The first value of each wanted field in a header, unfolded and trimmed, as bytes with one character each. `names` are
 * in lower case. Stops at the empty line; never throws.
 */
export function readHeaderFields(head: Uint8Array, names: readonly string[]): ReadonlyMap<string, string> {
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1')
  const values = new Map<string, string>()
  for (let start = 0; start < text.length;) {
    let end = lineEnd(text, start)
    if (/^\r*$/.test(text.slice(start, Math.min(end, start + 8)))) return values
    while (text[end + 1] === ' ' || text[end + 1] === '\t') end = lineEnd(text, end + 1)
    const colon = text.indexOf(':', start)
    if (colon > start && colon - start < fieldNameCharactersMax && colon < end) {
      const name = text.slice(start, colon).trimEnd().toLowerCase()
      if (names.includes(name) && !values.has(name)) {
        values.set(
          name,
          text
            .slice(colon + 1, end)
            .replace(/[\t\r\n ]+/g, ' ')
            .trim(),
        )
      }
    }
    start = end + 1
  }
  return values
}

/** No field that anybody looks for has a longer name. */
const fieldNameCharactersMax = 80

function lineEnd(text: string, from: number): number {
  const at = text.indexOf('\n', from)
  return at < 0 ? text.length : at
}
