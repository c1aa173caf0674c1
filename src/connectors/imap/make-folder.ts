import type { Role } from '../../core/model/folder.ts'
import type { EnsuredFolder, FolderWish } from '../../core/ports/connector.ts'
import { answerError } from './errors.ts'
import { commandOf, mailboxArgument, type Naming, toFolderId } from './names.ts'
import { parseMailboxStatus } from './protocol/list-response.ts'
import type { TaggedAnswer } from './protocol/response.ts'
import type { Session } from './protocol/session.ts'

/** Special uses that CREATE may ask for (RFC 6154 section 3). */
const uses: Partial<Readonly<Record<Role, string>>> = {
  sent: '\\Sent',
  drafts: '\\Drafts',
  trash: '\\Trash',
  junk: '\\Junk',
  archive: '\\Archive',
}

/** Makes a folder, and its parents where the server does not by itself. A folder that is there already is as good. */
export async function makeFolder(
  session: Session,
  name: string,
  wish: FolderWish,
  naming: Naming,
): Promise<EnsuredFolder> {
  const id = toFolderId(name)
  const mailbox = mailboxArgument(id, session)
  const use = wish.role === undefined || !session.capabilities.has('CREATE-SPECIAL-USE') ? undefined : uses[wish.role]
  const created = session.execute(commandOf('CREATE ', mailbox, use === undefined ? '' : ` (USE (${use}))`))
  // A refused subscription is no reason to leave the messages behind.
  const subscribed = wish.isSubscribed === true ? session.execute(commandOf('SUBSCRIBE ', mailbox)) : undefined
  let answer = await created
  if (answer.status !== 'OK' && use !== undefined) answer = await session.execute(commandOf('CREATE ', mailbox))
  if (answer.status !== 'OK' && isMissingParent(answer)) {
    await makeParents(session, name, naming)
    answer = await session.execute(commandOf('CREATE ', mailbox))
  }
  await subscribed
  if (answer.status === 'OK') return { id, items: 0, isNew: true }
  const items = await countItems(session, name)
  if (items === undefined) throw answerError(answer, { command: 'CREATE' })
  return { id, items, isNew: false }
}

function isMissingParent(answer: TaggedAnswer): boolean {
  return answer.code?.name === 'NONEXISTENT' || /parent|does ?n.t exist/i.test(answer.text)
}

async function makeParents(session: Session, name: string, { delimiter }: Naming): Promise<void> {
  if (delimiter === null) return
  const segments = name.split(delimiter)
  for (let depth = 1; depth < segments.length; depth++) {
    const parent = toFolderId(segments.slice(0, depth).join(delimiter))
    await session.execute(commandOf('CREATE ', mailboxArgument(parent, session)))
  }
}

/** Undefined when there is no such folder. */
async function countItems(session: Session, name: string): Promise<number | undefined> {
  let items: number | undefined
  const answer = await session.execute(commandOf('STATUS ', mailboxArgument(toFolderId(name), session), ' (MESSAGES)'), {
    onUntagged: (text, literals) => {
      items = parseMailboxStatus(text, literals)?.messages ?? items
    },
  })
  return answer.status === 'OK' ? (items ?? 0) : undefined
}
