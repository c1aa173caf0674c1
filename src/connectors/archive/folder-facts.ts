import type { Role } from '../../core/model/folder.ts'
import { replaceFile } from './durable-file.ts'
import { parseObject, readTextFile, toStrings } from './json-lines.ts'

/** Stands in a folder's directory; ours. */
export const folderFactsFile = 'mailvan-folder.json'

/** What a directory's name cannot say of its folder. */
export interface FolderFacts {
  readonly role?: Role
  readonly isSubscribed?: boolean
  /** The folder's path, where it is too long for a file name. */
  readonly path?: readonly string[]
}

const roles: readonly string[] = [
  'sent',
  'drafts',
  'trash',
  'junk',
  'archive',
  'all',
  'flagged',
  'important',
] satisfies Role[]

/** Empty where nothing was written, or nothing that can be understood. */
export async function readFolderFacts(file: Buffer): Promise<FolderFacts> {
  const text = await readTextFile(file)
  const record = text === '' ? undefined : parseObject(text)
  if (record === undefined) return {}
  const { role, isSubscribed } = record
  const path = toStrings(record['path'])
  return {
    ...(typeof role === 'string' && roles.includes(role) && { role: role as Role }),
    ...(typeof isSubscribed === 'boolean' && { isSubscribed }),
    ...(path !== undefined && path.length > 0 && { path }),
  }
}

/** Adds `facts` to what is written; writes nothing when that changes nothing. */
export async function addFolderFacts(file: Buffer, facts: FolderFacts): Promise<void> {
  const known = await readFolderFacts(file)
  const text = `${JSON.stringify({ ...known, ...facts })}\n`
  if (text !== `${JSON.stringify(known)}\n`) await replaceFile(file, text)
}
