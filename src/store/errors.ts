import { AssertionError } from 'node:assert'
import { MigrationError } from '../core/errors.ts'

/** Primary result codes of SQLite (sqlite.org/rescode.html) that an operator can do something about. */
const sqlite = {
  busy: 5,
  locked: 6,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  constraint: 19,
  notADatabase: 26,
} as const

interface Explanation {
  readonly code: string
  readonly message: (path: string) => string
  readonly hint: string
}

const unwritable: Explanation = {
  code: 'store.unwritable',
  message: (path) => `The ledger ${path} cannot be written.`,
  hint: 'Make the folder and the file writable for this user, or name another place with --home.',
}

const diskFull: Explanation = {
  code: 'store.disk-full',
  message: (path) => `There is no room left to write the ledger ${path}.`,
  hint: 'Free some disk space (or raise the quota) and run the same command again: it continues where it stopped.',
}

const locked: Explanation = {
  code: 'store.locked',
  message: (path) => `Another program keeps the ledger ${path} locked.`,
  hint: 'Wait until it has finished, or stop it, and run the same command again.',
}

const noFolder: Explanation = {
  code: 'store.no-folder',
  message: (path) => `The ledger ${path} cannot be made, because a part of that path is not a folder.`,
  hint: 'Name a folder with --home.',
}

const cannotOpen: Explanation = {
  code: 'store.cannot-open',
  message: (path) => `The ledger ${path} cannot be opened.`,
  hint: 'Check that the folder exists and belongs to this user, or name another place with --home.',
}

const ioError: Explanation = {
  code: 'store.io',
  message: (path) => `Reading or writing the ledger ${path} failed.`,
  hint: 'Check the disk, its quota and its mount, then run the same command again; a network drive is no place for it.',
}

const explanations: ReadonlyMap<number, Explanation> = new Map<number, Explanation>([
  [
    sqlite.notADatabase,
    {
      code: 'store.not-a-database',
      message: (path) => `The file ${path} is not a ledger.`,
      hint: 'Name another place with --home, or move that file away.',
    },
  ],
  [
    sqlite.corrupt,
    {
      code: 'store.corrupt',
      message: (path) => `The ledger ${path} is damaged.`,
      hint: 'Restore it from a backup, or begin with an empty --home: what is at the target already is recognised.',
    },
  ],
  [sqlite.cannotOpen, cannotOpen],
  [sqlite.readOnly, unwritable],
  [sqlite.full, diskFull],
  [sqlite.ioError, ioError],
  [sqlite.busy, locked],
  [sqlite.locked, locked],
])

/** What the file system says (errno names) when the ledger's folder or file is made. */
const fileExplanations: ReadonlyMap<string, Explanation> = new Map<string, Explanation>([
  ['EACCES', unwritable],
  ['EPERM', unwritable],
  ['EROFS', unwritable],
  ['ENOSPC', diskFull],
  ['EDQUOT', diskFull],
  ['ENOTDIR', noFolder],
  ['EEXIST', noFolder],
])

/** True when SQLite could not get a lock that another connection holds. */
export function isLocked(error: unknown): boolean {
  return resultCode(error) === sqlite.busy
}

/** The primary SQLite result code of `error`, or undefined when SQLite did not throw it. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined
}

/**
 * What the ledger at `path` throws instead of `error`: a `config` error for what an operator can mend, an
 * AssertionError for a broken constraint (a defect), and anything else as it is.
 */
export function toStoreError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || error instanceof MigrationError) return error
  const result = resultCode(error)
  if (result === sqlite.constraint) return new AssertionError({ message: `ledger constraint broken: ${error.message}` })
  const explanation = result === undefined ? explainFileError(error) : explanations.get(result)
  if (!explanation) return error
  return new MigrationError('config', explanation.code, {
    message: explanation.message(path),
    hint: explanation.hint,
    cause: error,
  })
}

function explainFileError(error: Error): Explanation | undefined {
  if (!('syscall' in error) || !('code' in error) || typeof error.code !== 'string') return undefined
  return fileExplanations.get(error.code) ?? cannotOpen
}
