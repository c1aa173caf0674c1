import { roles, type Role } from '../../core/model/folder.ts'
import type { FolderWish } from '../../core/ports/connector.ts'
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

/** An inbox is known by its name alone. */
const writtenRoles = roles.filter((role) => role !== 'inbox')

/** Empty where nothing was written, or nothing that can be understood. */
export async function readFolderFacts(file: Buffer): Promise<FolderFacts> {
  const text = await readTextFile(file)
  const record = text === '' ? undefined : parseObject(text)
  if (record === undefined) return {}
  const { role, isSubscribed } = record
  const known = writtenRoles.find((one) => one === role)
  const path = toStrings(record['path'])
  return {
    ...(known !== undefined && { role: known }),
    ...(typeof isSubscribed === 'boolean' && { isSubscribed }),
    ...(path !== undefined && path.length > 0 && { path }),
  }
}

/** What of a wish is written; the rest shows in the folder itself. */
export function wishedFacts({ role, isSubscribed }: FolderWish): FolderFacts {
  return {
    ...(role !== undefined && role !== 'inbox' && { role }),
    ...(isSubscribed !== undefined && { isSubscribed }),
  }
}

/** Adds `facts` to what is written; writes nothing when that changes nothing. */
export async function addFolderFacts(file: Buffer, facts: FolderFacts): Promise<void> {
  const known = await readFolderFacts(file)
  const text = `${JSON.stringify({ ...known, ...facts })}\n`
  if (text !== `${JSON.stringify(known)}\n`) await replaceFile(file, text)
}
