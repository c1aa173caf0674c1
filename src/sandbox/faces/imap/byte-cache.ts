import type { Buffer } from 'node:buffer'

/** What is bigger than this share of a cache is not kept in it. */
const keptShareMax = 1 / 8

interface Entry {
  readonly version: number
  readonly bytes: Buffer
}

/** Bytes that cost something to make, the latest used ones up to a number of bytes. */
export class ByteCache {
  readonly #entries = new Map<string, Entry>()
  readonly #sizeBytesMax: number
  #sizeBytes = 0

  constructor(sizeBytesMax: number) {
    this.#sizeBytesMax = sizeBytesMax
  }

  get(key: string, version: number): Buffer | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    this.#remove(key, entry)
    if (entry.version !== version) return undefined
    this.#add(key, entry)
    return entry.bytes
  }

  set(key: string, version: number, bytes: Buffer): void {
    const before = this.#entries.get(key)
    if (before !== undefined) this.#remove(key, before)
    if (bytes.length > this.#sizeBytesMax * keptShareMax) return
    this.#add(key, { version, bytes })
    for (const [oldest, entry] of this.#entries) {
      if (this.#sizeBytes <= this.#sizeBytesMax) break
      this.#remove(oldest, entry)
    }
  }

  #add(key: string, entry: Entry): void {
    this.#entries.set(key, entry)
    this.#sizeBytes += entry.bytes.length
  }

  #remove(key: string, entry: Entry): void {
    this.#entries.delete(key)
    this.#sizeBytes -= entry.bytes.length
  }
}
