import { Buffer } from 'node:buffer'
import { attachmentJson } from '../../graph-json/attachment-json.ts'
import { fromBase64, newFileAttachment } from '../../graph-json/new-attachment.ts'
import { attachmentFile, attachmentNumber, attachmentSources } from '../../graph-mailbox/attachment-source.ts'
import { changing } from '../../graph-mailbox/changing.ts'
import { parseItemQuery } from '../../graph-mailbox/item-query.ts'
import { itemNotFound } from '../../graph-mailbox/item-references.ts'
import { type MailboxStores } from '../../graph-mailbox/open-mailbox.ts'
import { GraphError } from '../../http/graph-error.ts'
import { emptyAnswer, jsonAnswer } from '../../http/json-answer.ts'
import { readJsonBody } from '../../http/json/read-json-body.ts'
import { contextOf, pickSelected, toCollection, toEntity } from '../../http/odata/answer-collection.ts'
import type { GraphRequest, Route } from '../../http/route.ts'
import { toAttachmentId } from '../../mailbox/ids.ts'
import { readTasks, writeTasks } from './calendar-permissions.ts'
import { openOwnTask, type OpenedTask, openTask, tasksContext } from './todo-place.ts'
import { taskFileAttachmentType } from './todo-types.ts'

const type = 'microsoft.graph.taskFileAttachment'
const fieldNames: ReadonlySet<string> = new Set(Object.keys(taskFileAttachmentType.properties))
/** Graph's page "Create taskFileAttachment": larger ones need an upload session. */
const sizeBytesMax = 3 * 1024 * 1024

/** Files of tasks: list, get, `$value`, create, delete. */
export function taskAttachmentRoutes(task: string, stores: MailboxStores): readonly Route[] {
  const read = { area: 'mailbox', permissions: readTasks } as const
  const write = { area: 'mailbox', permissions: writeTasks } as const
  const path = `${task}/attachments`
  const one = `${path}/{attachmentId}`
  return [
    { method: 'GET', path, ...read, handle: (request) => list(request, openTask(request, stores)) },
    { method: 'POST', path, ...write, handle: (request) => create(request, openOwnTask(request, stores)) },
    { method: 'GET', path: one, ...read, handle: (request) => get(request, openTask(request, stores)) },
    { method: 'GET', path: `${one}/$value`, ...read, handle: (request) => getFile(request, openTask(request, stores)) },
    { method: 'DELETE', path: one, ...write, handle: (request) => remove(request, openOwnTask(request, stores)) },
  ]
}

/** The content is answered for one file only. */
const shortNames = ['id', 'lastModifiedDateTime', 'name', 'contentType', 'size']

function filesOf({ mailbox, item }: OpenedTask, names: readonly string[]) {
  return attachmentSources(mailbox, item)
    .filter(({ isEmbedded }) => !isEmbedded)
    .map((source) => {
      const { '@odata.mediaContentType': _mediaType, ...json } = attachmentJson(source, names)
      return { ...json, '@odata.type': `#${type}` } as Record<string, unknown>
    })
}

function list(request: GraphRequest, opened: OpenedTask): Response {
  const { select } = parseItemQuery(request, { type, options: ['$select'], properties: fieldNames })
  const value = filesOf(opened, shortNames).map((json) => pickSelected(json, select, ['id']))
  return jsonAnswer(200, toCollection(request, { context: contextOf(contextName(request), select), value }))
}

function get(request: GraphRequest, opened: OpenedTask): Response {
  const { select } = parseItemQuery(request, { type, options: ['$select'], properties: fieldNames })
  return answer(request, opened, request.params['attachmentId'] ?? '', 200, select)
}

function getFile(request: GraphRequest, { mailbox, item }: OpenedTask): Response {
  const { mimeType, data } = attachmentFile(mailbox, item, attachmentNumber(mailbox, item, request.params['attachmentId'] ?? ''))
  return new Response(Uint8Array.from(data), { status: 200, headers: { 'Content-Type': mimeType } })
}

async function create(request: GraphRequest, opened: OpenedTask): Promise<Response> {
  const { mailbox, item } = opened
  const body = await readJsonBody(request, taskFileAttachmentType, { required: ['name', 'contentBytes'] })
  const data = fromBase64(body.contentBytes ?? '')
  if (Buffer.byteLength(data) > sizeBytesMax) {
    throw new GraphError(413, 'ErrorAttachmentSizeLimitExceeded', 'Files of more than 3 MB need an upload session.')
  }
  const number = changing(request, () => {
    mailbox.checkRoom(item.sizeBytes + data.byteLength)
    return mailbox.items.addAttachment(item.id, newFileAttachment(body, data, request.tenant.clock.nowMs()))
  })
  return answer(request, { ...opened, item: mailbox.items.get(item.id) }, toAttachmentId(mailbox.row.guid, item.id, number), 201)
}

function remove(request: GraphRequest, { mailbox, item }: OpenedTask): Response {
  changing(request, () => {
    mailbox.items.removeAttachment(item.id, attachmentNumber(mailbox, item, request.params['attachmentId'] ?? ''))
  })
  return emptyAnswer()
}

function answer(request: GraphRequest, opened: OpenedTask, id: string, status: number, select?: readonly string[]): Response {
  attachmentNumber(opened.mailbox, opened.item, id)
  const json = filesOf(opened, [...shortNames, 'contentBytes']).find((file) => file['id'] === id)
  if (json === undefined) throw itemNotFound()
  return jsonAnswer(status, toEntity(request, contextOf(contextName(request), select, '/$entity'), pickSelected(json, select, ['id'])))
}

function contextName(request: GraphRequest): string {
  return `${tasksContext(request)}('${encodeURIComponent(request.params['taskId'] ?? '')}')/attachments`
}
