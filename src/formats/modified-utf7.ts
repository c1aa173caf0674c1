import { Buffer } from 'node:buffer'

/**
 * A mailbox name in modified UTF-7 (RFC 3501 section 5.1.3): printable ASCII as it is, `&` as `&-`, all else as UTF-16
 * in base64 between `&` and `-`. Total and reversible for every string, lone surrogates included.
 */
export function encodeModifiedUtf7(text: string): string {
  return text.replace(/&|[^\x20-\x7e]+/g, (run) => (run === '&' ? '&-' : `&${toBase64(run)}-`))
}

/**
 * Undefined when `text` is not what `encodeModifiedUtf7` would have written: it then is a name in some other encoding.
 */
export function decodeModifiedUtf7(text: string): string | undefined {
  const decoded = text.replace(/&([A-Za-z0-9+,]*)-/g, (_whole, base64: string) =>
    base64 === '' ? '&' : fromBase64(base64),
  )
  return encodeModifiedUtf7(decoded) === text ? decoded : undefined
}

function toBase64(run: string): string {
  return Buffer.from(run, 'utf16le').swap16().toString('base64').replace(/=+$/, '').replaceAll('/', ',')
}

function fromBase64(base64: string): string {
  const bytes = Buffer.from(base64.replaceAll(',', '/'), 'base64')
  return bytes
    .subarray(0, bytes.length & ~1)
    .swap16()
    .toString('utf16le')
}
