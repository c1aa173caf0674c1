import type { Mailbox } from '../mailbox/mailbox.ts'

/** Deletes an item as clients do: it stays recoverable. One that was in the recoverable items already is gone for good. */
export function softDelete(mailbox: Mailbox, itemId: number): void {
  moveOrRemove(mailbox, itemId, 'recoverableitemsdeletions', ['recoverableitemsdeletions', 'recoverableitemspurges'])
}

/** Deletes an item for good: it goes where only an administrator still finds it (Graph's page on permanentDelete). */
export function permanentlyDelete(mailbox: Mailbox, itemId: number): void {
  moveOrRemove(mailbox, itemId, 'recoverableitemspurges', ['recoverableitemspurges'])
}

function moveOrRemove(mailbox: Mailbox, itemId: number, to: string, last: readonly string[]): void {
  const item = mailbox.items.get(itemId)
  const folder = mailbox.folders.wellKnown(to)
  const isLast = last.includes(mailbox.folders.get(item.folderId).wellKnown ?? '')
  if (folder === undefined || isLast) return mailbox.items.remove(itemId)
  if (!mailbox.folders.get(item.folderId).wellKnown?.startsWith('recoverableitems')) mailbox.items.tellUnread(itemId)
  mailbox.items.move(itemId, folder.id)
}
