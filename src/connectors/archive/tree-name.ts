import { hash } from 'node:crypto'
import { escapeFileName } from '../../formats/file-name-escape.ts'
import { toBytes, type BytePath } from './byte-path.ts'

/** File names of most file systems take 255; what is put behind a name must still fit. */
const nameBytesMax = 225

/** A folder's name as a file name; a long one is cut, and told apart by a digest. */
export function toTreeName(name: string): BytePath {
  const bytes = toBytes(escapeFileName(name))
  if (bytes.length <= nameBytesMax) return bytes
  const digest = hash('sha256', name, 'hex').slice(0, 16)
  // Cut before a character of several bytes and not within an escape.
  return `${/^[\x20-\x7e]*/.exec(bytes.slice(0, nameBytesMax - 20))![0].replace(/%[^%]?$/, '')}~${digest}`
}

/** Where the file name alone does not tell the folder's name. */
export function isShortenedName(name: string): boolean {
  return toBytes(escapeFileName(name)).length > nameBytesMax
}
