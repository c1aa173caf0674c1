import { Buffer } from 'node:buffer'

/**
 * What Dovecot 2.3.19 was seen to store of real mail while answering OK: a bare LF becomes CR LF, of several CRs before
 * a LF and of those at the very end one is dropped, NUL becomes 0x80, a bare CR elsewhere is kept.
 */
export function toStoredBytes(sent: Uint8Array): Uint8Array {
  const text = Buffer.from(sent.buffer, sent.byteOffset, sent.byteLength).toString('latin1')
  const stored = text
    .replace(/(\r*)\n/g, (_, crs: string) => `${crs.length > 1 ? crs.slice(1) : '\r'}\n`)
    .replaceAll('\0', '\x80')
    .replace(/\r$/, '')
  return stored === text ? sent : Buffer.from(stored, 'latin1')
}
