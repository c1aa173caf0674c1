import { readPropertyList, writePropertyList } from '../../../formats/fast-transfer/stored-form.ts'
import { PropertyBag } from '../../../formats/mapi/property-bag.ts'
import { type ExtendedPropertiesInput, type ExtendedPropertySelection, setExtendedProperties } from '../../graph-json/extended-properties.ts'
import { changing } from '../../graph-mailbox/changing.ts'
import { expandedProperties, parseItemQuery } from '../../graph-mailbox/item-query.ts'
import { folderOf } from '../../graph-mailbox/item-references.ts'
import { type MailboxStores, openMailbox } from '../../graph-mailbox/open-mailbox.ts'
import { permanentlyDelete, softDelete } from '../../graph-mailbox/soft-delete.ts'
import { GraphError } from '../../http/graph-error.ts'
import { emptyAnswer, jsonAnswer } from '../../http/json-answer.ts'
import { readJsonBody } from '../../http/json/read-json-body.ts'
import { contextOf, pickSelected, toEntity } from '../../http/odata/answer-collection.ts'
import type { GraphRequest, Route } from '../../http/route.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { FolderRow } from '../../mailbox/rows.ts'
import { answerList } from './answer-list.ts'
import { contactFolderOf, contactFoldersIn, requireContactFolder } from './contact-folder.ts'
import { contactFolderJson, folderExtendedProperties } from './contact-folder-json.ts'
import { contactFolderFieldNames, contactFolderType } from './contact-folder-type.ts'
import { readsContacts, writesContacts } from './permissions.ts'
import { removeContactFolder } from './remove-contact-folder.ts'
import { keyed, userContext } from './user-context.ts'

const entityRules = { type: contactFolderType.name, options: ['$select', '$expand'], properties: contactFolderFieldNames } as const
const noSelection: ExtendedPropertySelection = { single: undefined, multi: undefined }

/**
 * The folders of contacts. `/contactFolders` are those in the default folder, which is not among them (Graph's page on
 * listing contactFolders; microsoft-graph-docs-contrib issue 6327).
 */
export function contactFolderRoutes(stores: MailboxStores): readonly Route[] {
  const collection = '/users/{id}/contactFolders'
  const entity = `${collection}/{folderId}`
  const common = { versions: ['v1.0'], area: 'mailbox' } as const
  const reads = { ...common, permissions: readsContacts }
  const writes = { ...common, permissions: writesContacts }
  return [
    { ...reads, method: 'GET', path: collection, handle: (request) => listFolders(request, stores) },
    { ...writes, method: 'POST', path: collection, handle: (request) => createFolder(request, stores) },
    { ...reads, method: 'GET', path: entity, handle: (request) => getFolder(request, stores) },
    { ...writes, method: 'PATCH', path: entity, handle: (request) => patchFolder(request, stores) },
    { ...writes, method: 'DELETE', path: entity, handle: (request) => removeFolder(request, stores, softDelete) },
    { ...reads, method: 'GET', path: `${entity}/childFolders`, handle: (request) => listFolders(request, stores) },
    { ...writes, method: 'POST', path: `${entity}/childFolders`, handle: (request) => createFolder(request, stores) },
    ...[entity, `${entity}/childFolders/{childId}`].map((place): Route => ({
      ...writes,
      method: 'POST',
      path: `${place}/permanentDelete`,
      handle: (request) => removeFolder(request, stores, permanentlyDelete),
    })),
  ]
}

function listFolders(request: GraphRequest, stores: MailboxStores): Response {
  const mailbox = openMailbox(request, stores)
  const parent = contactFolderOf(mailbox, request)
  return answerList(request, {
    type: contactFolderType.name,
    context: foldersContext(request),
    properties: contactFolderFieldNames,
    items: contactFoldersIn(mailbox, parent.id),
    toJson: (row) => contactFolderJson(mailbox, row),
    expand: (row, selection) => folderExtendedProperties(mailbox, row, selection),
  })
}

function getFolder(request: GraphRequest, stores: MailboxStores): Response {
  const mailbox = openMailbox(request, stores)
  const row = contactFolderOf(mailbox, request)
  const query = parseItemQuery(request, entityRules)
  return answerFolder(request, mailbox, row, 200, query.select, expandedProperties(query.expand))
}

async function createFolder(request: GraphRequest, stores: MailboxStores): Promise<Response> {
  const mailbox = openMailbox(request, stores)
  const parent = contactFolderOf(mailbox, request)
  const body = await readJsonBody(request, contactFolderType, { required: ['displayName'], readOnly: ['id'] })
  if (typeof body.parentFolderId === 'string' && folderOf(mailbox, body.parentFolderId).id !== parent.id) {
    throw new GraphError(400, 'ErrorInvalidArgument', 'The parentFolderId of the folder is not the folder that it is created in.')
  }
  const row = changing(request, () => {
    const made = mailbox.folders.create(parent.id, { name: body.displayName ?? '', folderClass: 'IPF.Contact' })
    setFolderProperties(mailbox, made, body)
    return mailbox.folders.get(made.id)
  })
  return answerFolder(request, mailbox, row, 201)
}

async function patchFolder(request: GraphRequest, stores: MailboxStores): Promise<Response> {
  const mailbox = openMailbox(request, stores)
  const { displayName, parentFolderId, ...rest } = await readJsonBody(request, contactFolderType, { readOnly: ['id'] })
  const row = changing(request, () => {
    const { id } = contactFolderOf(mailbox, request)
    if (displayName !== undefined) mailbox.folders.rename(id, displayName ?? '')
    if (typeof parentFolderId === 'string') moveFolder(mailbox, id, requireContactFolder(folderOf(mailbox, parentFolderId)))
    setFolderProperties(mailbox, mailbox.folders.get(id), rest)
    return mailbox.folders.get(id)
  })
  return answerFolder(request, mailbox, row, 200)
}

function moveFolder(mailbox: Mailbox, folderId: number, parent: FolderRow): void {
  if (mailbox.folders.get(folderId).parentId !== parent.id) mailbox.folders.move(folderId, parent.id)
}

function removeFolder(request: GraphRequest, stores: MailboxStores, remove: (mailbox: Mailbox, itemId: number) => void): Response {
  const mailbox = openMailbox(request, stores)
  changing(request, () => removeContactFolder(mailbox, contactFolderOf(mailbox, request), remove))
  return emptyAnswer()
}

function setFolderProperties(mailbox: Mailbox, row: FolderRow, input: ExtendedPropertiesInput): void {
  if (input.singleValueExtendedProperties === undefined && input.multiValueExtendedProperties === undefined) return
  const stored = mailbox.folders.properties(row.id)
  const bag = stored === undefined ? new PropertyBag() : readPropertyList(stored)
  setExtendedProperties(bag, input)
  mailbox.folders.setProperties(row.id, writePropertyList(bag))
}

function answerFolder(
  request: GraphRequest,
  mailbox: Mailbox,
  row: FolderRow,
  status: number,
  select?: readonly string[],
  selection = noSelection,
): Response {
  const value = { ...pickSelected(contactFolderJson(mailbox, row), select, ['id']), ...folderExtendedProperties(mailbox, row, selection) }
  // A folder is one of `/contactFolders` wherever it was made.
  const { childId } = request.params
  const context = childId === undefined && request.method !== 'POST' ? userContext(request, 'contactFolders') : foldersContext(request)
  return jsonAnswer(status, toEntity(request, contextOf(context, select, '/$entity'), value))
}

function foldersContext(request: GraphRequest): string {
  const { folderId } = request.params
  return folderId === undefined ? userContext(request, 'contactFolders') : userContext(request, keyed('contactFolders', folderId), 'childFolders')
}
