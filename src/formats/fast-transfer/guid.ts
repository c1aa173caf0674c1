import { Buffer } from 'node:buffer'

const textForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** 16 bytes (the first three fields little endian, MS-DTYP section 2.3.4.2) as lower-case text without braces. */
export function guidText(bytes: Buffer, offset: number): string {
  const hex = bytes.toString('hex', offset, offset + 16)
  const first = hex.slice(6, 8) + hex.slice(4, 6) + hex.slice(2, 4) + hex.slice(0, 2)
  const second = hex.slice(10, 12) + hex.slice(8, 10)
  const third = hex.slice(14, 16) + hex.slice(12, 14)
  return `${first}-${second}-${third}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** The bytes of such a text; undefined when it is none. */
export function guidBytes(text: string): Buffer | undefined {
  const lower = text.toLowerCase()
  if (!textForm.test(lower)) return undefined
  const bytes = Buffer.from(lower.replaceAll('-', ''), 'hex')
  bytes.subarray(0, 4).reverse()
  bytes.subarray(4, 6).reverse()
  bytes.subarray(6, 8).reverse()
  return bytes
}
