import { Buffer } from 'node:buffer'

/** Bytes that are to be written: text of one byte each, bytes as they are, or bytes to be put in base64. */
export type MimePiece = string | Uint8Array | { readonly base64: Uint8Array }

/** Base64 lines of 76 characters hold this many bytes (RFC 2045 section 6.8). */
const lineBytes = 57
const lineCharacters = 78
/** As many lines at a time, so that a large file's base64 never stands in memory as text. */
const chunkBytes = lineBytes * 1024

/** Puts the pieces of a message together; each byte is copied once. */
export function joinPieces(pieces: readonly MimePiece[]): Buffer {
  const out = Buffer.allocUnsafe(pieces.reduce((total, piece) => total + sizeOf(piece), 0))
  let at = 0
  for (const piece of pieces) {
    if (typeof piece === 'string') at += out.write(piece, at, 'latin1')
    else if (piece instanceof Uint8Array) {
      out.set(piece, at)
      at += piece.byteLength
    } else at = writeBase64(out, at, piece.base64)
  }
  return out
}

function sizeOf(piece: MimePiece): number {
  if (typeof piece === 'string') return piece.length
  if (piece instanceof Uint8Array) return piece.byteLength
  const rest = piece.base64.byteLength % lineBytes
  const full = (piece.base64.byteLength - rest) / lineBytes
  return full * lineCharacters + (rest === 0 ? 0 : Math.ceil(rest / 3) * 4 + 2)
}

function writeBase64(out: Buffer, start: number, data: Uint8Array): number {
  const view = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  let at = start
  for (let from = 0; from < view.length; from += chunkBytes) {
    const text = view.toString('base64', from, Math.min(view.length, from + chunkBytes))
    for (let line = 0; line < text.length; line += 76) {
      at += out.write(text.slice(line, line + 76), at, 'latin1')
      out[at++] = 0x0d
      out[at++] = 0x0a
    }
  }
  return at
}
