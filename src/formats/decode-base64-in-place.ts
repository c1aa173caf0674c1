import type { Buffer } from 'node:buffer'

/** A multiple of four characters. */
const sliceCharacters = 64 * 1024

/**
 * Decodes base64 (RFC 4648 section 4) over the bytes that hold it and returns the part that holds the result: an item of
 * 100 MB is not held twice. Undefined when it is not base64, or not padded; the bytes are then spoilt.
 */
export function decodeBase64InPlace(bytes: Buffer, start: number, end: number): Buffer | undefined {
  const characters = end - start
  if (characters % 4 !== 0) return undefined
  let written = start
  for (let at = start; at < end; at += sliceCharacters) {
    const stop = Math.min(at + sliceCharacters, end)
    const slice = bytes.toString('latin1', at, stop)
    // Node also takes the alphabet for URLs, which .NET does not; other characters it skips, which shows in the count.
    if (slice.includes('-') || slice.includes('_')) return undefined
    const padding = stop < end ? 0 : paddingOf(slice)
    const count = bytes.write(slice, written, 'base64')
    if (count !== (slice.length / 4) * 3 - padding) return undefined
    written += count
  }
  return bytes.subarray(start, written)
}

function paddingOf(slice: string): number {
  if (slice.endsWith('==')) return 2
  return slice.endsWith('=') ? 1 : 0
}
