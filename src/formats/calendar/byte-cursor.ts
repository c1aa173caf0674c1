import { calendarError } from './calendar-error.ts'

/** Reads little-endian fields one after another. What is not there any more throws `calendar.blob-corrupt`. */
export class ByteCursor {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get position(): number {
    return this.#at
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  u8(): number {
    return this.#take(1).readUInt8(0)
  }

  u16(): number {
    return this.#take(2).readUInt16LE(0)
  }

  u32(): number {
    return this.#take(4).readUInt32LE(0)
  }

  i32(): number {
    return this.#take(4).readInt32LE(0)
  }

  bytes(sizeBytes: number): Buffer {
    return Buffer.from(this.#take(sizeBytes))
  }

  /** A count of elements of which each takes at least `elementSizeBytes`. */
  count(value: number, elementSizeBytes: number): number {
    if (value * elementSizeBytes > this.left) throw corrupt()
    return value
  }

  utf16(characters: number): string {
    return this.#take(characters * 2).toString('utf16le')
  }

  moveTo(position: number): void {
    if (position < 0 || position > this.#bytes.length) throw corrupt()
    this.#at = position
  }

  #take(sizeBytes: number): Buffer {
    if (sizeBytes > this.left) throw corrupt()
    const taken = this.#bytes.subarray(this.#at, this.#at + sizeBytes)
    this.#at += sizeBytes
    return taken
  }
}

function corrupt(): Error {
  return calendarError('blob-corrupt', 'A stored recurrence or time zone ends too early.')
}

/** The bytes of little-endian fields, in the order they are added. */
export class ByteSink {
  readonly #parts: Buffer[] = []

  u8(value: number): this {
    return this.bytes(Buffer.from([value]))
  }

  u16(value: number): this {
    const part = Buffer.alloc(2)
    part.writeUInt16LE(value)
    return this.bytes(part)
  }

  u32(value: number): this {
    const part = Buffer.alloc(4)
    part.writeUInt32LE(value)
    return this.bytes(part)
  }

  i32(value: number): this {
    const part = Buffer.alloc(4)
    part.writeInt32LE(value)
    return this.bytes(part)
  }

  bytes(bytes: Uint8Array): this {
    this.#parts.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    return this
  }

  toBuffer(): Buffer {
    return Buffer.concat(this.#parts)
  }
}
