import { hash } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import {
  decodeFolderName,
  detectFolderNameEncoding,
  formatMaildirFolderName,
  parseMaildirFolderName,
  type FolderNameEncoding,
} from '../../../formats/maildir/folder-name.ts'
import { joinPath, toSystemPath, type BytePath } from '../byte-path.ts'
import { isInbox, toDistinctFolders, withInbox, type FoundFolder } from '../distinct-folders.ts'
import { errnoOf } from '../errors.ts'
import { folderFactsFile, readFolderFacts } from '../folder-facts.ts'

/** Folders of one archive; more directories than that are no mailbox. */
const directoriesMax = 50_000
const depthMax = 64

/** File names of most file systems; `.new` and the like must still fit. */
const nameBytesMax = 240

interface MaildirDirectory {
  readonly relative: BytePath
  /** Directory names from the root down, and whether each is a Maildir++ name. */
  readonly names: readonly string[]
}

/** The folders below `root` and how their names are written. */
export interface MaildirFolders {
  readonly folders: readonly FoundFolder[]
  readonly encoding: FolderNameEncoding
}

/**
 * Finds every Maildir at and below `root`: the root itself is INBOX; `.A.B` beside its `cur` is Maildir++; a plain
 * directory is a folder of its own name (the layout of mbsync's `Verbatim` and Dovecot's `LAYOUT=fs`), which may hold
 * both again.
 */
export async function findMaildirFolders(root: string): Promise<MaildirFolders> {
  const directories = await findDirectories(root)
  const encoding = detectFolderNameEncoding(directories.flatMap((directory) => directory.names))
  const found: FoundFolder[] = []
  for (const directory of directories) {
    const facts = await readFolderFacts(toSystemPath(root, joinPath(directory.relative, folderFactsFile)))
    const path = facts.path ?? toPath(directory.names, encoding)
    found.push({ relative: directory.relative, path, holdsItems: true })
  }
  return { folders: toDistinctFolders(withInbox(found, '.'), (path) => toMaildirName(path, encoding)), encoding }
}

/** The directory for a new folder: its Maildir++ name, or a shortened one where that is too long for a file name. */
export function toMaildirName(path: readonly string[], encoding: FolderNameEncoding): BytePath {
  if (isInbox(path)) return '.'
  const name = formatMaildirFolderName(path, encoding)
  if (name.length <= nameBytesMax) return name
  // Cut before a character that is written in several bytes; `readFolderFacts` gives the whole path.
  const digest = hash('sha256', name, 'hex').slice(0, 16)
  return `${/^[\x20-\x7e]*/.exec(name.slice(0, 180))![0].replace(/&[^-]*$/, '')}~${digest}`
}

/** Whether a new folder's name alone does not tell its path. */
export function isShortened(path: readonly string[], encoding: FolderNameEncoding): boolean {
  return formatMaildirFolderName(path, encoding).length > nameBytesMax
}

function toPath(names: readonly string[], encoding: FolderNameEncoding): readonly string[] {
  if (names.length === 0) return ['INBOX']
  return names.flatMap((name) =>
    name.startsWith('.') ? parseMaildirFolderName(name, encoding) : [decodeFolderName(name, encoding)],
  )
}

/** Directories that have a `cur`, the root first. */
async function findDirectories(root: string): Promise<readonly MaildirDirectory[]> {
  const found: MaildirDirectory[] = []
  const seen = new Set<string>()
  const waiting: MaildirDirectory[] = [{ relative: '.', names: [] }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    // A symbolic link may lead back up.
    const identity = await identityOf(toSystemPath(root, next.relative))
    if (identity === undefined || seen.has(identity) || seen.size >= directoriesMax) continue
    seen.add(identity)
    const names = await directoriesIn(toSystemPath(root, next.relative))
    if (names.includes('cur')) found.push(next)
    const isInsideMaildirPlus = next.names.at(-1)?.startsWith('.') ?? false
    if (isInsideMaildirPlus || next.names.length >= depthMax) continue
    for (const name of names) {
      if (name === 'cur' || name === 'new' || name === 'tmp') continue
      waiting.push({ relative: joinPath(next.relative, name), names: [...next.names, name] })
    }
  }
  return found
}

/** Names of directories, and of symbolic links, which may lead to one. */
async function directoriesIn(directory: Buffer): Promise<readonly string[]> {
  try {
    const entries = await readdir(directory, { encoding: 'latin1', withFileTypes: true })
    return entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink()).map((entry) => entry.name)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return []
    throw error
  }
}

/** Undefined for what is no directory. */
async function identityOf(path: Buffer): Promise<string | undefined> {
  try {
    const stats = await stat(path, { bigint: true })
    return stats.isDirectory() ? `${stats.dev}:${stats.ino}` : undefined
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ELOOP') return undefined
    throw error
  }
}
