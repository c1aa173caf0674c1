/**
 * Orders folder paths: parents before children, siblings by code unit, whatever the machine's language. Gives a
 * negative number, 0 or a positive one.
 */
export function comparePaths(left: readonly string[], right: readonly string[]): number {
  const shared = Math.min(left.length, right.length)
  for (let at = 0; at < shared; at++) {
    const a = left[at]!
    const b = right[at]!
    if (a !== b) return a < b ? -1 : 1
  }
  return left.length - right.length
}

/** A map key: equal for equal paths only, whatever characters the names hold. */
export function pathKey(path: readonly string[]): string {
  return path.length === 1 && !path[0]!.includes('[') ? path[0]! : JSON.stringify(path)
}

/** Whether the path is INBOX: RFC 9051 section 5.1 reserves the name in any case. */
export function isInbox(path: readonly string[]): boolean {
  return path.length === 1 && path[0]!.toUpperCase() === 'INBOX'
}
