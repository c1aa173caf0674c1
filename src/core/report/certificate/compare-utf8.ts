/**
 * Orders texts as their UTF-8 bytes do: as SQLite and PostgreSQL's "C" collation sort them, and any other language can.
 * JavaScript's own order differs where characters beyond U+FFFF meet those from U+E000 on.
 */
export function compareUtf8(left: string, right: string): number {
  const shared = Math.min(left.length, right.length)
  for (let at = 0; at < shared; at++) {
    const a = left.charCodeAt(at)
    const b = right.charCodeAt(at)
    if (a !== b) return utf8Rank(a) - utf8Rank(b)
  }
  return left.length - right.length
}

/** Orders paths by their segments, parents before children. */
export function comparePathsUtf8(left: readonly string[], right: readonly string[]): number {
  const shared = Math.min(left.length, right.length)
  for (let at = 0; at < shared; at++) {
    const order = compareUtf8(left[at]!, right[at]!)
    if (order !== 0) return order
  }
  return left.length - right.length
}

function utf8Rank(codeUnit: number): number {
  if (codeUnit < 0xd800) return codeUnit
  return codeUnit < 0xe000 ? codeUnit + 0x2000 : codeUnit - 0x800
}
