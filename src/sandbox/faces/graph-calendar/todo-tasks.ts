import { changeTask, newTask } from '../../graph-json/todo-changes.ts'
import { taskFieldNames, taskJson, taskValues } from '../../graph-json/todo-json.ts'
import { requireUnchanged } from '../../graph-mailbox/change-preconditions.ts'
import { changing } from '../../graph-mailbox/changing.ts'
import { deltaQuery, readDelta, toDeltaLink } from '../../graph-mailbox/delta-state.ts'
import { findItems } from '../../graph-mailbox/find-items.ts'
import { changesOf } from '../../graph-mailbox/item-changes.ts'
import { parseItemQuery } from '../../graph-mailbox/item-query.ts'
import { type MailboxStores } from '../../graph-mailbox/open-mailbox.ts'
import { GraphError } from '../../http/graph-error.ts'
import { emptyAnswer, jsonAnswer } from '../../http/json-answer.ts'
import { readJsonBody } from '../../http/json/read-json-body.ts'
import { contextOf, linkTo, toCollection, toEntity } from '../../http/odata/answer-collection.ts'
import type { GraphRequest } from '../../http/route.ts'
import { toImmutableItemId, toItemId } from '../../mailbox/ids.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { ItemRow } from '../../mailbox/rows.ts'
import { isFlagged, isTask, openList, openListFolder, openOwnTask, openTask, tasksContext, taskSources } from './todo-place.ts'
import { todoTaskType } from './todo-types.ts'

const type = 'microsoft.graph.todoTask'
const expandable = ['checklistItems', 'linkedResources']
const plainTaskBytes = 1024
const deltaPageItems = 10

/** `GET /todo/lists/{id}/tasks`: the latest made first; steps and sources are in the answer, expanded or not. */
export function listTasks(request: GraphRequest, stores: MailboxStores): Response {
  const { mailbox, list } = openList(request, stores)
  const query = parseItemQuery(request, {
    type,
    options: ['$select', '$expand', '$filter', '$orderby', '$top', '$skip', '$count'],
    properties: taskFieldNames,
    expandable,
  })
  const sources = taskSources(request, mailbox)
  const found = findItems(mailbox, {
    query,
    folderIds: list.folder === undefined ? mailFolderIds(mailbox) : [list.folder.id],
    dateProperty: '',
    accepts: list.folder === undefined ? isFlagged : isTask,
    valuesOf: (row, names) => taskValues(sources.of(row), names),
    sizeOf: ({ sizeBytes }) => plainTaskBytes + sizeBytes,
  })
  const nextLink = found.nextSkip === undefined ? undefined : linkTo(request, { $skip: String(found.nextSkip) })
  const value = found.rows.map((row) => taskJson(sources.of(row), query.select))
  return jsonAnswer(200, toCollection(request, { context: contextOf(tasksContext(request), query.select), count: found.count, nextLink, value }))
}

/** `GET /todo/lists/{id}/tasks/{id}`. */
export function getTask(request: GraphRequest, stores: MailboxStores): Response {
  const { mailbox, item } = openTask(request, stores)
  const { select } = parseItemQuery(request, { type, options: ['$select', '$expand'], properties: taskFieldNames, expandable })
  return answerTask(request, mailbox, item, 200, select)
}

/** `POST /todo/lists/{id}/tasks`: 201, also for applications (exchange.md 3.7). */
export async function createTask(request: GraphRequest, stores: MailboxStores): Promise<Response> {
  const { mailbox, folder } = openListFolder(request, stores)
  const body = await readJsonBody(request, todoTaskType)
  const sizeBytes = (await request.bytes()).byteLength
  const row = changing(request, () => {
    mailbox.checkRoom(sizeBytes)
    const properties = newTask(body, request.tenant.clock.nowMs())
    return mailbox.items.create(folder.id, { message: { properties, recipients: [], attachments: [] } })
  })
  return answerTask(request, mailbox, row, 201)
}

/** `PATCH /todo/lists/{id}/tasks/{id}`. */
export async function updateTask(request: GraphRequest, stores: MailboxStores): Promise<Response> {
  const { mailbox, item } = openOwnTask(request, stores)
  const body = await readJsonBody(request, todoTaskType)
  if (body.checklistItems !== undefined || body.linkedResources !== undefined) {
    throw new GraphError(400, 'invalidRequest', 'The steps and sources of a task are changed by requests of their own.')
  }
  const row = changing(request, () => {
    requireUnchanged(request, mailbox, mailbox.items.get(item.id))
    return mailbox.items.edit(item.id, (bag) => changeTask(bag, body, request.tenant.clock.nowMs()))
  })
  return answerTask(request, mailbox, row, 200)
}

/** `DELETE /todo/lists/{id}/tasks/{id}`: 204; To Do has no deleted items, Exchange has. */
export function deleteTask(request: GraphRequest, stores: MailboxStores): Response {
  const { mailbox, item } = openOwnTask(request, stores)
  changing(request, () => {
    requireUnchanged(request, mailbox, item)
    const deleted = mailbox.folders.wellKnown('deleteditems')
    if (deleted === undefined) mailbox.items.remove(item.id)
    else mailbox.items.move(item.id, deleted.id)
  })
  return emptyAnswer()
}

/** `GET /todo/lists/{id}/tasks/delta`. */
export function followTasks(request: GraphRequest, stores: MailboxStores): Response {
  const { mailbox, folder } = openListFolder(request, stores)
  const scope = `todo/tasks/${folder.id}`
  const state = readDelta(request, mailbox, scope)
  const { select, top } = parseItemQuery(deltaQuery(state), { type, options: ['$select', '$top', '$expand'], properties: taskFieldNames, expandable })
  const { preferences, of } = taskSources(request, mailbox)
  const { pageItemsMax, wantsImmutableIds } = preferences
  const limits = { itemsMax: pageItemsMax ?? top ?? deltaPageItems, sizeOf: ({ sizeBytes }: ItemRow) => plainTaskBytes + sizeBytes }
  const page = changesOf(mailbox, folder.id, state, limits, wantsImmutableIds)
  const { guid } = mailbox.row
  const value = page.changes.flatMap((change) => {
    if (change.type === 'item') return isTask(change.row) ? [taskJson(of(change.row), select)] : []
    const { itemId, folderId, uid } = change.departure
    const id = wantsImmutableIds ? toImmutableItemId(guid, itemId) : toItemId(guid, { id: itemId, folderId, uid })
    return [{ id, '@removed': { reason: 'deleted' } }]
  })
  const link = toDeltaLink(request, mailbox, scope, page.hasMore ? '$skiptoken' : '$deltatoken', page.next)
  const links = page.hasMore ? { nextLink: link } : { deltaLink: link }
  return jsonAnswer(200, toCollection(request, { context: 'Collection(microsoft.graph.todoTask)', value, ...links }))
}

function answerTask(request: GraphRequest, mailbox: Mailbox, row: ItemRow, status: number, select?: readonly string[]): Response {
  const json = taskJson(taskSources(request, mailbox).of(row), select)
  return jsonAnswer(status, toEntity(request, contextOf(tasksContext(request), select, '/$entity'), json))
}

/** Flagged mails count wherever they are, but not when they are deleted. */
function mailFolderIds(mailbox: Mailbox): readonly number[] {
  const hidden = ['deleteditems', 'junkemail', 'recoverableitemsroot']
    .map((name) => mailbox.folders.wellKnown(name))
    .flatMap((folder) => (folder === undefined ? [] : mailbox.folders.subtree(folder.id).map(({ id }) => id)))
  return mailbox.folders
    .all()
    .filter(({ id, folderClass, isSearch }) => !isSearch && !hidden.includes(id) && /^IPF\.Note|^$/i.test(folderClass))
    .map(({ id }) => id)
}
