import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { FolderRow } from '../../mailbox/rows.ts'
import type { Answer } from './answer.ts'
import type { ArgumentCursor } from './argument-cursor.ts'
import { findFolder } from './folder-names.ts'
import type { ImapAccount, ImapServices } from './imap-account.ts'
import { Refusal } from './refusal.ts'
import type { SelectedFolder } from './selected-folder.ts'

/** A mailbox that a session has signed in to. */
export interface OpenBox {
  readonly account: ImapAccount
  readonly mailbox: Mailbox
  readonly services: ImapServices
  selected: SelectedFolder | undefined
  /** Where the run of APPENDs that is under way goes; nothing else happens meanwhile. */
  appendTarget: { readonly name: string; readonly folder: FolderRow } | undefined
}

/** A command in a mailbox, to be carried out. */
export interface CommandCall {
  /** In capitals, without UID. */
  readonly name: string
  readonly byUid: boolean
  /** Before the space in front of the first argument. */
  readonly args: ArgumentCursor
  readonly answer: Answer
  readonly box: OpenBox
  /** Sends what was answered so far when that is much; to be awaited when it is a promise. */
  readonly relieve: () => Promise<void> | undefined
}

/** Carries a command out and gives what follows `OK`; throws what `toRefusal` knows. */
export type CommandHandler = (call: CommandCall) => string | Promise<string>

/** Throws BAD when no folder is selected. */
export function selectedFolder({ box }: CommandCall): SelectedFolder {
  if (box.selected === undefined) throw invalidState()
  return box.selected
}

/** The same for commands that change the folder: one that was opened by EXAMINE is no such folder. */
export function writableFolder(call: CommandCall): SelectedFolder {
  const folder = selectedFolder(call)
  if (folder.isReadOnly) throw invalidState()
  return folder
}

/** Exchange's answer to a command that cannot come now. */
export function invalidState(): Refusal {
  return new Refusal('BAD', 'Command received in Invalid state.')
}

/** Throws NO in Exchange's words (RainLoop/rainloop-webmail #1777). */
export function existingFolder(mailbox: Mailbox, name: string): FolderRow {
  const folder = findFolder(mailbox, name)
  if (folder === undefined) throw new Refusal('NO', `${name} doesn't exist.`)
  return folder
}

/** The folder that messages are put into; throws with TRYCREATE (RFC 3501 section 7.1), and for one that holds no mail. */
export function receivingFolder(mailbox: Mailbox, name: string, command: string): FolderRow {
  const folder = findFolder(mailbox, name)
  if (folder === undefined) throw new Refusal('NO', `[TRYCREATE] ${name} doesn't exist.`)
  if (!/^(?:IPF\.Note(?:\.|$)|$)/i.test(folder.folderClass)) throw new Refusal('NO', `${command} failed.`)
  return folder
}
