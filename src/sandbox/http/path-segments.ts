/** A path as routes are looked up: key segments are apart, functions are named with their parameters. */
export interface PathSegments {
  readonly segments: readonly string[]
  /** Values given by name, `startDateTime='...'`; the names in lower case. */
  readonly named: Readonly<Record<string, string>>
}

/**
 * Normalises what comes after the version: `/users('a@b')/messages` is `/users/a@b/messages`, `delta()` and
 * `microsoft.graph.delta` are `delta`, `reminderView(startDateTime='a',endDateTime='b')` is
 * `reminderView(enddatetime,startdatetime)` with its values aside. Works on a route's declaration, too, whose values
 * stand in braces. A malformed escape stays as it is.
 */
export function parsePath(path: string): PathSegments {
  const named: Record<string, string> = {}
  const segments = path
    .split('/')
    .filter((segment) => segment !== '')
    .flatMap((segment) => splitSegment(decode(segment), named))
  return { segments, named }
}

function splitSegment(segment: string, named: Record<string, string>): string[] {
  const match = /^([^('{]+)\((.*)\)$/s.exec(segment)
  if (match === null) return [segment.replace(/^microsoft\.graph\./, '')]
  const name = (match[1] as string).replace(/^microsoft\.graph\./, '')
  const inner = match[2] as string
  if (inner === '') return [name]
  const pairs = [...inner.matchAll(/([A-Za-z]\w*)\s*=\s*('(?:[^']|'')*'|[^,]*)\s*(?:,|$)/g)]
  if (pairs.length === 0 || inner.startsWith("'")) return [name, unquote(inner)]
  for (const [, key, value] of pairs) named[(key as string).toLowerCase()] = unquote(value as string)
  const keys = pairs.map(([, key]) => (key as string).toLowerCase()).sort()
  return [`${name}(${keys.join(',')})`]
}

function unquote(value: string): string {
  return /^'.*'$/s.test(value) ? value.slice(1, -1).replaceAll("''", "'") : value
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
