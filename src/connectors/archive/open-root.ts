import { constants } from 'node:fs'
import { access, mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { archiveError, errnoOf, toArchiveError } from './errors.ts'

/** What stands at an archive's path. Throws `config` for what is neither. */
export async function kindOfRoot(path: string): Promise<'directory' | 'file' | 'absent'> {
  try {
    const stats = await stat(path)
    if (stats.isDirectory()) return 'directory'
    if (stats.isFile()) return 'file'
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 'absent'
    throw toArchiveError(error, path)
  }
  throw archiveError('not-a-file', path)
}

/** Throws `config` unless `path` is a directory that may be listed. */
export async function checkReadable(path: string): Promise<void> {
  const kind = await kindOfRoot(path)
  if (kind === 'file') throw archiveError('not-a-directory', path)
  // Absent is said by the system itself, as for any path on the way to it.
  await accessOrThrow(path, constants.R_OK | constants.X_OK)
}

/** Throws `config` unless `path` is a directory that may be written, or could be made. Makes nothing. */
export async function checkWritable(path: string): Promise<void> {
  const kind = await kindOfRoot(path)
  if (kind === 'file') throw archiveError('not-a-directory', path)
  let nearest = path
  for (let isThere = kind === 'directory'; !isThere;) {
    nearest = dirname(nearest)
    const kindAbove = await kindOfRoot(nearest)
    if (kindAbove === 'file') throw archiveError('not-a-directory', nearest)
    isThere = kindAbove === 'directory' || nearest === dirname(nearest)
  }
  await accessOrThrow(nearest, constants.W_OK | constants.X_OK)
}

/**
 * Makes a directory and its missing parents; idempotent. Node's own recursive `mkdir` never returns where the system
 * says of a directory in an existing one that it does not exist, as /proc does (24.21.0).
 */
export async function makeRoot(path: string): Promise<void> {
  try {
    await makeDirectory(path)
  } catch (error) {
    throw toArchiveError(error, path)
  }
}

async function makeDirectory(path: string): Promise<void> {
  if ((await kindOfRoot(path)) === 'directory') return
  const parent = dirname(path)
  if (parent !== path) await makeDirectory(parent)
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error
  }
}

async function accessOrThrow(path: string, mode: number): Promise<void> {
  try {
    await access(path, mode)
  } catch (error) {
    throw toArchiveError(error, path)
  }
}
