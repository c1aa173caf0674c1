import type { Folder } from '../model/folder.ts'
import { comparePaths, pathKey } from './compare-paths.ts'
import type { Place } from './folder-places.ts'

/** A source path: of a folder, or of a container that was never announced. */
export interface FolderNode {
  readonly path: readonly string[]
  readonly parent: FolderNode | undefined
  folder: Folder | undefined
  /** Number of the `folderMap` line that put it or a folder above it where it is; 0 for none. */
  group: number
  place: Place | undefined
}

/** Every source path with all paths above it. */
export interface FolderTree {
  /** Sorted by path, parents first. */
  readonly nodes: readonly FolderNode[]
  /** The same by depth. */
  readonly levels: readonly (readonly FolderNode[])[]
}

/** Builds the tree of `folders`; independent of the order given. */
export function plantFolderTree(folders: readonly Folder[]): FolderTree {
  const byKey = new Map<string, FolderNode>()
  const nodes: FolderNode[] = []
  const nodeAt = (path: readonly string[]): FolderNode | undefined => {
    if (path.length === 0) return undefined
    let node = byKey.get(pathKey(path))
    if (node === undefined) {
      node = { path, parent: nodeAt(path.slice(0, -1)), folder: undefined, group: 0, place: undefined }
      byKey.set(pathKey(path), node)
      nodes.push(node)
    }
    return node
  }
  for (const folder of folders.toSorted(compareFolders)) {
    const path = folder.path.length === 0 ? [''] : folder.path
    const node = nodeAt(path)!
    // Two folders with one path (namespaces that share a name) are two places all the same.
    if (node.folder === undefined) node.folder = folder
    else nodes.push({ path, parent: node.parent, folder, group: 0, place: undefined })
  }
  nodes.sort(compareNodes)
  const levels = new Map<number, FolderNode[]>()
  for (const node of nodes) {
    const level = levels.get(node.path.length)
    if (level === undefined) levels.set(node.path.length, [node])
    else level.push(node)
  }
  return { nodes, levels: [...levels].toSorted(([left], [right]) => left - right).map(([, level]) => level) }
}

/** By path, then by id, so that the order of discovery never matters. */
export function compareNodes(left: FolderNode, right: FolderNode): number {
  return comparePaths(left.path, right.path) || compareText(left.folder?.id ?? '', right.folder?.id ?? '')
}

function compareFolders(left: Folder, right: Folder): number {
  return comparePaths(left.path, right.path) || compareText(left.id, right.id)
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : Number(left > right)
}
