import type { Buffer } from 'node:buffer'
import { FastTransferError, type FastTransferFault } from './fast-transfer-error.ts'
import { objectsMax, valuesMax } from './limits.ts'

/** A place in a FastTransfer stream, and how much more may be made of it. */
export class StreamReader {
  readonly bytes: Buffer
  at: number
  #valuesLeft = valuesMax
  #objectsLeft = objectsMax

  constructor(bytes: Buffer, offset = 0) {
    this.bytes = bytes
    this.at = offset
  }

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length
  }

  /** The next 32 bits, which stay to be read. */
  peek(): number {
    this.need(4)
    return this.bytes.readUInt32LE(this.at)
  }

  /** Passes over bytes that are there, and gives where they begin. Throws `truncated` when they are not all there. */
  take(sizeBytes: number): number {
    const { at } = this
    this.need(sizeBytes)
    this.at = at + sizeBytes
    return at
  }

  takeCount(): number {
    return this.bytes.readUInt32LE(this.take(4))
  }

  need(sizeBytes: number): void {
    if (sizeBytes > this.bytes.length - this.at) throw this.fault('truncated', 'The FastTransfer stream ends too early')
  }

  /** Counts what is made of the stream. Throws `too-many` beyond `valuesMax`. */
  countValues(count: number): void {
    this.#valuesLeft -= count
    if (this.#valuesLeft < 0) throw this.fault('too-many', 'The FastTransfer stream has too many values')
  }

  /** The same for recipients, attachments and messages, `objectsMax`. */
  countObject(): void {
    if (--this.#objectsLeft < 0) throw this.fault('too-many', 'The FastTransfer stream has too many objects')
  }

  fault(fault: FastTransferFault, what: string): FastTransferError {
    return new FastTransferError(fault, what, this.at)
  }
}
