/** What `placeFor` gives at most. */
export const placeBytesMax = 128 * 1024

let slab = Buffer.alloc(0)
let used = 0

/**
 * Room for bytes that were read, all of it cut from slabs of one size: an allocation for each small message costs more
 * than its bytes, and allocations of many sizes leave holes that the process never gives back. A slab lives as long as
 * anything in it does.
 */
export function placeFor(sizeBytes: number): Buffer {
  if (used + sizeBytes > slab.length) {
    slab = Buffer.allocUnsafeSlow(Math.max(placeBytesMax, sizeBytes))
    used = 0
  }
  used += sizeBytes
  return slab.subarray(used - sizeBytes, used)
}

/** Below this, copying is cheaper than another buffer to read into. */
const wholeBufferBytesMin = 32 * 1024

/** Buffers that connections read into, and how each is told that its buffer was taken. */
const lenders = new WeakMap<ArrayBufferLike, () => void>()

/** Lends what is read into `buffer`; `onTaken` has to see to another buffer before the next read. */
export function lendFrom(buffer: Uint8Array, onTaken: () => void): void {
  lenders.set(buffer.buffer, onTaken)
}

/** Makes lent bytes one's own: many by taking the whole buffer they were read into, few by a copy. */
export function keepLent(lent: Uint8Array): Uint8Array {
  const onTaken = lent.length >= wholeBufferBytesMin ? lenders.get(lent.buffer) : undefined
  if (onTaken === undefined) {
    const bytes = placeFor(lent.length)
    bytes.set(lent)
    return bytes
  }
  lenders.delete(lent.buffer)
  onTaken()
  return lent
}
