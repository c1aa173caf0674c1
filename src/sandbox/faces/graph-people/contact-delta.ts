import { contactFieldNames, contactJson, isContact } from '../../graph-json/contact-json.ts'
import { deltaQuery, readDelta, toDeltaLink } from '../../graph-mailbox/delta-state.ts'
import { changesOf, type ItemChange } from '../../graph-mailbox/item-changes.ts'
import { pageItems, parseItemQuery } from '../../graph-mailbox/item-query.ts'
import { type ItemSources, itemSources } from '../../graph-mailbox/item-source.ts'
import { type MailboxStores, openMailbox } from '../../graph-mailbox/open-mailbox.ts'
import { appliedPreferences } from '../../graph-mailbox/preferences.ts'
import { jsonAnswer } from '../../http/json-answer.ts'
import { contextOf, toCollection } from '../../http/odata/answer-collection.ts'
import type { GraphRequest, Route } from '../../http/route.ts'
import { toImmutableItemId, toItemId } from '../../mailbox/ids.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import { contactFolderOf, contactsContext } from './contact-folder.ts'
import { contactType } from './contact-type.ts'
import { readsContacts } from './permissions.ts'

/** `$select` alone of what other listings take (Graph's page on contact: delta). */
const options = ['$select', '$deltatoken', '$skiptoken'] as const

/** The changes of one contact folder since a token, its contacts to begin with. */
export function contactDeltaRoutes(stores: MailboxStores): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/users/{id}/contactFolders/{folderId}/contacts/delta',
      versions: ['v1.0'],
      area: 'mailbox',
      permissions: readsContacts,
      handle: (request) => listChanges(request, stores),
    },
  ]
}

function listChanges(request: GraphRequest, stores: MailboxStores): Response {
  const mailbox = openMailbox(request, stores)
  const folder = contactFolderOf(mailbox, request)
  const rules = { type: contactType.name, options, properties: contactFieldNames }
  parseItemQuery(request, rules)
  const collection = `contacts/${folder.id}`
  const state = readDelta(request, mailbox, collection)
  const { select } = parseItemQuery(deltaQuery(state), rules)
  const sources = itemSources(request, mailbox)
  const { pageItemsMax = pageItems.normal, wantsImmutableIds } = sources.preferences
  const limits = { itemsMax: Math.min(pageItemsMax, pageItems.max), sizeOf: (row: { readonly sizeBytes: number }) => row.sizeBytes }
  const page = changesOf(mailbox, folder.id, state, limits, wantsImmutableIds)
  const link = toDeltaLink(request, mailbox, collection, page.hasMore ? '$skiptoken' : '$deltatoken', page.next)
  const body = toCollection(request, {
    context: contextOf(contactsContext(request), select),
    value: page.changes.flatMap((change) => changeJson(mailbox, sources, change, select)),
    ...(page.hasMore ? { nextLink: link } : { deltaLink: link }),
  })
  return jsonAnswer(200, body, appliedPreferences(sources.preferences))
}

function changeJson(mailbox: Mailbox, sources: ItemSources, change: ItemChange, select: readonly string[] | undefined): readonly object[] {
  if (change.type === 'item') return isContact(change.row) ? [contactJson(sources.of(change.row), select)] : []
  const { itemId, folderId, uid } = change.departure
  const now = mailbox.items.find(itemId)
  // What was never listed does not leave.
  if (now !== undefined && !isContact(now)) return []
  const { guid } = mailbox.row
  const id = sources.preferences.wantsImmutableIds ? toImmutableItemId(guid, itemId) : toItemId(guid, { id: itemId, folderId, uid })
  return [{ id, '@removed': { reason: 'deleted' } }]
}
