import type { Folder } from '../../core/model/folder.ts'
import type { FolderId } from '../../core/model/ids.ts'
import type { BytePath } from './byte-path.ts'

/** A folder found on disk. */
export interface FoundFolder {
  readonly relative: BytePath
  readonly path: readonly string[]
  readonly holdsItems: boolean
}

/**
 * `found` with an INBOX, which every mailbox has: the folder of that name, else the one top-level folder that spells it
 * otherwise (`Inbox` in Thunderbird), with all below it, else a new one at `relative` that may not be there yet.
 */
export function withInbox(found: readonly FoundFolder[], relative: BytePath): readonly FoundFolder[] {
  const isInbox = (path: readonly string[]) => path[0]?.toUpperCase() === 'INBOX'
  const spellings = new Set(found.filter(({ path }) => path.length === 1 && isInbox(path)).map(({ path }) => path[0]))
  if (spellings.has('INBOX')) return found
  const [spelling] = spellings
  if (spelling === undefined || spellings.size > 1) return [...found, { relative, path: ['INBOX'], holdsItems: true }]
  return found.map((one) => (one.path[0] === spelling ? { ...one, path: ['INBOX', ...one.path.slice(1)] } : one))
}

/**
 * The folders with their missing parents, no two with one path, parents before children, INBOX first. Two directories
 * that decode to one name keep apart by ` (2)` behind the later one.
 */
export function toDistinctFolders(
  found: readonly FoundFolder[],
  toRelative: (path: readonly string[]) => BytePath,
): FoundFolder[] {
  const byKey = new Map<string, FoundFolder>()
  const sorted = found.toSorted((a, b) => a.path.length - b.path.length || (a.relative < b.relative ? -1 : 1))
  for (const folder of sorted) {
    for (let depth = 1; depth < folder.path.length; depth++) {
      const path = folder.path.slice(0, depth)
      const key = JSON.stringify(path)
      if (!byKey.has(key)) byKey.set(key, { relative: toRelative(path), path, holdsItems: false })
    }
    const path = freePath(folder.path, byKey)
    byKey.set(JSON.stringify(path), { ...folder, path })
  }
  return [...byKey.values()].sort((a, b) => a.path.length - b.path.length || rank(a) - rank(b))
}

function freePath(path: readonly string[], taken: ReadonlyMap<string, FoundFolder>): readonly string[] {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? path : [...path.slice(0, -1), `${path.at(-1) ?? ''} (${number})`]
    const there = taken.get(JSON.stringify(candidate))
    if (there === undefined || !there.holdsItems) return candidate
  }
}

function rank(folder: FoundFolder): number {
  return folder.path[0] === 'INBOX' ? 0 : 1
}

/** A folder as the connector gives it, without what only its directory knows. */
export function toFolder(found: FoundFolder): Folder {
  const isInbox = found.path.length === 1 && found.path[0] === 'INBOX'
  return {
    id: found.relative as string as FolderId,
    path: found.path,
    itemType: 'message',
    holdsItems: found.holdsItems,
    ...(isInbox && { role: 'inbox' as const }),
  }
}
