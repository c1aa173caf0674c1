import { readPropertyList, writePropertyList } from '../../../formats/fast-transfer/stored-form.ts'
import { tagged } from '../../../formats/mapi/property.ts'
import { PropertyBag } from '../../../formats/mapi/property-bag.ts'
import { setExtendedProperties } from '../../graph-json/extended-properties.ts'
import { folderValue } from '../../graph-json/folder-json.ts'
import { changing } from '../../graph-mailbox/changing.ts'
import { folderSource, mailFolderOf } from '../../graph-mailbox/mail-folders.ts'
import { permanentlyDelete, softDelete } from '../../graph-mailbox/soft-delete.ts'
import { parseItemQuery } from '../../graph-mailbox/item-query.ts'
import { itemNotFound } from '../../graph-mailbox/item-references.ts'
import { GraphError } from '../../http/graph-error.ts'
import { emptyAnswer } from '../../http/json-answer.ts'
import type { BodyOf } from '../../http/json/kinds.ts'
import { readJsonBody } from '../../http/json/read-json-body.ts'
import type { GraphRequest } from '../../http/route.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { FolderRow } from '../../mailbox/rows.ts'
import { answerFolder, folderRules, folderView } from './answer-folder.ts'
import { readDestination } from './change-message.ts'
import { mailFolderType, type mailSearchFolderType } from './folder-type.ts'
import type { MailOptions } from './mail-options.ts'
import { openFolder } from './message-place.ts'
import { keepSearch } from './search-folders.ts'

/** PidTagContainerClass: clients may choose it when they make a folder, never later (exchange.md 2.4). */
const containerClass = tagged(0x3613, 'string')

/** `GET /mailFolders/{id}`. */
export function showFolder(request: GraphRequest, { stores }: MailOptions): Response {
  const { mailbox, folder } = openNamedFolder(request, stores)
  return answerFolder(request, mailbox, folder, { view: folderView(parseItemQuery(request, folderRules)) })
}

/** `POST /mailFolders` and `POST /mailFolders/{id}/childFolders`. */
export async function createFolder(request: GraphRequest, { stores }: MailOptions): Promise<Response> {
  const { mailbox, folder } = openFolder(request, stores)
  const body = await readJsonBody(request, mailFolderType, { required: ['displayName'] })
  const isSearch = body['@odata.type']?.replace(/^#/, '') === 'microsoft.graph.mailSearchFolder'
  const made = changing(request, () => {
    const properties = new PropertyBag()
    setExtendedProperties(properties, body)
    const parent = folder ?? mailFolderOf(mailbox, 'msgfolderroot')
    const row = mailbox.folders.create(parent.id, {
      name: body.displayName ?? '',
      folderClass: properties.get(containerClass) ?? 'IPF.Note',
      isHidden: body.isHidden === true,
      isSearch,
    })
    if (isSearch) keepSearch(mailbox, row, body as BodyOf<typeof mailSearchFolderType>)
    return keepProperties(mailbox, row, properties)
  })
  return answerFolder(request, mailbox, made, { status: 201 })
}

/** `PATCH /mailFolders/{id}`: the name, and what a search folder looks for; whether it is hidden was said when it was made. */
export async function updateFolder(request: GraphRequest, { stores }: MailOptions): Promise<Response> {
  const { mailbox, folder } = openNamedFolder(request, stores)
  const body = await readJsonBody(request, mailFolderType, { readOnly: ['isHidden'] })
  const changed = changing(request, () => {
    const properties = bagOf(mailbox, folder)
    setExtendedProperties(properties, body, (property) => property.key === containerClass.key)
    const renamed = typeof body.displayName === 'string' ? mailbox.folders.rename(folder.id, body.displayName) : folder
    if (folder.isSearch) keepSearch(mailbox, folder, body as BodyOf<typeof mailSearchFolderType>)
    return body.singleValueExtendedProperties === undefined && body.multiValueExtendedProperties === undefined
      ? renamed
      : keepProperties(mailbox, renamed, properties)
  })
  return answerFolder(request, mailbox, changed)
}

/** `POST /mailFolders/{id}/move` and `/copy`. */
export async function moveFolder(
  request: GraphRequest,
  { stores }: MailOptions,
  action: 'move' | 'copy',
): Promise<Response> {
  const { mailbox, folder } = openNamedFolder(request, stores)
  const destination = mailFolderOf(mailbox, await readDestination(request))
  const row = changing(request, () =>
    action === 'move' ? mailbox.folders.move(folder.id, destination.id) : copyFolder(mailbox, folder, destination),
  )
  return answerFolder(request, mailbox, row)
}

/** `DELETE /mailFolders/{id}` and `POST /mailFolders/{id}/permanentDelete`: with sub-folders; the items stay recoverable. */
export function deleteFolder(request: GraphRequest, { stores }: MailOptions, isPermanent: boolean): Response {
  const { mailbox, folder } = openNamedFolder(request, stores)
  changing(request, () => {
    // A default folder has to be refused before anything is touched.
    const tree = mailbox.folders.subtree(folder.id)
    if (folder.wellKnown === undefined) for (const { id } of tree) emptyFolder(mailbox, id, isPermanent)
    mailbox.folders.remove(folder.id)
  })
  return emptyAnswer()
}

function openNamedFolder(
  request: GraphRequest,
  stores: MailOptions['stores'],
): { readonly mailbox: Mailbox; readonly folder: FolderRow } {
  const { mailbox, folder } = openFolder(request, stores)
  if (folder === undefined) throw itemNotFound()
  return { mailbox, folder }
}

function emptyFolder(mailbox: Mailbox, folderId: number, isPermanent: boolean): void {
  for (const { id } of mailbox.items.list(folderId)) {
    if (isPermanent) permanentlyDelete(mailbox, id)
    else softDelete(mailbox, id)
  }
  for (const { id } of mailbox.items.list(folderId, { isAssociated: true })) mailbox.items.remove(id)
}

function copyFolder(mailbox: Mailbox, folder: FolderRow, destination: FolderRow): FolderRow {
  if (mailbox.folders.pathTo(destination.id).some(({ id }) => id === folder.id)) {
    throw new GraphError(400, 'ErrorMoveCopyFailed', 'A folder cannot be copied into itself or into one of its sub-folders.')
  }
  const { name, folderClass, isHidden } = folder
  const copy = mailbox.folders.create(destination.id, { name, folderClass, isHidden })
  for (const item of mailbox.items.list(folder.id)) {
    mailbox.checkRoom(item.sizeBytes)
    mailbox.items.copy(item.id, copy.id)
  }
  for (const child of mailbox.folders.children(folder.id)) copyFolder(mailbox, child, copy)
  return copy
}

function bagOf(mailbox: Mailbox, { id }: FolderRow): PropertyBag {
  const stored = mailbox.folders.properties(id)
  return stored === undefined ? new PropertyBag() : readPropertyList(stored)
}

/** What the store works out for itself is not kept a second time. */
function keepProperties(mailbox: Mailbox, row: FolderRow, properties: PropertyBag): FolderRow {
  const source = folderSource(mailbox, row)
  for (const { property } of properties.copy().entries())
    if (folderValue(source, property) !== undefined) properties.delete(property)
  if (properties.size > 0) mailbox.folders.setProperties(row.id, writePropertyList(properties))
  return mailbox.folders.get(row.id)
}
