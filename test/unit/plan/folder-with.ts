import type { Folder, FolderNaming, Role } from '../../../src/core/model/folder.ts'
import type { FolderId } from '../../../src/core/model/ids.ts'

/** A folder at a slash-separated path, or at a path given in segments. */
export function folderWith(path: string | readonly string[], role?: Role, fields: Partial<Folder> = {}): Folder {
  const segments = typeof path === 'string' ? path.split('/') : path
  return {
    id: JSON.stringify(segments) as FolderId,
    path: segments,
    itemType: 'message',
    holdsItems: true,
    ...(role === undefined ? {} : { role }),
    ...fields,
  }
}

/** A target that takes nearly everything, with some of it changed. */
export function namingWith(fields: Partial<FolderNaming> = {}): FolderNaming {
  return {
    forbidden: '/',
    nameBytesMax: 255,
    depthMax: 20,
    isCaseSensitive: true,
    inboxHoldsFolders: true,
    reserved: [],
    ...fields,
  }
}
