import type { ReadGate } from './read-gate.ts'
import { keepLent } from './read-slab.ts'

/**
 * The bytes of one literal on their way to a consumer who may be slower than the connection. Can be read once, by one
 * reader. Leaving the loop early gives it up.
 */
export class BodyStream implements AsyncIterableIterator<Uint8Array> {
  readonly #gate: ReadGate
  #chunks: Uint8Array[] = []
  #asked: PromiseWithResolvers<IteratorResult<Uint8Array>> | undefined
  #isEnded = false
  #isAbandoned = false
  #error: unknown

  constructor(gate: ReadGate) {
    this.#gate = gate
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    const value = this.#chunks.shift()
    if (value !== undefined) {
      this.#gate.release(value.length)
      return Promise.resolve({ done: false, value })
    }
    if (this.#error !== undefined) return Promise.reject(this.#error)
    if (this.#isEnded) return Promise.resolve({ done: true, value: undefined })
    if (this.#asked === undefined) {
      this.#asked = Promise.withResolvers()
      this.#gate.beginWait()
    }
    return this.#asked.promise
  }

  return(): Promise<IteratorResult<Uint8Array>> {
    this.abandon()
    return Promise.resolve({ done: true, value: undefined })
  }

  /** Takes bytes that are only lent. */
  push(lent: Uint8Array): void {
    if (this.#isAbandoned) return
    const bytes = keepLent(lent)
    if (this.#asked === undefined) {
      this.#chunks.push(bytes)
      this.#gate.hold(bytes.length)
    } else this.#takeAsked()?.resolve({ done: false, value: bytes })
  }

  /** All bytes have come. */
  end(): void {
    this.#isEnded = true
    this.#takeAsked()?.resolve({ done: true, value: undefined })
  }

  /** The connection ended first: after what has come, reading throws `error`. */
  fail(error: unknown): void {
    if (this.#isEnded) return
    this.#error = error
    this.#takeAsked()?.reject(error)
  }

  /** Nobody reads on; what has come and what still comes is dropped. Reading further throws. */
  abandon(): void {
    if (this.#isAbandoned) return
    this.#isAbandoned = true
    for (const chunk of this.#chunks) this.#gate.release(chunk.length)
    this.#chunks = []
    if (this.#isEnded) return
    this.#error ??= new Error('a body was read after it had been given up')
    this.#takeAsked()?.reject(this.#error)
  }

  #takeAsked(): PromiseWithResolvers<IteratorResult<Uint8Array>> | undefined {
    const asked = this.#asked
    if (asked !== undefined) this.#gate.endWait()
    this.#asked = undefined
    return asked
  }
}
