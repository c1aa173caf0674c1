import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { FolderRow } from '../../mailbox/rows.ts'

const documentType = 'imap-subscription'

interface Subscription {
  readonly id: string
  readonly isSubscribed: boolean
}

/** Which folders LSUB shows: the default ones until they are unsubscribed, others once they are subscribed. */
export function isSubscribed(mailbox: Mailbox, folder: FolderRow): boolean {
  return mailbox.documents.get<Subscription>(documentType, String(folder.id))?.isSubscribed ?? folder.wellKnown !== undefined
}

/** Says whether LSUB is to show a folder from now on. */
export function subscribe(mailbox: Mailbox, folder: FolderRow, isWanted: boolean): void {
  const id = String(folder.id)
  mailbox.documents.put(documentType, id, { id, isSubscribed: isWanted } satisfies Subscription)
}

/** A folder that is made again later is not subscribed by what was said of an older one. */
export function forgetSubscription(mailbox: Mailbox, folderId: number): void {
  mailbox.documents.remove(documentType, String(folderId))
}
