import { Buffer } from 'node:buffer'
import type { Property } from '../../formats/mapi/property.ts'
import type { PropertyValue } from '../../formats/mapi/property-type.ts'
import { toFileTime } from '../../formats/mapi/file-time.ts'
import type { FolderCounts, FolderRow } from '../mailbox/rows.ts'

/** A folder as its JSON is made of. */
export interface FolderSource {
  readonly row: FolderRow
  readonly id: string
  readonly parentId: string | null
  counts(): FolderCounts
  /** The names from the top of the tree that users see down to the folder. */
  path(): readonly string[]
}

/** Between the names of PidTagFolderPathFullName (exchange.md 2.3). */
const pathSeparator = '\ufffe'

/** What the store knows of a folder object, as the extended properties that clients ask for (exchange.md 3.1). */
export function folderValue({ row, counts, path }: FolderSource, { name, type }: Property): PropertyValue | undefined {
  if (!('id' in name)) return undefined
  const number = (value: number) => (type === 'integer64' ? BigInt(value) : type === 'integer32' ? value : undefined)
  const time = (timeMs: number) => (type === 'time' ? toFileTime(timeMs) : undefined)
  switch (name.id) {
    case 0x3001:
      return type === 'string' ? row.name : undefined
    case 0x3613:
      return type === 'string' ? row.folderClass : undefined
    case 0x0e08:
      return number(counts().sizeBytes)
    case 0x10f4:
      return type === 'boolean' ? row.isHidden : undefined
    case 0x66b5:
      return type === 'string'
        ? path()
            .map((part) => `${pathSeparator}${part}`)
            .join('')
        : undefined
    case 0x3602:
      return number(counts().items)
    case 0x3603:
      return number(counts().unread)
    case 0x360a:
      return type === 'boolean' ? counts().children > 0 : undefined
    case 0x3007:
      return time(row.createdMs)
    case 0x3008:
      return time(row.modifiedMs)
    case 0x670a: {
      // PidTagLocalCommitTimeMax (MS-OXCFOLD 2.2.2.2.1.13).
      const { lastChangeMs } = counts()
      return lastChangeMs === undefined ? undefined : time(lastChangeMs)
    }
    case 0x0fff:
      return type === 'binary' ? Buffer.from(row.id.toString(16).padStart(92, '0'), 'hex') : undefined
    default:
      return undefined
  }
}

type Field = (folder: FolderSource) => unknown

const fields: Readonly<Record<string, Field>> = {
  id: ({ id }) => id,
  displayName: ({ row }) => row.name,
  parentFolderId: ({ parentId }) => parentId,
  childFolderCount: ({ counts }) => counts().children,
  unreadItemCount: ({ counts }) => counts().unread,
  totalItemCount: ({ counts }) => counts().items,
  isHidden: ({ row }) => row.isHidden,
}

/** The names that `$select`, `$filter` and `$orderby` of mail folders may name. */
export const folderFieldNames: ReadonlySet<string> = new Set([...Object.keys(fields), 'sizeInBytes', 'wellKnownName'])

/** A mail folder as Graph answers it: everything, or what was selected with its id. */
export function folderJson(folder: FolderSource, select?: readonly string[]): Record<string, unknown> {
  const json: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(fields)) {
    if (select === undefined || name === 'id' || select.includes(name) || select.includes('*')) json[name] = field(folder)
  }
  if (select?.includes('sizeInBytes') === true) json['sizeInBytes'] = folder.counts().sizeBytes
  return json
}
