import { type Structure, flag, int32, listOf, text } from '../../http/json/kinds.ts'
import { extendedProperties } from '../../graph-mailbox/outlook-types.ts'

const folderProperties = {
  id: text,
  childFolderCount: int32,
  displayName: text,
  isHidden: flag,
  parentFolderId: text,
  totalItemCount: int32,
  unreadItemCount: int32,
  ...extendedProperties,
} as const

/** A folder that shows what it finds elsewhere. */
export const mailSearchFolderType = {
  name: 'microsoft.graph.mailSearchFolder',
  properties: {
    ...folderProperties,
    filterQuery: text,
    includeNestedFolders: flag,
    isSupported: flag,
    sourceFolderIds: listOf(text),
  },
} as const satisfies Structure

/** A mail folder as clients give it. */
export const mailFolderType = {
  name: 'microsoft.graph.mailFolder',
  properties: folderProperties,
  derived: (): readonly Structure[] => [mailSearchFolderType],
} as const satisfies Structure
