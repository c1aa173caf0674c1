import { writePropertyList } from '../../../formats/fast-transfer/stored-form.ts'
import { PropertyBag } from '../../../formats/mapi/property-bag.ts'
import type { Property } from '../../../formats/mapi/property.ts'
import { tagged } from '../../../formats/mapi/property.ts'
import { type ExtendedPropertiesInput, setExtendedProperties } from '../../graph-json/extended-properties.ts'
import { changing } from '../../graph-mailbox/changing.ts'
import { softDelete } from '../../graph-mailbox/soft-delete.ts'
import { GraphError } from '../../http/graph-error.ts'
import { emptyAnswer } from '../../http/json-answer.ts'
import { readJsonBody } from '../../http/json/read-json-body.ts'
import type { GraphRequest } from '../../http/route.ts'
import { mailboxFolder, readOnlyOfFolder } from './folder-json.ts'
import { folderReader, isComputedOfFolder } from './folder-reader.ts'
import { answerFolder } from './list-folders.ts'
import { type FolderPlace, folderPlace, type OpenedMailbox } from './opened-mailbox.ts'

const attributeHidden = tagged(0x10f4, 'boolean')
const containerClass = tagged(0x3613, 'string')

/** `POST .../folders` and `.../folders/{id}/childFolders`; here alone a folder gets its type (exchange.md 2.3, 2.4). */
export async function createFolder(request: GraphRequest, opened: OpenedMailbox): Promise<Response> {
  const { mailbox, folder: parent } = folderPlace(opened, request.params['folderId'] ?? 'msgfolderroot')
  const body = await readJsonBody(request, mailboxFolder, {
    required: ['displayName', 'type'],
    readOnly: readOnlyOfFolder,
  })
  const given = new PropertyBag()
  setExtendedProperties(
    given,
    body as ExtendedPropertiesInput,
    (property) => isComputedOfFolder(property) && property.key !== attributeHidden.key,
  )
  const isHidden = given.get(attributeHidden) === true
  given.delete(attributeHidden)
  if (parent.isSearch) throw new GraphError(400, 'ErrorInvalidRequest', 'Search folders cannot hold folders.')
  const folder = changing(request, () => {
    const made = mailbox.folders.create(parent.id, {
      name: body.displayName ?? '',
      folderClass: body.type ?? '',
      isHidden,
    })
    if (given.size > 0) mailbox.folders.setProperties(made.id, writePropertyList(given))
    return mailbox.folders.get(made.id)
  })
  return answerFolder(request, opened, { mailbox, folder }, undefined, 201)
}

/** `PATCH .../folders/{id}`: the name and extended properties; the type stays what it was made (exchange.md 2.4). */
export async function updateFolder(request: GraphRequest, opened: OpenedMailbox): Promise<Response> {
  const { mailbox, folder } = folderPlace(opened, folderIdOf(request))
  const body = await readJsonBody(request, mailboxFolder, {
    readOnly: ['type', ...readOnlyOfFolder],
  })
  const properties = new PropertyBag()
  for (const { property, value } of folderReader(mailbox, folder).bag.entries())
    properties.set(property, value as never)
  setExtendedProperties(properties, body as ExtendedPropertiesInput, isKeptAtUpdate)
  const { displayName, singleValueExtendedProperties: single, multiValueExtendedProperties: multi } = body
  changing(request, () => {
    if (displayName !== undefined && displayName !== null) mailbox.folders.rename(folder.id, displayName)
    if ((single ?? multi) !== undefined) mailbox.folders.setProperties(folder.id, writePropertyList(properties))
  })
  return answerFolder(request, opened, { mailbox, folder: mailbox.folders.get(folder.id) })
}

/** `DELETE .../folders/{id}`: with all below it; the items stay recoverable. Default folders are refused. */
export function deleteFolder(request: GraphRequest, opened: OpenedMailbox): Response {
  const place = folderPlace(opened, folderIdOf(request))
  changing(request, () => removeFolder(place))
  return emptyAnswer()
}

function removeFolder({ mailbox, folder }: FolderPlace): void {
  for (const { id } of mailbox.folders.subtree(folder.id)) {
    for (const isAssociated of [false, true]) {
      for (const item of mailbox.items.list(id, { isAssociated })) softDelete(mailbox, item.id)
    }
  }
  mailbox.folders.remove(folder.id)
}

function folderIdOf({ params }: GraphRequest): string {
  return params['childId'] ?? params['folderId'] ?? ''
}

function isKeptAtUpdate(property: Property): boolean {
  if (property.key === containerClass.key) {
    throw new GraphError(
      400,
      'ErrorInvalidPropertySet',
      'The folder type cannot be changed after the folder was created.',
    )
  }
  return isComputedOfFolder(property)
}
