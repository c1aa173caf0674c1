import type { MessageHead } from '../../formats/fast-transfer/stored-form.ts'
import { readPropertyList } from '../../formats/fast-transfer/stored-form.ts'
import { isInlineAttachment } from '../graph-json/attachment-json.ts'
import type { ItemSource } from '../graph-json/message-json.ts'
import type { GraphRequest } from '../http/route.ts'
import { toFolderId, toImmutableItemId, toItemId } from '../mailbox/ids.ts'
import type { Mailbox } from '../mailbox/mailbox.ts'
import type { ItemRow } from '../mailbox/rows.ts'
import { type Preferences, readPreferences } from './preferences.ts'

/** Makes items of one mailbox ready to be answered to one request. */
export interface ItemSources {
  readonly preferences: Preferences
  /** `head` where it is at hand already; it is read when it is needed otherwise. */
  of(row: ItemRow, head?: MessageHead): ItemSource
}

/** The ids, links and body form of the items follow what the request prefers. */
export function itemSources(request: GraphRequest, mailbox: Mailbox): ItemSources {
  const preferences = readPreferences(request)
  const { guid } = mailbox.row
  const folderIds = new Map<number, string>()
  const folderIdOf = (folderId: number) => {
    const id = folderIds.get(folderId) ?? toFolderId(guid, folderId)
    folderIds.set(folderId, id)
    return id
  }
  const of = (row: ItemRow, given?: MessageHead): ItemSource => {
    let head = given
    return {
      row,
      id: preferences.wantsImmutableIds ? toImmutableItemId(guid, row.id) : toItemId(guid, row),
      parentFolderId: folderIdOf(row.folderId),
      mailboxGuid: guid,
      outlook: request.endpoints.outlook,
      bodyType: preferences.bodyType,
      head: () => (head ??= mailbox.items.head(row.id)),
      hasVisibleAttachments: () =>
        mailbox.items.attachmentHeads(row.id).some((attachment) => !isInlineAttachment(readPropertyList(attachment.head))),
    }
  }
  return { preferences, of }
}
