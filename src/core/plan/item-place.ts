import type { Entry } from '../model/entry.ts'
import type { FolderRecord } from '../model/records.ts'

/** Where an item is, as events and lists tell it: its folder at the source, and beside it the target's where that is another. */
export interface ItemPlace {
  readonly path: readonly string[]
  /** Where its copy is, or is to go; absent where it is called the same. */
  readonly targetPath?: readonly string[]
}

/** The place of an item of a folder whose copy is in that folder of the target, or in none. */
export function placeIn(folders: readonly FolderRecord[], key: number, targetId: Entry['targetFolderId']): ItemPlace {
  const own = folders.find((folder) => folder.key === key)
  // A copy that was taken over from a moved item can be in another folder than the one planned.
  const holding = targetId === undefined ? undefined : folders.find((folder) => folder.targetId === targetId)
  const path = own?.sourcePath ?? []
  const targetPath = holding?.targetPath ?? (own?.skippedBy === undefined ? own?.targetPath : undefined)
  return itemPlace(path, targetPath)
}

/** The place of an item of the folder `path`, whose copy is or is to go where `targetPath` says. */
export function itemPlace(path: readonly string[], targetPath: readonly string[] | undefined): ItemPlace {
  return { path, ...(targetPath === undefined || isSame(path, targetPath) ? {} : { targetPath }) }
}

function isSame(path: readonly string[], other: readonly string[]): boolean {
  return path.length === other.length && path.every((name, at) => name === other[at])
}
