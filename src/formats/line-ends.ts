import { Buffer } from 'node:buffer'

const lf = 0x0a
const cr = 0x0d

/** Line feeds that do not follow a carriage return; `isAfterCr` says how the bytes before `bytes` ended. */
export function countBareLineFeeds(bytes: Uint8Array, isAfterCr: boolean): number {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let count = 0
  for (let at = view.indexOf(lf); at >= 0; at = view.indexOf(lf, at + 1)) {
    if (at === 0 ? !isAfterCr : view[at - 1] !== cr) count++
  }
  return count
}

/**
 * `bytes` with CR put before each bare LF, as an IMAP server shows a file with Unix line ends (seen with Dovecot
 * 2.3.19); all else, bare CR and CR CR LF included, stays. `bareLineFeeds` is what `countBareLineFeeds` gave; 0 gives
 * `bytes` itself.
 */
export function toCrlf(bytes: Uint8Array, isAfterCr: boolean, bareLineFeeds: number): Uint8Array {
  if (bareLineFeeds === 0) return bytes
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const out = Buffer.allocUnsafe(bytes.byteLength + bareLineFeeds)
  let length = 0
  let copied = 0
  for (let at = view.indexOf(lf); at >= 0; at = view.indexOf(lf, at + 1)) {
    if (at === 0 ? isAfterCr : view[at - 1] === cr) continue
    length += view.copy(out, length, copied, at)
    out[length++] = cr
    copied = at
  }
  view.copy(out, length, copied)
  return out
}
