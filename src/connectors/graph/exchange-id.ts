import type { FolderId } from '../../core/model/ids.ts'

/** Exchange's ids of folders, in Graph: one long word of base64url that begins with a byte of zeros or nearly so (`AAMk`, `AQMk`). */
const exchangeId = /^A[\w-]{35,}={0,2}$/

/** Whether Graph gave a folder this id; IMAP, the other way into a mailbox, knows folders by their names. */
export function isExchangeId(id: FolderId): boolean {
  return exchangeId.test(id)
}
