import { changeContact, newContact } from '../../graph-json/apply-contact.ts'
import { contactFieldNames, contactJson, isContact } from '../../graph-json/contact-json.ts'
import { extendedPropertiesJson, type ExtendedPropertySelection } from '../../graph-json/extended-properties.ts'
import { isMultiValued } from '../../graph-json/extended-property-id.ts'
import { computedValue, type ItemSource } from '../../graph-json/message-json.ts'
import { requireUnchanged } from '../../graph-mailbox/change-preconditions.ts'
import { changing } from '../../graph-mailbox/changing.ts'
import { findItems } from '../../graph-mailbox/find-items.ts'
import { expandedProperties, parseItemQuery, testedProperties } from '../../graph-mailbox/item-query.ts'
import { folderOf } from '../../graph-mailbox/item-references.ts'
import { itemSources } from '../../graph-mailbox/item-source.ts'
import { type MailboxStores, openMailbox } from '../../graph-mailbox/open-mailbox.ts'
import { appliedPreferences } from '../../graph-mailbox/preferences.ts'
import { permanentlyDelete, softDelete } from '../../graph-mailbox/soft-delete.ts'
import { GraphError } from '../../http/graph-error.ts'
import { emptyAnswer, jsonAnswer } from '../../http/json-answer.ts'
import { readJsonBody } from '../../http/json/read-json-body.ts'
import { contextOf, linkTo, toCollection, toEntity } from '../../http/odata/answer-collection.ts'
import type { FilterExpression } from '../../http/odata/filter-expression.ts'
import type { GraphRequest, Route } from '../../http/route.ts'
import { toChangeKey } from '../../mailbox/ids.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { ItemRow } from '../../mailbox/rows.ts'
import { contactFolderOf, contactsContext, requireContactFolder } from './contact-folder.ts'
import { contactOf } from './contact-of.ts'
import { contactType } from './contact-type.ts'
import { readsContacts, writesContacts } from './permissions.ts'

const listRules = {
  type: contactType.name,
  options: ['$select', '$filter', '$orderby', '$top', '$skip', '$count', '$expand'],
  properties: contactFieldNames,
} as const
const entityRules = { type: contactType.name, options: ['$select', '$expand'], properties: contactFieldNames } as const

const neverGiven = ['id', 'createdDateTime', 'lastModifiedDateTime'] as const

/** Contacts of the default folder and of any other: `/contacts`, `/contactFolders/{id}/contacts` (exchange.md 3.5). */
export function contactRoutes(stores: MailboxStores): readonly Route[] {
  const inFolder = '/users/{id}/contactFolders/{folderId}'
  const inChild = `${inFolder}/childFolders/{childId}`
  // Contacts of beta are of another shape (phones, websites): this face speaks v1.0.
  const common = { versions: ['v1.0'], area: 'mailbox' } as const
  const reads = { ...common, permissions: readsContacts }
  const writes = { ...common, permissions: writesContacts }
  return [
    ...['/users/{id}', inFolder, inChild].flatMap((place): readonly Route[] => [
      { ...reads, method: 'GET', path: `${place}/contacts`, handle: (request) => listContacts(request, stores) },
      { ...reads, method: 'GET', path: `${place}/contacts/{contactId}`, handle: (request) => getContact(request, stores) },
      { ...writes, method: 'PATCH', path: `${place}/contacts/{contactId}`, handle: (request) => patchContact(request, stores) },
      { ...writes, method: 'DELETE', path: `${place}/contacts/{contactId}`, handle: (request) => removeContact(request, stores, softDelete) },
    ]),
    ...['/users/{id}', inFolder].flatMap((place): readonly Route[] => [
      { ...writes, method: 'POST', path: `${place}/contacts`, handle: (request) => createContact(request, stores) },
      {
        ...writes,
        method: 'POST',
        path: `${place}/contacts/{contactId}/permanentDelete`,
        handle: (request) => removeContact(request, stores, permanentlyDelete),
      },
    ]),
  ]
}

function listContacts(request: GraphRequest, stores: MailboxStores): Response {
  const mailbox = openMailbox(request, stores)
  const folder = contactFolderOf(mailbox, request)
  const query = parseItemQuery(request, listRules)
  const selection = expandedProperties(query.expand)
  const sources = itemSources(request, mailbox)
  const top = query.top ?? sources.preferences.pageItemsMax
  const found = findItems(mailbox, {
    query: { ...query, top },
    folderIds: [folder.id],
    dateProperty: 'receivedDateTime',
    accepts: isContact,
    valuesOf: (row) => ({ ...contactJson(sources.of(row)), ...testedValues(sources.of(row), query.filter) }),
    sizeOf: (row) => row.sizeBytes,
  })
  // Exchange counts the distribution lists that it does not list (microsoft-graph-docs-contrib issue 4041).
  const count = query.count && query.filter === undefined ? mailbox.folders.counts(folder.id).items : found.count
  const value = found.rows.map((row) => contactAnswer(sources.of(row), query.select, selection))
  const { nextSkip } = found
  const nextLink = nextSkip === undefined ? undefined : linkTo(request, { skip: undefined, $skip: String(nextSkip) })
  const context = contextOf(contactsContext(request), query.select)
  return jsonAnswer(200, toCollection(request, { context, value, count, nextLink }), appliedPreferences(sources.preferences))
}

function getContact(request: GraphRequest, stores: MailboxStores): Response {
  const mailbox = openMailbox(request, stores)
  const row = contactOf(mailbox, request)
  const query = parseItemQuery(request, entityRules)
  return answerContact(request, mailbox, row, 200, query.select, expandedProperties(query.expand))
}

async function createContact(request: GraphRequest, stores: MailboxStores): Promise<Response> {
  const mailbox = openMailbox(request, stores)
  const folder = contactFolderOf(mailbox, request)
  const body = await readJsonBody(request, contactType, { readOnly: [...neverGiven, 'changeKey'] })
  const named = body.parentFolderId
  if (typeof named === 'string' && folderOf(mailbox, named).id !== folder.id) {
    throw new GraphError(400, 'ErrorInvalidArgument', 'The parentFolderId of the contact is not the folder that it is created in.')
  }
  const row = await creating(request, mailbox, folder.id, body)
  return answerContact(request, mailbox, row, 201)
}

async function creating(request: GraphRequest, mailbox: Mailbox, folderId: number, body: Parameters<typeof newContact>[0]): Promise<ItemRow> {
  const { byteLength } = await request.bytes()
  return changing(request, () => {
    mailbox.checkRoom(byteLength)
    return mailbox.items.create(folderId, { message: { ...newContact(body), attachments: [] } })
  })
}

async function patchContact(request: GraphRequest, stores: MailboxStores): Promise<Response> {
  const mailbox = openMailbox(request, stores)
  const body = await readJsonBody(request, contactType, { readOnly: neverGiven })
  const { changeKey, parentFolderId, ...changes } = body
  const row = changing(request, () => {
    const before = contactOf(mailbox, request)
    requireUnchanged(request, mailbox, before)
    if (typeof changeKey === 'string' && changeKey !== toChangeKey(mailbox.row.guid, before.change)) throw staleChangeKey()
    const target = typeof parentFolderId === 'string' ? requireContactFolder(folderOf(mailbox, parentFolderId)) : undefined
    const head = mailbox.items.head(before.id)
    const changed = mailbox.items.replaceHead(before.id, changeContact(head, changes))
    // Graph's page on updating a contact has the folder among what can be changed: that moves it.
    return target === undefined ? changed : mailbox.items.move(before.id, target.id)
  })
  return answerContact(request, mailbox, row, 200)
}

function removeContact(request: GraphRequest, stores: MailboxStores, remove: (mailbox: Mailbox, itemId: number) => void): Response {
  const mailbox = openMailbox(request, stores)
  changing(request, () => {
    const row = contactOf(mailbox, request)
    requireUnchanged(request, mailbox, row)
    remove(mailbox, row.id)
  })
  return emptyAnswer()
}

function answerContact(
  request: GraphRequest,
  mailbox: Mailbox,
  row: ItemRow,
  status: number,
  select?: readonly string[],
  selection: ExtendedPropertySelection = { single: undefined, multi: undefined },
): Response {
  const sources = itemSources(request, mailbox)
  const context = contextOf(contactsContext(request), select, '/$entity')
  const body = toEntity(request, context, contactAnswer(sources.of(row), select, selection))
  return jsonAnswer(status, body, appliedPreferences(sources.preferences))
}

/** A contact with the extended properties that were asked for. */
function contactAnswer(source: ItemSource, select: readonly string[] | undefined, selection: ExtendedPropertySelection): object {
  const reader = { bag: source.head().properties, computed: (property: Parameters<typeof computedValue>[1]) => computedValue(source, property) }
  return { ...contactJson(source, select), ...extendedPropertiesJson(reader, selection) }
}

/** The extended properties that a filter tests, under the ids that it writes. */
function testedValues(source: ItemSource, filter: FilterExpression | undefined): object {
  if (filter === undefined) return {}
  const lists: Record<'singleValueExtendedProperties' | 'multiValueExtendedProperties', object[]> = {
    singleValueExtendedProperties: [],
    multiValueExtendedProperties: [],
  }
  for (const [id, property] of testedProperties(filter)) {
    const isMulti = isMultiValued(property)
    const answer = contactAnswer(source, ['id'], isMulti ? { single: undefined, multi: [property] } : { single: [property], multi: undefined })
    const list = isMulti ? 'multiValueExtendedProperties' : 'singleValueExtendedProperties'
    const values = (answer as Readonly<Record<string, readonly object[] | undefined>>)[list] ?? []
    lists[list].push(...values.map((value) => ({ ...value, id })))
  }
  return lists
}

function staleChangeKey(): GraphError {
  return new GraphError(
    412,
    'ErrorIrresolvableConflict',
    'The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.',
  )
}
