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
  #buffer = Buffer.alloc(256)
  #length = 0

  u8(value: number): this {
    const at = this.#grow(1)
    this.#buffer.writeUInt8(value, at)
    return this
  }

  u16(value: number): this {
    const at = this.#grow(2)
    this.#buffer.writeUInt16LE(value, at)
    return this
  }

  u32(value: number): this {
    const at = this.#grow(4)
    this.#buffer.writeUInt32LE(value, at)
    return this
  }

  i32(value: number): this {
    const at = this.#grow(4)
    this.#buffer.writeInt32LE(value, at)
    return this
  }

  bytes(bytes: Uint8Array): this {
    const at = this.#grow(bytes.length)
    this.#buffer.set(bytes, at)
    return this
  }

  toBuffer(): Buffer {
    return Buffer.from(this.#buffer.subarray(0, this.#length))
  }

  /** Makes room and says where it begins. */
  #grow(sizeBytes: number): number {
    const at = this.#length
    this.#length += sizeBytes
    if (this.#length > this.#buffer.length) {
      const larger = Buffer.alloc(this.#length * 2)
      larger.set(this.#buffer)
      this.#buffer = larger
    }
    return at
  }
}
