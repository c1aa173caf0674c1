import type { Buffer } from 'node:buffer'

/** Where the text of a string stands in JSON, without its quotes. */
export interface TextSpan {
  readonly start: number
  readonly end: number
}

const quote = 0x22
const backslash = 0x5c
const colon = 0x3a
const openers: ReadonlySet<number> = new Set([0x7b, 0x5b])
const closers: ReadonlySet<number> = new Set([0x7d, 0x5d])

/**
 * Finds the values that a member of the outermost object has, as far as they are strings, without decoding anything.
 * What is no JSON is not noticed: whatever is left after the values were cut out has to be parsed.
 */
export function findTexts(json: Buffer, member: string): readonly TextSpan[] {
  const spans: TextSpan[] = []
  let depth = 0
  let isWanted = false
  for (let at = 0; at < json.length; at++) {
    const byte = json[at] as number
    if (openers.has(byte)) depth++
    else if (closers.has(byte)) depth--
    if (byte !== quote) continue
    const end = endOfText(json, at + 1)
    if (end === -1) break
    const isName = depth === 1 && json[skipSpace(json, end + 1)] === colon
    if (isName) isWanted = json.toString('latin1', at + 1, end) === member
    else if (isWanted && depth === 1) spans.push({ start: at + 1, end })
    at = end
  }
  return spans
}

function endOfText(json: Buffer, start: number): number {
  for (let end = json.indexOf(quote, start); end !== -1; end = json.indexOf(quote, end + 1)) {
    let escapes = 0
    while (json[end - 1 - escapes] === backslash) escapes++
    if (escapes % 2 === 0) return end
  }
  return -1
}

function skipSpace(json: Buffer, start: number): number {
  let at = start
  while (json[at] === 0x20 || json[at] === 0x09 || json[at] === 0x0a || json[at] === 0x0d) at++
  return at
}
