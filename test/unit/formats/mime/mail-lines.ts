import { Buffer } from 'node:buffer'

/** A message of lines, one byte for each character. */
export function mailLines(...lines: readonly string[]): Buffer {
  return Buffer.from(lines.join('\r\n'), 'latin1')
}
