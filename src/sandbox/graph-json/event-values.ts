import { Buffer } from 'node:buffer'

/** Whether two values of properties are the same. */
export function isSameValue(a: unknown, b: unknown): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, index) => isSameValue(one, b[index]))
  return a === b
}
