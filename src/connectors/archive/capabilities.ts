import type { Capabilities } from '../../core/model/capabilities.ts'

/** What every format can do; `announced` names the one. Names are escaped where a file system cannot hold them, so that all are stored as they are. */
export function fileCapabilities(...announced: readonly string[]): Capabilities {
  return {
    preservesBytes: true,
    datePrecisionMs: 1,
    storesKeywords: true,
    sessionsMax: 4,
    folderNaming: {
      forbidden: '\0',
      nameBytesMax: 1000,
      depthMax: 60,
      // As their file systems come; a wrong guess shows as a folder that is there already, and nothing is overwritten.
      isCaseSensitive: process.platform !== 'darwin' && process.platform !== 'win32',
      inboxHoldsFolders: true,
      reserved: [],
    },
    announced,
  }
}
