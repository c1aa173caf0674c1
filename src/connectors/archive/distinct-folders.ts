import type { Folder, FolderStatus } from '../../core/model/folder.ts'
import type { FolderId } from '../../core/model/ids.ts'
import type { BytePath } from './byte-path.ts'
import { readFolderFacts } from './folder-facts.ts'

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
  const tops = found.flatMap(({ path }) => (path.length === 1 ? path : []))
  const spellings = new Set(tops.filter((name) => name.toUpperCase() === 'INBOX'))
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

/** Whether `path` is that of the one folder which every mailbox has. */
export function isInbox(path: readonly string[]): boolean {
  return path.length === 1 && path[0] === 'INBOX'
}

/** The folder at `path`, where there is one. */
export function folderAt(folders: readonly FoundFolder[], path: readonly string[]): FoundFolder | undefined {
  const key = JSON.stringify(path)
  return folders.find((one) => JSON.stringify(one.path) === key)
}

/** A folder as the connector gives it, with the facts in `factsFile`; `status` is asked of one that holds items. */
export async function describeFolder(
  { relative, path, holdsItems }: FoundFolder,
  factsFile: Buffer,
  status: () => Promise<FolderStatus>,
): Promise<Folder> {
  const folder: Folder = { id: relative as string as FolderId, path, itemType: 'message', holdsItems }
  if (!holdsItems) return isInbox(path) ? { ...folder, role: 'inbox' } : folder
  const { role, isSubscribed } = await readFolderFacts(factsFile)
  return {
    ...folder,
    ...(isInbox(path) ? { role: 'inbox' } : role !== undefined && { role }),
    ...(isSubscribed !== undefined && { isSubscribed }),
    status: await status(),
  }
}
