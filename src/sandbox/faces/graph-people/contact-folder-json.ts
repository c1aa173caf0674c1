import { extendedPropertiesJson, type ExtendedPropertySelection } from '../../graph-json/extended-properties.ts'
import { folderReader, folderSource } from '../../graph-mailbox/mail-folders.ts'
import { toFolderId } from '../../mailbox/ids.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { FolderRow } from '../../mailbox/rows.ts'

/** What Graph says of a contact folder. */
export interface ContactFolderJson {
  readonly id: string
  readonly parentFolderId: string | null
  readonly displayName: string
}

/** A contact folder as Graph answers it, without extended properties. */
export function contactFolderJson(mailbox: Mailbox, row: FolderRow): ContactFolderJson {
  const { guid } = mailbox.row
  return {
    id: toFolderId(guid, row.id),
    parentFolderId: row.parentId === undefined ? null : toFolderId(guid, row.parentId),
    displayName: row.name,
  }
}

/** The extended properties of a folder that a request asked for. */
export function folderExtendedProperties(mailbox: Mailbox, row: FolderRow, selection: ExtendedPropertySelection): object {
  return extendedPropertiesJson(folderReader(mailbox, folderSource(mailbox, row)), selection)
}
