import type { FolderNaming } from '../../core/model/folder.ts'

/** Every format escapes what a file system cannot hold, so that all names are stored as they are. */
export const fileNaming: FolderNaming = {
  forbidden: '\0',
  nameBytesMax: 1000,
  depthMax: 60,
  // As their file systems come; a wrong guess shows as a folder that is there already, and nothing is overwritten.
  isCaseSensitive: process.platform !== 'darwin' && process.platform !== 'win32',
  inboxHoldsFolders: true,
  reserved: [],
}
