import { changing } from '../../graph-mailbox/changing.ts'
import { readDelta, toDeltaLink } from '../../graph-mailbox/delta-state.ts'
import { parseItemQuery } from '../../graph-mailbox/item-query.ts'
import { itemNotFound } from '../../graph-mailbox/item-references.ts'
import { type MailboxStores, openMailbox } from '../../graph-mailbox/open-mailbox.ts'
import { GraphError } from '../../http/graph-error.ts'
import { emptyAnswer, jsonAnswer } from '../../http/json-answer.ts'
import { readJsonBody } from '../../http/json/read-json-body.ts'
import { contextOf, linkTo, pickSelected, toCollection, toEntity } from '../../http/odata/answer-collection.ts'
import { matchesFilter } from '../../http/odata/matches-filter.ts'
import type { GraphRequest } from '../../http/route.ts'
import { toFolderId } from '../../mailbox/ids.ts'
import { userContext } from './answer-event.ts'
import { moveFolderAway } from './move-folder-away.ts'
import { allLists, listJson, listOfFolder, openList, openListFolder } from './todo-place.ts'
import { todoTaskListType } from './todo-types.ts'

const fieldNames: ReadonlySet<string> = new Set(Object.keys(todoTaskListType.properties))
const type = 'microsoft.graph.todoTaskList'

/** `GET /todo/lists`. */
export function listLists(request: GraphRequest, stores: MailboxStores): Response {
  const mailbox = openMailbox(request, stores)
  const { select, filter, top, skip = 0, count } = parseItemQuery(request, {
    type,
    options: ['$select', '$filter', '$top', '$skip', '$count'],
    properties: fieldNames,
  })
  const lists = allLists(mailbox).map(listJson).filter((json) => filter === undefined || matchesFilter(filter, json))
  const end = top === undefined ? lists.length : skip + top
  const value = lists.slice(skip, end).map((json) => pickSelected(json, select, ['id']))
  const nextLink = end < lists.length ? linkTo(request, { $skip: String(end) }) : undefined
  const context = contextOf(`${userContext(request)}/todo/lists`, select)
  return jsonAnswer(200, toCollection(request, { context, count: count ? lists.length : undefined, nextLink, value }))
}

/** `GET /todo/lists/{id}`. */
export function getList(request: GraphRequest, stores: MailboxStores): Response {
  const { list } = openList(request, stores)
  const { select } = parseItemQuery(request, { type, options: ['$select'], properties: fieldNames })
  const context = contextOf(`${userContext(request)}/todo/lists`, select, '/$entity')
  return jsonAnswer(200, toEntity(request, context, pickSelected(listJson(list), select, ['id'])))
}

/** `POST /todo/lists`: 201; a folder below the tasks. */
export async function createList(request: GraphRequest, stores: MailboxStores): Promise<Response> {
  const mailbox = openMailbox(request, stores)
  const { displayName } = await readJsonBody(request, todoTaskListType, { required: ['displayName'] })
  const tasks = mailbox.folders.wellKnown('tasks')
  if (tasks === undefined) throw itemNotFound()
  const folder = changing(request, () => mailbox.folders.create(tasks.id, { name: displayName ?? '', folderClass: 'IPF.Task' }))
  return jsonAnswer(201, toEntity(request, `${userContext(request)}/todo/lists/$entity`, listJson(listOfFolder(mailbox, folder))))
}

/** `PATCH /todo/lists/{id}`: the name; not of the default list (Graph's page on todoTaskList). */
export async function updateList(request: GraphRequest, stores: MailboxStores): Promise<Response> {
  const { mailbox, folder } = openListFolder(request, stores)
  const { displayName } = await readJsonBody(request, todoTaskListType)
  requireOwn(folder.wellKnown)
  const changed = changing(request, () => (typeof displayName === 'string' ? mailbox.folders.rename(folder.id, displayName) : folder))
  return jsonAnswer(200, toEntity(request, `${userContext(request)}/todo/lists/$entity`, listJson(listOfFolder(mailbox, changed))))
}

/** `DELETE /todo/lists/{id}`: 204; not the default list. */
export function deleteList(request: GraphRequest, stores: MailboxStores): Response {
  const { mailbox, folder } = openListFolder(request, stores)
  requireOwn(folder.wellKnown)
  changing(request, () => moveFolderAway(mailbox, folder))
  return emptyAnswer()
}

/** `GET /todo/lists/delta`: lists that came, changed and went, at once. */
export function followLists(request: GraphRequest, stores: MailboxStores): Response {
  const mailbox = openMailbox(request, stores)
  const state = readDelta(request, mailbox, 'todo/lists')
  const { changed, gone } = mailbox.folders.changesSince(state.after)
  const lists = allLists(mailbox)
  const ofChanged = changed.map(({ id }) => toFolderId(mailbox.row.guid, id))
  const value = lists.filter(({ id, folder }) => (folder === undefined ? state.after === 0 : ofChanged.includes(id))).map(listJson)
  const isList = (id: string) => lists.some((list) => list.id === id)
  const movedAway = changed.filter(({ id, folderClass }) => /^IPF\.Task/i.test(folderClass) && !isList(toFolderId(mailbox.row.guid, id)))
  const removed = [...movedAway.map(({ id }) => id), ...gone].map((id) => ({
    id: toFolderId(mailbox.row.guid, id),
    '@removed': { reason: 'deleted' },
  }))
  const next = { ...state, after: mailbox.change, since: mailbox.change }
  const deltaLink = toDeltaLink(request, mailbox, 'todo/lists', '$deltatoken', next)
  return jsonAnswer(
    200,
    toCollection(request, { context: 'Collection(microsoft.graph.todoTaskList)', value: [...value, ...(state.after === 0 ? [] : removed)], deltaLink }),
  )
}

function requireOwn(wellKnown: string | undefined): void {
  if (wellKnown === undefined) return
  throw new GraphError(400, 'invalidRequest', 'The default list cannot be renamed or deleted.')
}
