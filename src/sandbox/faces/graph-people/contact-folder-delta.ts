import { deltaQuery, type DeltaState, readDelta, toDeltaLink } from '../../graph-mailbox/delta-state.ts'
import { parseItemQuery } from '../../graph-mailbox/item-query.ts'
import { type MailboxStores, openMailbox } from '../../graph-mailbox/open-mailbox.ts'
import { jsonAnswer } from '../../http/json-answer.ts'
import { contextOf, pickSelected, toCollection } from '../../http/odata/answer-collection.ts'
import type { GraphRequest, Route } from '../../http/route.ts'
import { toFolderId } from '../../mailbox/ids.ts'
import { contactFoldersBelow, defaultContactFolder } from './contact-folder.ts'
import { contactFolderJson } from './contact-folder-json.ts'
import { contactFolderFieldNames, contactFolderType } from './contact-folder-type.ts'
import { readsContacts } from './permissions.ts'
import { userContext } from './user-context.ts'

const options = ['$select', '$deltatoken', '$skiptoken'] as const
/** The token carries which folders the client knows: a folder may leave with its parent and without a change of its own. */
const knownFolders = 'known'

/** The changes among the contact folders of a mailbox, at any depth, since a token. */
export function contactFolderDeltaRoutes(stores: MailboxStores): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/users/{id}/contactFolders/delta',
      versions: ['v1.0'],
      area: 'mailbox',
      permissions: readsContacts,
      handle: (request) => listChanges(request, stores),
    },
  ]
}

function listChanges(request: GraphRequest, stores: MailboxStores): Response {
  const mailbox = openMailbox(request, stores)
  const rules = { type: contactFolderType.name, options, properties: contactFolderFieldNames }
  parseItemQuery(request, rules)
  const state = readDelta(request, mailbox, 'contactFolders')
  const { select } = parseItemQuery(deltaQuery(state), rules)
  const known = knownOf(state)
  const folders = contactFoldersBelow(mailbox, defaultContactFolder(mailbox).id)
  const now = new Set(folders.map(({ id }) => id))
  const changed = folders.filter(({ id, change }) => !known.has(id) || change > state.after)
  const gone = [...known].filter((id) => !now.has(id))
  const next = { ...state, after: mailbox.change, query: { ...state.query, [knownFolders]: [...now].join('.') } }
  const body = toCollection(request, {
    context: contextOf(userContext(request, 'contactFolders'), select),
    value: [
      ...changed.map((folder) => pickSelected(contactFolderJson(mailbox, folder), select, ['id'])),
      ...gone.map((id) => ({ id: toFolderId(mailbox.row.guid, id), '@removed': { reason: 'deleted' } })),
    ],
    deltaLink: toDeltaLink(request, mailbox, 'contactFolders', '$deltatoken', next),
  })
  return jsonAnswer(200, body)
}

function knownOf({ query }: DeltaState): ReadonlySet<number> {
  return new Set((query[knownFolders] ?? '').split('.').filter((text) => text !== '').map(Number))
}
