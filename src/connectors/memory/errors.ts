import { MigrationError, sessionsLimitedCode, type FailureKind } from '../../core/errors.ts'

const table = {
  'no-mailbox': ['config', 'There is no such mailbox.', 'Check the name after memory: in the URL.'],
  'wrong-password': ['auth', 'The mailbox did not accept the password.', 'Check the password.'],
  'no-folder': ['item', 'The folder is no longer there.', 'Run the migration again: it looks for folders anew.'],
  'folder-refused': ['config', 'The mailbox refused to make a folder of this name.', 'Map the folder to another name.'],
  'holds-no-items': ['config', 'The folder can hold folders only.', 'Map the folder to another name.'],
  'too-many-sessions': ['throttled', 'The mailbox allows no more sessions.', 'Use fewer sessions.'],
  'too-large': [
    'item',
    'The message is larger than the mailbox accepts.',
    'Raise the limit of the target, or skip it by size.',
  ],
  'over-quota': ['config', 'The mailbox is full.', 'Raise the quota of the target and run the migration again.'],
  'empty-item': [
    'item',
    'The mailbox refuses a message without content.',
    'Look at the message at the source: it is empty.',
  ],
  renumbered: ['transient', 'The folder was renumbered while it was listed.', 'Run the migration again.'],
  'size-mismatch': ['transient', 'The content was not as long as announced.', 'Run the migration again.'],
  'stale-content': ['transient', 'The content was asked for after its time.', 'Run the migration again.'],
} satisfies Record<string, [kind: FailureKind, message: string, hint: string]>

/**
 * The errors that a memory mailbox gives of its own accord (not those injected), with code `memory.<name>` or the
 * shared one.
 */
export function memoryError(name: keyof typeof table): MigrationError {
  const [kind, message, hint] = table[name] as [FailureKind, string, string]
  const code = name === 'too-many-sessions' ? sessionsLimitedCode : `memory.${name}`
  return new MigrationError(kind, code, { message, hint })
}
