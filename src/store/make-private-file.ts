import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes the file at `path`, and its folders, for this user alone (0600 and 0700) when they are not there. SQLite gives
 * the files that it makes beside a database the mode of the database.
 *
 * A file that is there is not opened: closing any handle of it would end all locks of this process on it (POSIX
 * fcntl(2), sqlite.org/howtocorrupt.html section 2.2).
 */
export function makePrivateFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    if (!isThere) throw error
  }
}
