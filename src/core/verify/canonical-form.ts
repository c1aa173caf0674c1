/** A way in which bytes differ from the canonical form; also the name under which a server's change is recorded. */
export type Oddity = 'line-ends' | 'nul' | 'final-cr'

const cr = 13
const lf = 10

/**
 * The normal form in which two servers' copies of a message are compared: what Dovecot 2.3.19 was seen to make of real
 * mail while answering OK. Line ends LF and CR...CR LF become CR LF, NUL becomes 0x80, CRs at the very
 * end are dropped (Dovecot takes one away each time it stores, there and before a LF); a bare CR elsewhere stays. Streaming: `push` any chunks, then `end`.
 */
export class CanonicalForm {
  readonly oddities = new Set<Oddity>()
  readonly #emit: (bytes: Uint8Array) => void
  /** CRs seen whose meaning the next byte decides. */
  #heldCrs = 0

  constructor(emit: (bytes: Uint8Array) => void) {
    this.#emit = emit
  }

  push(chunk: Uint8Array): void {
    // Each byte becomes two at most, after the CRs still held.
    const out = Buffer.allocUnsafe(chunk.byteLength * 2 + this.#heldCrs + 2)
    let length = 0
    let held = this.#heldCrs
    for (let at = 0; at < chunk.byteLength; at++) {
      const byte = chunk[at] as number
      if (byte === cr) {
        held++
        continue
      }
      if (byte === lf) {
        if (held !== 1) this.oddities.add('line-ends')
        held = 0
        out[length++] = cr
        out[length++] = lf
        continue
      }
      for (; held > 0; held--) out[length++] = cr
      if (byte === 0) {
        this.oddities.add('nul')
        out[length++] = 0x80
      } else out[length++] = byte
    }
    this.#heldCrs = held
    if (length > 0) this.#emit(out.subarray(0, length))
  }

  end(): void {
    if (this.#heldCrs === 0) return
    this.oddities.add('final-cr')
    this.#heldCrs = 0
  }
}
