import { Buffer } from 'node:buffer'
import type { Content, ContentStream, Item } from '../../core/model/item.ts'
import { freeBytes } from '../kit/free-bytes.ts'

/** What a reader of it is given at a time: a copy, so that nobody else ever holds the memory. */
const givenBytes = 192 * 1024

/** A large content that is in memory: a stream that may be read again until it is dropped. Read after that, it ends early. */
export class ContentPieces implements ContentStream {
  #pieces: readonly Uint8Array[]
  readonly #ownsMemory: (piece: Uint8Array) => boolean
  readonly sizeBytes: number

  /** The memory of pieces that `ownsMemory` names is used by nothing else. */
  constructor(pieces: readonly Uint8Array[], ownsMemory: (piece: Uint8Array) => boolean) {
    this.#pieces = pieces
    this.#ownsMemory = ownsMemory
    this.sizeBytes = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0)
  }

  get whole(): Uint8Array | undefined {
    return this.#pieces.length === 1 ? this.#pieces[0] : undefined
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (const piece of this.#pieces) {
      for (let at = 0; at < piece.byteLength; at += givenBytes) yield Buffer.copyBytesFrom(piece, at, givenBytes)
    }
  }

  /** Gives the memory back. May be called twice. */
  drop(): void {
    for (const piece of this.#pieces) if (this.#ownsMemory(piece)) freeBytes(piece)
    this.#pieces = []
  }
}

/** Items from this size on are given as streams. */
const streamedBytesMin = 4 * 1024 * 1024

/**
 * An item as a reader gives it: of a large one the bytes can be dropped once the next one is asked for. `isAlone` says that
 * nothing else lies in the memory of its content.
 */
export function toGiven(item: Item, isAlone: boolean): Item {
  const { content } = item
  return content instanceof Uint8Array && content.byteLength >= streamedBytesMin ? { ...item, content: new ContentPieces([content], () => isAlone) } : item
}

/** Drops what can be dropped. */
export function dropContent(content: Content): void {
  if (content instanceof ContentPieces) content.drop()
}
