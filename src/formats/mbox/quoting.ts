import { Buffer } from 'node:buffer'

const lf = 0x0a
const mark = 0x3e
const from = Buffer.from('From ', 'latin1')
const markBytes = Buffer.from('>', 'latin1')

/**
 * Goes through chunks line by line. Of a line that may still become `>*From ` only its last `>` and what follows is
 * held back until the next chunk, so that no input makes it hold more than six bytes.
 */
abstract class FromLineTransform {
  #held = Buffer.alloc(0)
  #isLineStart = true

  /** The changed bytes that are sure by now; with `isLast` all of them. May be a view of `chunk`. */
  push(chunk: Uint8Array, isLast: boolean): Uint8Array {
    const view = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    const bytes = this.#held.length === 0 ? view : Buffer.concat([this.#held, view])
    const parts: Buffer[] = []
    let copied = 0
    let end = bytes.length
    let lineStart = this.#isLineStart ? 0 : nextLine(bytes, 0)
    while (lineStart >= 0 && lineStart < bytes.length) {
      const afterMarks = skipMarks(bytes, lineStart)
      const hasMarks = afterMarks > lineStart
      const rest = bytes.subarray(afterMarks, afterMarks + from.length)
      if (rest.equals(from)) copied = this.change(bytes, { copied, afterMarks, hasMarks }, parts)
      else if (!isLast && rest.length < from.length && rest.equals(from.subarray(0, rest.length))) {
        end = hasMarks ? afterMarks - 1 : afterMarks
        break
      }
      lineStart = nextLine(bytes, afterMarks)
    }
    this.#held = Buffer.from(bytes.subarray(end))
    this.#isLineStart = end < bytes.length || lineStart === bytes.length
    if (parts.length === 0) return bytes.subarray(0, end)
    parts.push(bytes.subarray(copied, end))
    return Buffer.concat(parts)
  }

  /** Puts what comes before the change of this line into `parts`; gives how far `bytes` have been taken. */
  protected abstract change(bytes: Buffer, line: FromLine, parts: Buffer[]): number
}

interface FromLine {
  readonly copied: number
  /** Where `From ` begins. */
  readonly afterMarks: number
  readonly hasMarks: boolean
}

function skipMarks(bytes: Buffer, position: number): number {
  let at = position
  while (bytes[at] === mark) at++
  return at
}

function nextLine(bytes: Buffer, position: number): number {
  const at = bytes.indexOf(lf, position)
  return at < 0 ? -1 : at + 1
}

/** Takes one `>` from each line that matches `>+From ` (mboxrd). */
export class FromLineUnquoter extends FromLineTransform {
  protected change(bytes: Buffer, line: FromLine, parts: Buffer[]): number {
    if (!line.hasMarks) return line.copied
    parts.push(bytes.subarray(line.copied, line.afterMarks - 1))
    return line.afterMarks
  }
}

/** Adds one `>` to each line that matches `>*From ` (mboxrd); the exact reverse of `FromLineUnquoter`. */
export class FromLineQuoter extends FromLineTransform {
  protected change(bytes: Buffer, line: FromLine, parts: Buffer[]): number {
    parts.push(bytes.subarray(line.copied, line.afterMarks), markBytes)
    return line.afterMarks
  }
}
