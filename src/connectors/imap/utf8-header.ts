import { Buffer, isUtf8 } from 'node:buffer'

const eightBit = /[\x80-\xff]/

/**
 * Whether a message that begins with `head` has UTF-8 in its header, so that RFC 6855 section 4 wants it stored as UTF8
 * data. A header with other bytes above 127 is none, and travels as it always did.
 */
export function hasUtf8Header(head: Uint8Array): boolean {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength)
  const ends = ['\r\n\r\n', '\n\n'].map((end) => bytes.indexOf(end, 0, 'latin1')).filter((at) => at >= 0)
  // What is cut off in the middle of a character is no mistake of the message.
  const end = ends.length > 0 ? Math.min(...ends) : bytes.lastIndexOf('\n')
  const header = end < 0 ? bytes : bytes.subarray(0, end)
  return eightBit.test(header.toString('latin1')) && isUtf8(header)
}
