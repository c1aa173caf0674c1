import type { Buffer } from 'node:buffer'
import { decodeBase64InPlace } from './decode-base64-in-place.ts'

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
 * Finds the values that a member has in the objects at `depth` (1: the outermost), as far as they are strings, without
 * decoding anything. What is no JSON is not noticed: whatever is left after the values were cut out has to be parsed.
 */
export function findTexts(json: Buffer, member: string, depth: number): readonly TextSpan[] {
  const spans: TextSpan[] = []
  let depthHere = 0
  let isWanted = false
  for (let at = 0; at < json.length; at++) {
    const byte = json[at] as number
    if (openers.has(byte)) depthHere++
    else if (closers.has(byte)) depthHere--
    if (byte !== quote) continue
    const end = endOfText(json, at + 1)
    if (end === -1) break
    const isName = depthHere === depth && json[skipSpace(json, end + 1)] === colon
    if (isName) isWanted = json.toString('latin1', at + 1, end) === member
    else if (isWanted && depthHere === depth) spans.push({ start: at + 1, end })
    at = end
  }
  return spans
}

/**
 * Decodes base64 in the string at `span` over the bytes that hold it, as `decodeBase64InPlace` does. Some writers of JSON
 * escape the plus sign or the slash. Undefined for what is no base64, or no string of JSON.
 */
export function decodeBase64Text(json: Buffer, { start, end }: TextSpan): Buffer | undefined {
  const escape = json.subarray(start, end).indexOf(backslash)
  const stop = escape === -1 ? end : unescapeInPlace(json, start, end)
  return stop === undefined ? undefined : decodeBase64InPlace(json, start, stop)
}

/** Where the text ends then. */
function unescapeInPlace(json: Buffer, start: number, end: number): number | undefined {
  try {
    const text = JSON.parse(`"${json.toString('latin1', start, end)}"`) as string
    return start + json.write(text, start, end - start, 'latin1')
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
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
