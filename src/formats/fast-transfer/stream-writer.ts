import { Buffer } from 'node:buffer'

/** The most bytes of the stream that Exchange Online puts into one buffer of the container (exchange.md 8.3). */
const transferBufferBytesMax = 0x7bc0
/** A value of more bytes than this may be split between buffers; what is shorter stays whole. */
export const wholeBytesMax = 4096
/** Values from here on are not copied but pointed to. */
const referredBytesMin = 16 * 1024
const firstBlockBytes = 4 * 1024
const blockBytesMax = 256 * 1024

/** A block that nobody points to any more: making one costs more than filling it. */
let spareBlock: Buffer | undefined
const noBlock = Buffer.alloc(0)

/**
 * Collects a FastTransfer stream and remembers where it may be cut into buffers. Whoever writes first asks for `room`
 * for something that must stay in one piece, and then puts just that many bytes into `block` at `at`.
 */
export class StreamWriter {
  block: Buffer
  at = 0
  readonly #finished: Buffer[] = []
  /** How much of the block is among the finished pieces. */
  #taken = 0
  /** What the stream has beyond the bytes of this block. */
  #before = 0
  /** Where in the stream the current buffer of the container starts. */
  #bufferStart = 0
  readonly #cuts: number[] = []
  readonly #namedIds = new Map<string, number>()

  constructor() {
    this.block = spareBlock ?? Buffer.allocUnsafe(firstBlockBytes)
    spareBlock = undefined
  }

  /** Makes room for bytes (at most `wholeBytesMax` and a header) that no buffer boundary may divide. */
  room(sizeBytes: number): void {
    const offset = this.#before + this.at
    if (offset + sizeBytes - this.#bufferStart > transferBufferBytesMax) this.#cutAt(offset)
    if (this.at + sizeBytes > this.block.length) this.#newBlock(sizeBytes)
  }

  /** Adds a value that may be split at even places. A big one is pointed to and must not change until all is sent. */
  addLong(bytes: Buffer): void {
    this.#cutLong(bytes.length)
    if (bytes.length >= referredBytesMin) {
      this.#finishBlock()
      this.#finished.push(bytes)
      this.#before += bytes.length
      return
    }
    if (this.at + bytes.length > this.block.length) this.#newBlock(bytes.length)
    bytes.copy(this.block, this.at)
    this.at += bytes.length
  }

  /**
   * A number for a named property, its own within this stream while numbers last; readers go by the name after it.
   */
  idOfNamed(key: string): number {
    let id = this.#namedIds.get(key)
    if (id === undefined) {
      id = 0x8000 + (this.#namedIds.size % 0x7fff)
      this.#namedIds.set(key, id)
    }
    return id
  }

  /** The stream in one piece, which nothing else points to. Nothing can be written or taken after it. */
  toBuffer(): Buffer {
    const rest = this.block.subarray(this.#taken, this.at)
    const stream = this.#finished.length === 0 ? Buffer.from(rest) : Buffer.concat([...this.#finished, rest])
    spareBlock = this.block
    this.block = noBlock
    return stream
  }

  /** The stream as buffers that respect its places to cut, each as pieces in order. */
  *transferBuffers(): Generator<readonly Buffer[]> {
    this.#finishBlock()
    const ends = [...this.#cuts, this.#before + this.at]
    let start = 0
    let index = 0
    let used = 0
    for (const end of ends) {
      const pieces: Buffer[] = []
      for (let left = end - start; left > 0;) {
        const source = this.#finished[index]!
        const piece = source.subarray(used, used + left)
        pieces.push(piece)
        left -= piece.length
        used += piece.length
        if (used === source.length) {
          index++
          used = 0
        }
      }
      if (end > start) yield pieces
      start = end
    }
  }

  #cutAt(offset: number): void {
    this.#cuts.push(offset)
    this.#bufferStart = offset
  }

  #cutLong(sizeBytes: number): void {
    const end = this.#before + this.at + sizeBytes
    let offset = this.#before + this.at
    while (end - this.#bufferStart > transferBufferBytesMax) {
      const free = this.#bufferStart + transferBufferBytesMax - offset
      this.#cutAt(offset + (free - (free % 2)))
      offset = this.#bufferStart
    }
  }

  #newBlock(sizeBytes: number): void {
    const grown = Math.min(this.block.length * 2, blockBytesMax)
    this.#finishBlock()
    this.block = Buffer.allocUnsafe(Math.max(grown, sizeBytes))
    this.#before += this.at
    this.at = 0
    this.#taken = 0
  }

  #finishBlock(): void {
    if (this.at > this.#taken) this.#finished.push(this.block.subarray(this.#taken, this.at))
    this.#taken = this.at
  }
}
