import { createHash, hash, type Hash } from 'node:crypto'
import type { Content, Item } from '../model/item.ts'
import type { Essence, ItemEssence } from '../ports/connector.ts'
import { CanonicalForm, type Oddity } from './canonical-form.ts'
import { DecodedForm } from './decoded-form.ts'

/** All that two copies of a message can be compared by. */
export interface Fingerprint {
  readonly sizeBytes: number
  /** SHA-256 of the bytes, hex. */
  readonly digest: string
  /** SHA-256 of the canonical form, hex. */
  readonly canonicalDigest: string
  /** SHA-256 of the canonical body, hex. */
  readonly bodyDigest: string
  /** Short digests of the canonical header's lines, sorted. */
  readonly headerLines: readonly string[]
  /** SHA-256 of the canonical form of the decoded form, hex; only when asked for. */
  readonly decodedDigest?: string
  /** What a target that makes it anew keeps of it, by the ways asked for and in their order; those left out that cannot read it. */
  readonly essences?: ReadonlyMap<Essence, ItemEssence>
  /** Ways in which the bytes are not canonical. */
  readonly oddities: ReadonlySet<Oddity>
}

const headerSizeBytesMax = 1024 * 1024
/** What is made of a content is made of so much at a time: of a large one it would take its size again. */
const pieceBytes = 256 * 1024
/** Above it a content is not held whole, and so has no essence; no target that needs one takes more in one item. */
const essenceSizeBytesMax = 160 * 1024 * 1024

/** How to compare contents. */
export interface FingerprintOptions {
  /** Adds the costly digest of the decoded form. */
  readonly decodes?: boolean
  /** Of a target that makes what it is given anew. */
  readonly essences?: readonly Essence[] | undefined
}

/**
 * Reads a content once and fingerprints it; memory is bounded by the header, which ends at 1 MiB at the latest, and with
 * essences by the content, held once, and what they make of it.
 */
export async function fingerprint(
  { content, sizeBytes: sizeBytesExpected }: Pick<Item, 'content' | 'sizeBytes'>,
  { decodes = false, essences = [] }: FingerprintOptions = {},
): Promise<Fingerprint> {
  const raw = createHash('sha256')
  const canonical = createHash('sha256')
  const split = new HeaderSplit()
  const form = new CanonicalForm((bytes) => {
    canonical.update(bytes)
    split.push(bytes)
  })
  const decoded = decodes ? new DecodedDigest() : undefined
  let sizeBytes = 0
  const whole = essences.length > 0 && sizeBytesExpected <= essenceSizeBytesMax ? new WholeContent(content, sizeBytesExpected) : undefined
  for await (const chunk of chunksOf(content)) {
    sizeBytes += chunk.byteLength
    whole?.push(chunk)
    raw.update(chunk)
    for (let at = 0; at < chunk.byteLength; at += pieceBytes) {
      const piece = chunk.subarray(at, at + pieceBytes)
      form.push(piece)
      decoded?.push(piece)
    }
  }
  form.end()
  const essential = whole && essencesOf(whole.bytes, essences)
  whole?.free()
  return {
    sizeBytes,
    digest: raw.digest('hex'),
    canonicalDigest: canonical.digest('hex'),
    ...split.end(),
    ...(decoded === undefined ? {} : { decodedDigest: decoded.end() }),
    ...(essential === undefined ? {} : { essences: essential }),
    oddities: form.oddities,
  }
}

function essencesOf(content: Uint8Array, essences: readonly Essence[]): ReadonlyMap<Essence, ItemEssence> {
  const found = new Map<Essence, ItemEssence>()
  for (const essence of essences) {
    const own = essence.of(content)
    if (own !== undefined) found.set(essence, own)
  }
  return found
}

/** A content as chunks, whole or streamed. */
export function chunksOf(content: Content): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  return content instanceof Uint8Array ? [content] : content
}

/** A content in one piece; put together only where nobody has it so. */
class WholeContent {
  readonly #given: Uint8Array | undefined
  readonly #collected: Uint8Array<ArrayBuffer>
  #length = 0

  constructor(content: Content, sizeBytes: number) {
    this.#given = content instanceof Uint8Array ? content : content.whole
    this.#collected = new Uint8Array(this.#given === undefined ? sizeBytes : 0)
  }

  /** Of a content that is longer than it was announced only as much. */
  push(chunk: Uint8Array): void {
    if (this.#given !== undefined) return
    const fitting = chunk.subarray(0, this.#collected.byteLength - this.#length)
    this.#collected.set(fitting, this.#length)
    this.#length += fitting.byteLength
  }

  get bytes(): Uint8Array {
    return this.#given ?? this.#collected.subarray(0, this.#length)
  }

  /** Gives the memory back at once: the collector sees a large one as a few bytes. */
  free(): void {
    if (this.#collected.byteLength > pieceBytes) this.#collected.buffer.transfer(0)
  }
}

class DecodedDigest {
  readonly #digest = createHash('sha256')
  readonly #canonical = new CanonicalForm((bytes) => this.#digest.update(bytes))
  readonly #decoded = new DecodedForm((bytes) => this.#canonical.push(bytes))

  push(bytes: Uint8Array): void {
    this.#decoded.push(bytes)
  }

  end(): string {
    this.#decoded.end()
    this.#canonical.end()
    return this.#digest.digest('hex')
  }
}

/** Separates canonical bytes into header lines and a body digest. */
class HeaderSplit {
  readonly #body: Hash = createHash('sha256')
  #header: Buffer | undefined = Buffer.alloc(0)
  #lines: string[] = []

  push(bytes: Uint8Array): void {
    if (this.#header === undefined) {
      this.#body.update(bytes)
      return
    }
    this.#header = Buffer.concat([this.#header, bytes])
    // A message that begins with a blank line has no header at all.
    const end = this.#header.subarray(0, 2).equals(crlf) ? 0 : this.#header.indexOf('\r\n\r\n')
    if (end >= 0) this.#endHeader(end, end === 0 ? 2 : end + 4)
    else if (this.#header.byteLength > headerSizeBytesMax) this.#endHeader(headerSizeBytesMax, headerSizeBytesMax)
  }

  end(): { bodyDigest: string; headerLines: readonly string[] } {
    if (this.#header !== undefined) this.#endHeader(this.#header.byteLength, this.#header.byteLength)
    return { bodyDigest: this.#body.digest('hex'), headerLines: this.#lines.sort() }
  }

  #endHeader(end: number, bodyStart: number): void {
    const header = this.#header ?? Buffer.alloc(0)
    this.#header = undefined
    const lines = header.toString('latin1', 0, end).split('\r\n')
    this.#lines = lines.filter((line) => line !== '').map((line) => hash('sha256', Buffer.from(line, 'latin1'), 'hex').slice(0, 24))
    if (bodyStart < header.byteLength) this.#body.update(header.subarray(bodyStart))
  }
}

const crlf = Buffer.from('\r\n')
