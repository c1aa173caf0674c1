import { Buffer } from 'node:buffer'
import { hash } from 'node:crypto'
import type { ZonedTime } from '../../src/core/model/item.ts'
import { toStoredBytes } from '../../src/connectors/memory/stored-bytes.ts'
import type { Random } from './random.ts'

const systemKeywords = ['$seen', '$answered', '$flagged', '$draft']
const ownKeywords = ['Receipts', '$forwarded', 'later']
const foreignHeader = 'X-TUID: '

/** What a message is at heart: equal for its copies by whatever tool or server of this world. */
export function heart(bytes: Uint8Array): string {
  const canonical = Buffer.from(bytes)
    .toString('latin1')
    .replace(/\r*\n/g, '\r\n')
    .replaceAll('\0', '\x80')
    .replace(/\r+$/, '')
  return hash('sha256', canonical.replace(/^X-TUID: .*\r\n/, ''), 'hex').slice(0, 16)
}

/** A copy as another tool or server makes it: as it is, with canonical line ends, or with a header line of its own. */
export function copiedBy(random: Random, bytes: Uint8Array): Uint8Array {
  const way = random.next()
  if (way < 0.4) return bytes
  if (way < 0.6) return toStoredBytes(bytes)
  // A zero-byte message or one without a header has no place for a header line.
  if (bytes.byteLength === 0 || !/^[A-Z][\w-]*:/.test(Buffer.from(bytes.subarray(0, 30)).toString('latin1')))
    return bytes
  const lineEnd = Buffer.from(bytes).includes('\r\n') ? '\r\n' : '\n'
  return Buffer.concat([Buffer.from(`${foreignHeader}${random.integer(1000, 9999)}${lineEnd}`), bytes])
}

/** Random keywords, sorted. */
export function someKeywords(random: Random): readonly string[] {
  return [...random.some(systemKeywords, 0.25), ...random.some(ownKeywords, 0.12)].toSorted()
}

/** A random arrival date within twenty years. */
export function someDate(random: Random): ZonedTime {
  return {
    epochMs: Date.UTC(2006, 0, 1) + random.integer(0, 20 * 365 * 86_400) * 1000,
    offsetMinutes: random.pick([0, 60, -480, 330]),
  }
}

/** Writes messages of which some are alike: a pool of headers, shared Message-IDs, odd bytes. */
export class MailWriter {
  readonly #random: Random
  #written = 0
  readonly #headers: string[] = []

  constructor(random: Random) {
    this.#random = random
  }

  /** Unlike every other message of this world. */
  write(): Uint8Array {
    const random = this.#random
    const number = ++this.#written
    const kind = random.next()
    if (kind < 0.04) return Buffer.from(`\r\nno header ${number}`)
    if (kind < 0.08) return this.#encode(`Subject: header without end ${number}`)
    const text = `${this.#header(number)}\r\nbody ${number}${this.#body()}`
    return this.#encode(random.chance(0.1) ? text.replaceAll('\r\n', '\n') : text)
  }

  #header(number: number): string {
    const random = this.#random
    // Another message with the very same header: alike in identity, different in content.
    if (this.#headers.length > 0 && random.chance(0.2)) return random.pick(this.#headers)
    const lines = [`From: person${random.integer(1, 3)}@example.org`, `To: person${random.integer(4, 5)}@example.org`]
    if (random.chance(0.85)) lines.push(`Subject: about ${random.chance(0.3) ? 'the same' : number}`)
    if (random.chance(0.85)) lines.push(`Date: Mon, ${(number % 28) + 1} Jan 2020 10:00:00 +0000`)
    if (random.chance(0.7)) lines.push(`Message-ID: <${random.chance(0.2) ? 'shared' : number}@example.org>`)
    const header = lines.map((line) => `${line}\r\n`).join('')
    this.#headers.push(header)
    return header
  }

  #body(): string {
    const random = this.#random
    const kind = random.next()
    if (kind < 0.05) return '\r\n\0nul\0\r\n'
    if (kind < 0.1) return '\r\ncr cr lf\r\r\nthree\r\r\r\nbare\rcr\r\r'
    if (kind < 0.25) return `\r\n${'a longer line of text\r\n'.repeat(random.integer(10, 120))}`
    return '\r\n'
  }

  #encode(text: string): Uint8Array {
    return Buffer.from(text, 'latin1')
  }
}
