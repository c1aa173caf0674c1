import { folderValue, type FolderSource } from '../graph-json/folder-json.ts'
import type { Property } from '../../formats/mapi/property.ts'
import type { PropertyValue } from '../../formats/mapi/property-type.ts'
import { readPropertyList } from '../../formats/fast-transfer/stored-form.ts'
import { PropertyBag } from '../../formats/mapi/property-bag.ts'
import type { PropertyReader } from '../graph-json/extended-properties.ts'
import { GraphError } from '../http/graph-error.ts'
import { fromFolderId, toFolderId } from '../mailbox/ids.ts'
import type { Mailbox } from '../mailbox/mailbox.ts'
import type { FolderRow, ItemRow } from '../mailbox/rows.ts'
import { itemNotFound, malformedId } from './item-references.ts'

/** Names that stand for ids of mail folders (exchange.md 3.1). */
const wellKnownMailFolders: ReadonlySet<string> = new Set([
  'archive',
  'clutter',
  'conflicts',
  'conversationhistory',
  'deleteditems',
  'drafts',
  'inbox',
  'junkemail',
  'localfailures',
  'msgfolderroot',
  'outbox',
  'recoverableitemsdeletions',
  'recoverableitemsdiscoveryholds',
  'recoverableitemspurges',
  'recoverableitemsroot',
  'recoverableitemsversions',
  'scheduled',
  'searchfolders',
  'sentitems',
  'serverfailures',
  'syncissues',
])

/** Whether the mail API shows a folder; calendars, contacts, tasks, notes and journals it does not (exchange.md 3.1). */
export function isMailFolder({ folderClass }: Pick<FolderRow, 'folderClass'>): boolean {
  return folderClass === '' || /^IPF\.(?:Note|Imap|Configuration)(?:\.|$)/i.test(folderClass)
}

/** Whether the mail API shows an item: mail, meeting messages, reports, posts; not what lies in Deleted Items beside them. */
export function isMessage({ messageClass }: Pick<ItemRow, 'messageClass'>): boolean {
  return !/^IPM\.(?:Appointment|Contact|DistList|AbchPerson|Task|StickyNote|Activity)(?:\.|$)/i.test(messageClass)
}

/** A mail folder by id or well-known name. Throws 400 `ErrorInvalidIdMalformed` and 404 `ErrorItemNotFound`. */
export function mailFolderOf(mailbox: Mailbox, id: string): FolderRow {
  const name = id.toLowerCase()
  if (wellKnownMailFolders.has(name)) {
    const folder = mailbox.folders.wellKnown(name)
    if (folder === undefined)
      throw new GraphError(
        404,
        'ErrorItemNotFound',
        `The specified object was not found in the store., Default folder ${id} not found.`,
      )
    return folder
  }
  const folderId = fromFolderId(mailbox.row.guid, id)
  if (folderId === undefined) throw malformedId()
  const folder = mailbox.folders.find(folderId)
  if (folder === undefined || !isMailFolder(folder)) throw itemNotFound()
  return folder
}

/** The sub-folders that a listing shows, by name. */
export function visibleChildren(mailbox: Mailbox, folder: FolderRow, withHidden: boolean): readonly FolderRow[] {
  return mailbox.folders.children(folder.id).filter((child) => isMailFolder(child) && (withHidden || !child.isHidden))
}

/** A folder as its JSON is made of; counted when a property needs it. */
export function folderSource(mailbox: Mailbox, row: FolderRow): FolderSource {
  const { guid } = mailbox.row
  let counts: ReturnType<FolderSource['counts']> | undefined
  return {
    row,
    id: toFolderId(guid, row.id),
    parentId: row.parentId === undefined ? null : toFolderId(guid, row.parentId),
    counts: () => (counts ??= mailbox.folders.counts(row.id)),
    path: () => {
      const names = mailbox.folders.pathTo(row.id)
      const top = names.findIndex(({ wellKnown }) => wellKnown === 'msgfolderroot' || wellKnown === 'root')
      return names
        .slice(0, top < 0 ? undefined : top)
        .map(({ name }) => name)
        .toReversed()
    },
  }
}

/** The extended properties of a folder: those that it was given, and those that the store works out. */
export function folderReader(mailbox: Mailbox, source: FolderSource): PropertyReader {
  const stored = mailbox.folders.properties(source.row.id)
  const computed = (property: Property): PropertyValue | undefined => folderValue(source, property)
  return { bag: stored === undefined ? new PropertyBag() : readPropertyList(stored), computed }
}
