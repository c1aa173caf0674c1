import { MigrationError, type FailureKind } from '../../core/errors.ts'

/** What the system says, by its code: kind, our code, what happened to the path, what to do about it. */
const byErrno: Readonly<Record<string, readonly [kind: FailureKind, code: string, message: string, hint: string]>> = {
  ENOENT: ['config', 'not-found', 'does not exist', 'Check the path for typing errors.'],
  ENOTDIR: ['config', 'not-a-directory', 'is a file where a directory is needed', 'Give the path of the directory.'],
  EISDIR: ['config', 'not-a-file', 'is a directory where a file is needed', 'Give the path of the file.'],
  EACCES: [
    'config',
    'no-permission',
    'may not be opened by this user',
    'Run as a user who may, or change its permissions.',
  ],
  EPERM: [
    'config',
    'no-permission',
    'may not be changed by this user',
    'Run as a user who may, or change its permissions.',
  ],
  EROFS: ['config', 'read-only', 'is on a read-only file system', 'Choose a target on a disk that can be written.'],
  ENOSPC: ['config', 'disk-full', 'is on a disk that is full', 'Free some space and run the migration again.'],
  EDQUOT: [
    'config',
    'disk-full',
    'is on a disk whose quota is used up',
    'Free some space and run the migration again.',
  ],
  EFBIG: ['item', 'file-too-large', 'would become larger than the file system allows', 'Skip the message by its size.'],
  ENAMETOOLONG: [
    'config',
    'name-too-long',
    'is a longer name than the file system allows',
    'Map the folder to a shorter name.',
  ],
  ELOOP: ['config', 'link-loop', 'is a symbolic link that leads in a circle', 'Give the real path.'],
  EMFILE: [
    'transient',
    'too-many-files',
    'could not be opened, as too many files are',
    'Raise the limit of open files (ulimit -n).',
  ],
  ENFILE: [
    'transient',
    'too-many-files',
    'could not be opened, as too many files are',
    'Raise the system limit of open files.',
  ],
  EIO: ['transient', 'disk-error', 'could not be read or written by the disk', 'Check the disk and its connection.'],
  ESTALE: ['transient', 'disk-error', 'went away on its file server', 'Check the connection to the file server.'],
  EBUSY: ['transient', 'busy', 'is in use by another program', 'Close the program that uses it.'],
}

/** Errors that an archive finds by itself, by code. `{}` stands for the path. */
const own = {
  'url.no-path': [
    'config',
    'The URL names no path.',
    'Write the path after the colon, as in maildir:/home/ada/Maildir.',
  ],
  'url.scheme': ['config', 'The URL is no archive.', 'Write maildir:PATH, mbox:PATH or eml:PATH.'],
  'url.nul': ['config', 'The path in the URL holds a NUL character.', 'Check the path for typing errors.'],
  'url.option': [
    'config',
    'The URL has an option that is not known.',
    'For mbox, ?dialect=mboxrd, mboxo, mboxcl or mboxcl2.',
  ],
  'not-a-directory': ['config', '{} is a file where a directory is needed.', 'Give the path of the directory.'],
  'not-a-file': ['config', '{} is neither a file nor a directory.', 'Give the path of a file or a directory.'],
  'maildir.none': [
    'config',
    '{} is no Maildir: no cur, new and tmp in it or in a folder of it.',
    'Give the path above cur.',
  ],
  'maildir.not-empty': [
    'config',
    '{} holds other things and no Maildir.',
    'Choose an empty or a new directory as target.',
  ],
  'eml.none': [
    'config',
    'There is no .eml file in {}.',
    'Give the directory that holds the .eml files or their folders.',
  ],
  'eml.not-empty': [
    'config',
    '{} holds other things and no .eml files.',
    'Choose an empty or a new directory as target.',
  ],
  'mbox.not-mbox': [
    'config',
    '{} is no mbox: it does not begin with a line "From ".',
    'Give the path of an mbox file, or of the directory above the mbox files.',
  ],
  'mbox.none': [
    'config',
    'There is no mbox file in {}.',
    'Give the path of an mbox file, or of the directory above them.',
  ],
  'mbox.not-empty': [
    'config',
    '{} holds other things and no mbox files.',
    'Choose an empty or a new directory as target.',
  ],
  'mbox.target-file': [
    'config',
    '{} is a file, and mail is written to a directory of them.',
    'Give the path of a directory.',
  ],
  'mbox.truncated': [
    'item',
    'The last message of {} is cut off: the file ends in the middle of it.',
    'Get a whole copy of the file; if it is whole, add an empty line at its end and run retry.',
  ],
  'no-folder': [
    'transient',
    'The folder {} is no longer there.',
    'Run the migration again: it looks for folders anew.',
  ],
  'folder-name': [
    'config',
    'A folder name is empty or longer than a file system takes.',
    'Map the folder to another name.',
  ],
  'keyword-refused': [
    'item',
    'A keyword with white space in it cannot be stored.',
    'Rename or drop the keyword by a rule.',
  ],
  'size-mismatch': ['transient', 'The content was not as long as announced.', 'Run the migration again.'],
  'file-changed': ['transient', 'A message file changed while it was read.', 'Run the migration again.'],
  'not-a-message': ['item', 'A message file is no regular file.', 'Look at {} and put the message there again.'],
} satisfies Record<string, readonly [kind: FailureKind, message: string, hint: string]>

/** An error that the archive found itself, with code `archive.<name>`; `path` is shown in its sentence. */
export function archiveError(name: keyof typeof own, path: string = 'The path', cause?: unknown): MigrationError {
  const [kind, message, hint] = own[name] as readonly [FailureKind, string, string]
  const shown = (text: string) => text.replace('{}', () => path)
  return new MigrationError(kind, `archive.${name}`, { message: shown(message), hint: shown(hint), cause })
}

/**
 * What a failed file operation on `path` means. A `MigrationError` stays as it is, and so does what is no system error
 * (an abort, a defect). What the table lacks is `transient` with the code `archive.unclassified`.
 */
export function toArchiveError(error: unknown, path: string): unknown {
  const errno = errnoOf(error)
  if (errno === undefined) return error
  const [kind, code, message, hint] = byErrno[errno] ?? [
    'transient',
    'unclassified',
    `could not be used (${errno})`,
    'Check the disk and its permissions.',
  ]
  return new MigrationError(kind, `archive.${code}`, { message: `${path} ${message}.`, hint, cause: error })
}

/**
 * Like `toArchiveError`, where only one message is concerned: what pauses a mailbox elsewhere fails this item alone.
 */
export function toItemError(error: unknown, path: string): unknown {
  const translated = toArchiveError(error, path)
  const isOfItem = translated instanceof MigrationError && itemErrnos.has(errnoOf(error) ?? '')
  if (!isOfItem) return translated
  const { code, message, hint } = translated
  return new MigrationError('item', code, { message, hint, cause: error })
}

const itemErrnos: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EISDIR', 'EIO', 'ELOOP'])

/** The system's code, for example `ENOENT`; undefined for any other error. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
