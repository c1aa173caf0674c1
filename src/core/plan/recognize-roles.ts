import type { Folder, Role } from '../model/folder.ts'
import { comparePaths, isInbox } from './compare-paths.ts'
import { localizedNames, type NamedRole } from './localized-names.ts'

const namedRoles = Object.keys(localizedNames) as readonly NamedRole[]

/** Role and place in the table of every well-known name. A name of two languages belongs to the role listed first. */
const roleByName: ReadonlyMap<string, { readonly role: NamedRole; readonly rank: number }> = new Map(
  namedRoles
    .flatMap((role) => localizedNames[role].map((name, rank) => [foldName(name), { role, rank }] as const))
    .toReversed(),
)

/**
 * The one folder of each role on a side. What the side announces comes first; a role that it announces for no folder is
 * given to a folder with a well-known name, at the top level or directly below INBOX. Of several the shallowest wins,
 * then the more common name, then the path. Independent of the order given.
 */
export function recognizeRoles(folders: readonly Folder[]): ReadonlyMap<Role, Folder> {
  const roles = new Map<Role, Folder>()
  const sorted = folders.toSorted(byPreference)
  const inbox =
    sorted.find((folder) => folder.path.length === 1 && folder.path[0] === 'INBOX') ??
    sorted.find((folder) => isInbox(folder.path))
  if (inbox !== undefined) roles.set('inbox', inbox)
  for (const folder of sorted) {
    if (folder.role !== undefined && folder.role !== 'inbox' && !roles.has(folder.role)) roles.set(folder.role, folder)
  }
  for (const folder of sorted) {
    const named = knownName(folder)
    if (named !== undefined && folder.role === undefined && folder.holdsItems && folder.itemType === 'message' && !roles.has(named.role)) {
      roles.set(named.role, folder)
    }
  }
  return roles
}

function byPreference(left: Folder, right: Folder): number {
  return (
    left.path.length - right.path.length ||
    (knownName(left)?.rank ?? Infinity) - (knownName(right)?.rank ?? Infinity) ||
    comparePaths(left.path, right.path) ||
    (left.id < right.id ? -1 : Number(left.id > right.id))
  )
}

function knownName(folder: Folder): { readonly role: NamedRole; readonly rank: number } | undefined {
  const { path } = folder
  const isNearRoot = path.length === 1 || (path.length === 2 && isInbox(path.slice(0, 1)))
  return isNearRoot ? roleByName.get(foldName(path.at(-1)!)) : undefined
}

function foldName(name: string): string {
  return name.normalize('NFC').toLowerCase()
}
