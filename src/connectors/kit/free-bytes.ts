/** Below this the memory is left to the collector; nothing so large lies in Node's shared pool. */
const freedBytesMin = 1024 * 1024

/**
 * Gives a large memory back at once: V8 sees it as a few bytes, and would keep a hundred megabytes of such beside a small heap
 * for a while. Only for who alone holds it, of what is not being written to a file or socket: every view of it is empty
 * afterwards. May be called twice.
 */
export function freeBytes({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength >= freedBytesMin) buffer.transfer(0)
}
