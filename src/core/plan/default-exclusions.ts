import type { Folder, Role } from '../model/folder.ts'

/** Folders that are left out unless the operator says otherwise; shown by `plan` and in every report. */
export interface DefaultExclusion {
  readonly id: string
  /** One sentence for a person. */
  readonly reason: string
  /** Any folder that announces one of these roles. */
  readonly roles: readonly Role[]
  /** Top-level names, compared without case; the folders below are left out too. */
  readonly trees: readonly string[]
}

/**
 * The whole list. Not on it, because a person may look for what they hold: Conversation History (chats kept as
 * messages), RSS Feeds, Outbox, Junk, Trash, and folders with the name of a calendar, contacts, tasks or notes, which
 * on many servers are ordinary mail folders.
 */
export const defaultExclusions: readonly DefaultExclusion[] = [
  {
    id: 'sync-issues',
    reason:
      'Outlook keeps its own log and losing copies here (Conflicts, Local Failures, Server Failures); nothing in it was received or sent.',
    roles: [],
    trees: [
      'Sync Issues',
      'Synchronisierungsprobleme',
      'Problèmes de synchronisation',
      'Problemas de sincronización',
      'Problemas de sincronização',
      'Problemi di sincronizzazione',
      'Synchronisatieproblemen',
      'Synkroniseringsproblem',
      'Synkroniseringsproblemer',
      'Synkronointiongelmat',
      'Problemy z synchronizacją',
      'Problémy se synchronizací',
      'Problémy so synchronizáciou',
      'Szinkronizálási problémák',
      'Probleme de sincronizare',
      'Ζητήματα συγχρονισμού',
      'Проблемы синхронизации',
      'Ошибки синхронизации',
      'Проблеми синхронізації',
      'Eşitleme Sorunları',
      '同期の問題',
      '同步问题',
      '同步處理問題',
      '동기화 문제',
    ],
  },
  {
    id: 'all-mail',
    reason:
      'It shows every message of the mailbox a second time (Gmail "All Mail"); messages that stand in no other folder are only here: include `role:all` to carry them.',
    roles: ['all'],
    trees: [],
  },
  {
    id: 'flagged',
    reason:
      'It shows the flagged messages of other folders a second time (Gmail "Starred"); the flag itself is carried with them.',
    roles: ['flagged'],
    trees: [],
  },
  {
    id: 'important',
    reason: 'It shows messages of other folders a second time, as the server judged them (Gmail "Important").',
    roles: ['important'],
    trees: [],
  },
]

const exclusionByTree: ReadonlyMap<string, DefaultExclusion> = new Map(
  defaultExclusions.flatMap((exclusion) => exclusion.trees.map((name) => [foldName(name), exclusion] as const)),
)

/** The default exclusion that covers a folder, or undefined. Pure. */
export function defaultExclusionOf(folder: Pick<Folder, 'path' | 'role'>): DefaultExclusion | undefined {
  const { path, role } = folder
  return (
    (role === undefined ? undefined : defaultExclusions.find((exclusion) => exclusion.roles.includes(role))) ??
    exclusionByTree.get(foldName(path[0] ?? ''))
  )
}

function foldName(name: string): string {
  return name.normalize('NFC').toLowerCase()
}
