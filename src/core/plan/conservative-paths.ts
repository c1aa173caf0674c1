import { createHash } from 'node:crypto'
import { isInbox } from './compare-paths.ts'

const digestLength = 8
const shortLength = 40

/**
 * Paths to try instead of one that the target refused to make, the nearest first: with nothing but letters, digits,
 * blanks, `-` and `_` in it; the same in ASCII and short; one folder at the top. A name that is changed gets eight
 * hexadecimal digits of the SHA-256 of its own path, so that no two fall together.
 * Pure; never gives the path itself.
 */
export function conservativePaths(path: readonly string[]): readonly (readonly string[])[] {
  const plain = path.map((name, at) => cleanName(name, path.slice(0, at + 1), /[^\p{L}\p{M}\p{N} _-]/gu))
  const ascii = path.map((name, at) => cleanName(name, path.slice(0, at + 1), /[^A-Za-z0-9 _-]/g, shortLength))
  const marked = [...path.slice(0, -1), `${path.at(-1) ?? ''}-${digestOf(path)}`]
  const candidates = [isSame(plain, path) ? marked : plain, ascii, [`Folder-${digestOf(path)}`]]
  return candidates.filter((one, at) => !isSame(one, path) && candidates.findIndex((other) => isSame(one, other)) === at)
}

function cleanName(name: string, path: readonly string[], unusual: RegExp, lengthMax = Number.POSITIVE_INFINITY): string {
  if (path.length === 1 && isInbox(path)) return name
  const clean = name.replace(unusual, '_').slice(0, lengthMax).trim()
  return clean === name ? name : `${clean}-${digestOf(path)}`
}

function digestOf(path: readonly string[]): string {
  return createHash('sha256').update(path.join('\0')).digest('hex').slice(0, digestLength)
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return left.join('\0') === right.join('\0')
}
