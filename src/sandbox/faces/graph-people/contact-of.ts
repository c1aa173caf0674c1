import { isContact } from '../../graph-json/contact-json.ts'
import { itemNotFound, itemOf } from '../../graph-mailbox/item-references.ts'
import type { GraphRequest } from '../../http/route.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { ItemRow } from '../../mailbox/rows.ts'
import { contactFolderOf } from './contact-folder.ts'

/** The contact that a request's path names, by either kind of id. Throws 400 and 404 as `itemOf`, 404 for another item. */
export function contactOf(mailbox: Mailbox, request: Pick<GraphRequest, 'params'>): ItemRow {
  const row = itemOf(mailbox, request.params['contactId'] ?? '')
  if (!isContact(row)) throw itemNotFound()
  // `/contacts/{id}` finds a contact wherever it is; a path with a folder means that folder.
  if (request.params['folderId'] !== undefined && contactFolderOf(mailbox, request).id !== row.folderId) throw itemNotFound()
  return row
}
