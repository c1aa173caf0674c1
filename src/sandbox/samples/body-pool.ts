import { Buffer } from 'node:buffer'
import type { SeededRandom } from './seeded-random.ts'

const words =
  `meeting invoice please find attached the report for next quarter regards team customer order shipping confirm
  your account update project deadline release server mailbox migration budget review thanks following discussion moved to
  tomorrow Grüße Straße Angebot Rechnung Vertrag naïve résumé привет отчёт договор 会議 請求書 ご確認 και σύμβαση`
    .split(/\s+/)
    .filter(Boolean)

const base64LineBytes = 78

/** Text and attachments of any size, cut from a supply that is made once: fast, and no two cuts are likely the same. */
export class BodyPool {
  readonly #random: SeededRandom
  readonly #text: Buffer
  readonly #base64: Buffer

  constructor(random: SeededRandom, supplyBytes = 1_000_000) {
    this.#random = random
    this.#text = Buffer.from(makeText(random, Math.min(supplyBytes, 400_000)))
    const raw = random.bytes(Math.ceil(supplyBytes / base64LineBytes) * 57)
    this.#base64 = Buffer.from(`${Buffer.from(raw).toString('base64').replace(/.{76}/g, '$&\r\n')}`, 'latin1')
  }

  /** One word. */
  word(): string {
    return this.#random.pick(words)
  }

  /** UTF-8 text in whole lines with CRLF, at least `sizeBytes` long and less than a line more. */
  text(sizeBytes: number): Buffer {
    const start = this.#text.indexOf('\n', this.#random.integer(0, this.#text.length - 200)) + 1
    const wholeBytes = Math.ceil(sizeBytes)
    const stop = (start + wholeBytes) % this.#text.length
    const toLineEnd = this.#text.indexOf('\n', stop) + 1 - stop
    return cutRound(this.#text, start, wholeBytes + toLineEnd)
  }

  /** Base64 of random bytes in whole lines of 76 characters and CRLF, `sizeBytes` rounded to a line. */
  base64(sizeBytes: number): Buffer {
    const lines = Math.max(1, Math.round(sizeBytes / base64LineBytes))
    const start = this.#random.integer(0, this.#base64.length / base64LineBytes) * base64LineBytes
    return cutRound(this.#base64, start, lines * base64LineBytes)
  }
}

/** `sizeBytes` of `supply` from `start` on, beginning again at its end as often as needed. */
function cutRound(supply: Buffer, start: number, sizeBytes: number): Buffer {
  const pieces: Buffer[] = []
  for (let from = start % supply.length, left = sizeBytes; left > 0; from = 0) {
    const piece = supply.subarray(from, from + left)
    pieces.push(piece)
    left -= piece.length
  }
  return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces)
}

function makeText(random: SeededRandom, sizeBytes: number): string {
  let text = ''
  let line = ''
  while (text.length < sizeBytes) {
    line += `${line === '' ? '' : ' '}${random.pick(words)}`
    if (line.length < random.integer(40, 70)) continue
    text += `${line}\r\n${random.chance(0.1) ? '\r\n' : ''}`
    line = ''
  }
  return text
}
