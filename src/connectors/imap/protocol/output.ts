import type { Transport } from './transport.ts'

/** Small writes are gathered into pieces of this size before the socket sees them. */
const slabBytes = 256 * 1024
/** Content above this size is handed to the socket as it is; below, a copy is cheaper than a write of its own. */
const copiedBytesMax = 32 * 1024
/** What may wait in the socket before a writer is asked to wait. */
const pendingBytesMax = 512 * 1024

const resolved = Promise.resolve()

/**
 * The writing half of a connection. What is written in one turn of the event loop leaves together. Bytes written must
 * not be changed afterwards: large ones are not copied.
 */
export class Output {
  #transport: Transport
  #slab = Buffer.allocUnsafe(4096)
  #start = 0
  #end = 0
  #isScheduled = false
  #drained: PromiseWithResolvers<void> | undefined

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Writes a byte string. */
  text(text: string): void {
    if (this.#end + text.length > this.#slab.length) {
      this.#renew()
      if (text.length > this.#slab.length) {
        this.bytes(Buffer.from(text, 'latin1'))
        return
      }
    }
    this.#end += this.#slab.write(text, this.#end, 'latin1')
    if (!this.#isScheduled) this.#schedule()
  }

  bytes(bytes: Uint8Array): void {
    if (bytes.length > copiedBytesMax) {
      this.flush()
      this.#transport.write(bytes)
      return
    }
    if (this.#end + bytes.length > this.#slab.length) this.#renew()
    this.#slab.set(bytes, this.#end)
    this.#end += bytes.length
    if (!this.#isScheduled) this.#schedule()
  }

  /** Hands what was gathered to the socket now. */
  flush(): void {
    if (this.#end === this.#start) return
    const bytes = this.#slab.subarray(this.#start, this.#end)
    this.#start = this.#end
    this.#transport.write(bytes)
  }

  /** True when whoever writes much should await `drained` first. */
  get isFull(): boolean {
    return this.#transport.pendingBytes > pendingBytesMax
  }

  /** Resolves when there is room to write, or when the connection has ended; never rejects. */
  drained(): Promise<void> {
    if (!this.isFull) return resolved
    this.#drained ??= Promise.withResolvers()
    return this.#drained.promise
  }

  /** The transport has taken what it had. */
  onDrain(): void {
    if (!this.isFull) this.close()
  }

  /** Nobody is to wait any longer: there is room, or there will never be. */
  close(): void {
    const drained = this.#drained
    this.#drained = undefined
    drained?.resolve()
  }

  /** Goes on over another transport (after STARTTLS, COMPRESS); nothing may be waiting in the old one. */
  switchTo(transport: Transport): void {
    this.flush()
    this.#transport = transport
  }

  #schedule(): void {
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.flush()
    })
  }

  /** Makes room: in the same slab when the system has taken all of it, else in a new one. */
  #renew(): void {
    this.flush()
    if (this.#slab.length < slabBytes || this.#transport.pendingBytes > 0) this.#slab = Buffer.allocUnsafeSlow(slabBytes)
    this.#start = 0
    this.#end = 0
  }
}
