import { createHash } from 'node:crypto'
import type { TaskSource } from '../../graph-json/todo-json.ts'
import { folderOf, itemNotFound, itemOf } from '../../graph-mailbox/item-references.ts'
import { itemSources } from '../../graph-mailbox/item-source.ts'
import { type MailboxStores, openMailbox } from '../../graph-mailbox/open-mailbox.ts'
import type { Preferences } from '../../graph-mailbox/preferences.ts'
import { GraphError } from '../../http/graph-error.ts'
import type { GraphRequest } from '../../http/route.ts'
import { toFolderId } from '../../mailbox/ids.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { FolderRow, ItemRow } from '../../mailbox/rows.ts'
import { userContext } from './answer-event.ts'
import { shownZoneOf } from './event-sources.ts'
import { foldersOfClass } from './folders-of-class.ts'

/** A list of tasks: a folder, or the mails that are flagged. */
export interface TodoList {
  readonly id: string
  readonly displayName: string
  readonly wellknownListName: 'none' | 'defaultList' | 'flaggedEmails'
  /** Undefined for the flagged mails, which are where they are. */
  readonly folder: FolderRow | undefined
}

/** What a request to tasks speaks of. */
export interface OpenedList {
  readonly mailbox: Mailbox
  readonly list: TodoList
}

/** A task that a request names. */
export interface OpenedTask extends OpenedList {
  readonly item: ItemRow
}

const taskClass = /^IPF\.Task(?:\.|$)/i

/** All lists: the default one, the flagged mails, the others (Graph's page on todoTaskList, wellknownListName). */
export function allLists(mailbox: Mailbox): readonly TodoList[] {
  const [first, ...others] = foldersOfClass(mailbox, taskClass, 'tasks').map((folder) => listOfFolder(mailbox, folder))
  return [...(first === undefined ? [] : [first]), flaggedEmails(mailbox), ...others]
}

/** A folder as a list. */
export function listOfFolder(mailbox: Mailbox, folder: FolderRow): TodoList {
  return {
    id: toFolderId(mailbox.row.guid, folder.id),
    displayName: folder.name,
    wellknownListName: folder.wellKnown === 'tasks' ? 'defaultList' : 'none',
    folder,
  }
}

/** Graph's `todoTaskList`. */
export function listJson({ id, displayName, wellknownListName }: TodoList): Record<string, unknown> {
  return { '@odata.type': '#microsoft.graph.todoTaskList', id, displayName, isOwner: true, isShared: false, wellknownListName }
}

/** The list of the path. Throws as `folderOf`, and 404 for folders of other kinds. */
export function openList(request: GraphRequest, stores: MailboxStores): OpenedList {
  const mailbox = openMailbox(request, stores)
  const id = request.params['listId'] ?? ''
  const flagged = flaggedEmails(mailbox)
  if (id === flagged.id) return { mailbox, list: flagged }
  const folder = folderOf(mailbox, id)
  if (!taskClass.test(folder.folderClass)) throw itemNotFound()
  return { mailbox, list: listOfFolder(mailbox, folder) }
}

/** The list of the path as a folder, for what changes it. Throws 400 for the flagged mails, which are changed as mails. */
export function openListFolder(request: GraphRequest, stores: MailboxStores): OpenedList & { readonly folder: FolderRow } {
  const opened = openList(request, stores)
  const { folder } = opened.list
  if (folder !== undefined) return { ...opened, folder }
  throw new GraphError(400, 'invalidRequest', 'The list of flagged emails cannot be changed.')
}

/** The task of the path, which has to be in the path's list. Throws 404 `ErrorItemNotFound`. */
export function openTask(request: GraphRequest, stores: MailboxStores): OpenedTask {
  const opened = openList(request, stores)
  const item = itemOf(opened.mailbox, request.params['taskId'] ?? '')
  const { folder } = opened.list
  const isThere = folder === undefined ? isFlagged(item) : isTask(item) && item.folderId === folder.id
  if (!isThere) throw itemNotFound()
  return { ...opened, item }
}

/** The same for what changes it. Throws 400 for a flagged mail. */
export function openOwnTask(request: GraphRequest, stores: MailboxStores): OpenedTask {
  openListFolder(request, stores)
  return openTask(request, stores)
}

/** Whether an item is one that lists show. */
export function isTask({ messageClass, isAssociated }: ItemRow): boolean {
  return !isAssociated && /^IPM\.Task(?:\.|$)/i.test(messageClass)
}

/** Whether an item is a mail that stands in the list of flagged ones. */
export function isFlagged({ messageClass, isAssociated, flagStatus }: ItemRow): boolean {
  return !isAssociated && flagStatus > 0 && /^IPM\.Note(?:\.|$)/i.test(messageClass)
}

/** Makes tasks ready to be answered; ids, zone and bodies follow what the request prefers. */
export function taskSources(request: GraphRequest, mailbox: Mailbox): { readonly preferences: Preferences; of(row: ItemRow): TaskSource } {
  const { preferences, of } = itemSources(request, mailbox)
  const shown = shownZoneOf(preferences)
  return { preferences, of: (row) => ({ ...of(row), shown }) }
}

/** `users('a')/todo/lists('b')/tasks`: what context URLs say of where the request looks. */
export function tasksContext(request: GraphRequest): string {
  return `${userContext(request)}/todo/lists('${encodeURIComponent(request.params['listId'] ?? '')}')/tasks`
}

function flaggedEmails(mailbox: Mailbox): TodoList {
  const hash = createHash('sha256').update(`${mailbox.row.guid}/flaggedEmails`).digest('base64url').slice(0, 40)
  return { id: `AQMkAD${hash}`, displayName: 'Flagged Emails', wellknownListName: 'flaggedEmails', folder: undefined }
}
