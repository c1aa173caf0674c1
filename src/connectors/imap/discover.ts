import { MigrationError } from '../../core/errors.ts'
import type { Folder, Role } from '../../core/model/folder.ts'
import { formatCursor } from './cursor.ts'
import { answerError } from './errors.ts'
import { leaveFolder } from './examine.ts'
import { commandOf, fromWire, mailboxArgument, type Naming, toFolderId, toPath } from './names.ts'
import {
  type ListedMailbox,
  type MailboxStatus,
  type Namespaces,
  parseList,
  parseMailboxStatus,
  parseNamespaces,
} from './protocol/list-response.ts'
import type { Session } from './protocol/session.ts'

/** What the account's folders are called, and the folders. */
export interface Discovery {
  readonly naming: Naming
  readonly folders: readonly Folder[]
}

const roles: Readonly<Record<string, Role>> = {
  '\\sent': 'sent',
  '\\drafts': 'drafts',
  '\\trash': 'trash',
  '\\junk': 'junk',
  '\\archive': 'archive',
  '\\all': 'all',
  '\\flagged': 'flagged',
  '\\important': 'important',
}

/**
 * Lists a person's own folders with their roles and status: in one round trip where LIST-EXTENDED, SPECIAL-USE and
 * LIST-STATUS are announced (RFC 5258, 6154, 5819), else in two. Other people's and shared folders are left out.
 */
export async function discoverFolders(session: Session): Promise<Discovery> {
  const { capabilities } = session
  const statusItems = capabilities.has('CONDSTORE')
    ? '(MESSAGES UIDNEXT UIDVALIDITY HIGHESTMODSEQ)'
    : '(MESSAGES UIDNEXT UIDVALIDITY)'
  const isExtended = capabilities.has('LIST-EXTENDED') || capabilities.has('IMAP4REV2')
  const listsStatus = isExtended && (capabilities.has('LIST-STATUS') || capabilities.has('IMAP4REV2'))
  const statuses = new Map<string, MailboxStatus>()
  const takeStatus = (text: string, literals: readonly Uint8Array[]): void => {
    const status = parseMailboxStatus(text, literals)
    if (status !== undefined) statuses.set(toFolderId(fromWire(status.name, session)), status)
  }
  const returned = [
    ...(capabilities.has('SPECIAL-USE') ? ['SPECIAL-USE'] : []),
    'SUBSCRIBED',
    ...(listsStatus ? [`STATUS ${statusItems}`] : []),
  ]
  leaveFolder(session)
  const listing = list(session, isExtended ? `LIST "" "*" RETURN (${returned.join(' ')})` : 'LIST "" "*"', takeStatus)
  const subscribing = isExtended ? [] : list(session, 'LSUB "" "*"').catch(withoutSubscriptions)
  const [listed, subscriptions, namespaces] = await Promise.all([listing, subscribing, readNamespaces(session)])
  const subscribed = new Set(subscriptions.map((mailbox) => toFolderId(mailbox.name)))
  const own = listed.filter((mailbox) => isOwn(mailbox, namespaces))
  if (!listsStatus) await readStatuses(session, own.filter(holdsItems), statusItems, takeStatus)
  const naming: Naming = {
    delimiter: own.find((mailbox) => mailbox.delimiter !== undefined)?.delimiter ?? namespaces?.personal[0]?.delimiter ?? null,
    prefix: namespaces?.personal[0]?.prefix ?? '',
  }
  const folders = own.map((mailbox) => toFolder(mailbox, naming, statuses, subscribed))
  return { naming, folders: folders.sort((a, b) => a.path.length - b.path.length) }
}

async function list(
  session: Session,
  command: string,
  onOther: (text: string, literals: readonly Uint8Array[]) => void = () => {},
): Promise<readonly ListedMailbox[]> {
  const mailboxes: ListedMailbox[] = []
  const answer = await session.execute(command, {
    onUntagged: (text, literals) => {
      const mailbox = parseList(text, literals)
      if (mailbox === undefined) onOther(text, literals)
      else mailboxes.push({ ...mailbox, name: fromWire(mailbox.name, session) })
    },
  })
  if (answer.status !== 'OK') throw answerError(answer, { command: 'LIST' })
  return mailboxes
}

/** Without LSUB nothing is known of subscriptions, which is no reason to leave the folders behind. */
function withoutSubscriptions(error: unknown): readonly ListedMailbox[] {
  if (error instanceof MigrationError && error.code === 'imap.unclassified') return []
  throw error
}

async function readNamespaces(session: Session): Promise<Namespaces | undefined> {
  if (!session.capabilities.has('NAMESPACE')) return undefined
  let namespaces: Namespaces | undefined
  await session.execute('NAMESPACE', {
    onUntagged: (text, literals) => {
      const parsed = parseNamespaces(text, literals)
      if (parsed !== undefined) namespaces = inOneForm(parsed, session)
    },
  })
  return namespaces
}

function inOneForm({ personal, otherUsers, shared }: Namespaces, session: Session): Namespaces {
  const convert = (namespaces: Namespaces['personal']): Namespaces['personal'] =>
    namespaces.map((one) => ({ ...one, prefix: fromWire(one.prefix, session) }))
  return { personal: convert(personal), otherUsers: convert(otherUsers), shared: convert(shared) }
}

/** STATUS of each folder in one burst. A folder that vanished meanwhile, or refuses, has none. */
async function readStatuses(
  session: Session,
  mailboxes: readonly ListedMailbox[],
  items: string,
  take: (text: string, literals: readonly Uint8Array[]) => void,
): Promise<void> {
  const asked = mailboxes.map(({ name }) =>
    session.execute(commandOf('STATUS ', mailboxArgument(toFolderId(name), session), ` ${items}`), { onUntagged: take }),
  )
  await Promise.all(asked)
}

function isOwn({ name }: ListedMailbox, namespaces: Namespaces | undefined): boolean {
  if (name.toUpperCase() === 'INBOX') return true
  return ![...(namespaces?.otherUsers ?? []), ...(namespaces?.shared ?? [])].some(
    ({ prefix, delimiter }) => prefix !== '' && (name.startsWith(prefix) || name + (delimiter ?? '') === prefix),
  )
}

function holdsItems({ attributes }: ListedMailbox): boolean {
  return !attributes.some((attribute) => /^\\(?:noselect|nonexistent)$/i.test(attribute))
}

function toFolder(
  mailbox: ListedMailbox,
  naming: Naming,
  statuses: ReadonlyMap<string, MailboxStatus>,
  subscribed: ReadonlySet<string>,
): Folder {
  const id = toFolderId(mailbox.name)
  const status = statuses.get(id)
  const names = mailbox.attributes.map((attribute) => attribute.toLowerCase())
  const role = id === 'INBOX' ? 'inbox' : names.map((name) => roles[name]).find((known) => known !== undefined)
  const isSubscribed = names.includes('\\subscribed') || subscribed.has(id)
  return {
    id,
    path: toPath(mailbox.name, { ...naming, delimiter: mailbox.delimiter ?? null }),
    itemType: 'message',
    ...(role === undefined ? {} : { role }),
    holdsItems: holdsItems(mailbox),
    isSubscribed,
    ...(status === undefined ? {} : { status: toStatus(status) }),
  }
}

function toStatus(status: MailboxStatus): NonNullable<Folder['status']> {
  const { messages = 0, uidNext, uidValidity, highestModseq } = status
  // Without a modseq a changed flag leaves no trace in the status, so that there is nothing to skip by.
  const isTelling = uidNext !== undefined && uidValidity !== undefined && highestModseq !== undefined && highestModseq > 0n
  if (!isTelling) return { items: messages }
  return { items: messages, cursor: formatCursor({ uidValidity, uidNext, items: messages, modseq: highestModseq }) }
}
