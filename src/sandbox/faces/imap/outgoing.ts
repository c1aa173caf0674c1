import { Buffer } from 'node:buffer'
import type { SessionOutput } from './session-output.ts'

/** What is bigger goes out by itself instead of being copied together with the rest. */
const joinedBytesMax = 64 * 1024

/** What a session has said and not sent yet; everything that a run of commands says goes out at once. */
export class Outgoing {
  readonly #output: SessionOutput
  #pieces: Buffer[] = []
  #text = ''

  constructor(output: SessionOutput) {
    this.#output = output
  }

  /** One character a byte. */
  say(text: string): void {
    this.#text += text
  }

  add(pieces: readonly Buffer[]): void {
    this.#endText()
    this.#pieces.push(...pieces)
  }

  flush(): void {
    this.#endText()
    if (this.#pieces.length === 0) return
    const pieces = this.#pieces
    this.#pieces = []
    let joined: Buffer[] = []
    const sendJoined = (): void => {
      if (joined.length > 0) this.#output.write(joined.length === 1 ? joined[0]! : Buffer.concat(joined))
      joined = []
    }
    for (const piece of pieces) {
      if (piece.length <= joinedBytesMax) {
        joined.push(piece)
        continue
      }
      sendJoined()
      this.#output.write(piece)
    }
    sendJoined()
  }

  forget(): void {
    this.#pieces = []
    this.#text = ''
  }

  #endText(): void {
    if (this.#text !== '') this.#pieces.push(Buffer.from(this.#text, 'latin1'))
    this.#text = ''
  }
}
