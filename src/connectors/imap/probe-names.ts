import { commandOf, mailboxArgument, type Naming, toFolderId } from './names.ts'
import type { TaggedAnswer } from './protocol/response.ts'
import type { Session } from './protocol/session.ts'

/** What a server does not take in folder names, beside what every server needs for itself. */
export interface RefusedNames {
  /** Characters refused anywhere in a segment. */
  readonly anywhere: string
  /** Characters refused at the start of a path. */
  readonly inFront: string
}

/**
 * Finds out which names the server refuses, by asking for the STATUS of folders that nobody has, which changes nothing.
 * No extension announces it: Dovecot 2.3.19 over a Maildir refuses a dot (`NO [CANNOT] Character not allowed in mailbox
 * name: '.'`) and `~` in front (`NO [CANNOT] Invalid mailbox name: Begins with '~'`). Sends both questions at once.
 */
export async function probeNames(session: Session, prefix: string): Promise<RefusedNames> {
  const [dot, tilde] = await Promise.all(['mailvan.probe', '~mailvan'].map((name) => isRefused(session, prefix + name)))
  return { anywhere: dot === true ? '.' : '', inFront: tilde === true ? '~' : '' }
}

async function isRefused(session: Session, name: string): Promise<boolean> {
  const mailbox = mailboxArgument(toFolderId(name), session)
  return isRefusal(await session.execute(commandOf('STATUS ', mailbox, ' (MESSAGES)')))
}

/** A name that cannot be, and not one that merely is not there. */
function isRefusal({ status, code, text }: TaggedAnswer): boolean {
  if (status !== 'NO' || code?.name === 'NONEXISTENT') return false
  return code?.name === 'CANNOT' || /not allowed|invalid/i.test(text)
}

/** The characters that a segment of a path must not hold, as `FolderNaming` wants them. */
export function forbiddenIn({ delimiter }: Naming, refused: RefusedNames): string {
  // Wildcards of LIST and the usual separators: a name with one of these is trouble for other programs.
  return [...new Set(`/*%\\${delimiter ?? ''}${refused.anywhere}`)].join('')
}
