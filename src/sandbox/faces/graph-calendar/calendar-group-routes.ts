import { changing } from '../../graph-mailbox/changing.ts'
import { parseItemQuery } from '../../graph-mailbox/item-query.ts'
import { type MailboxStores, openMailbox } from '../../graph-mailbox/open-mailbox.ts'
import { GraphError } from '../../http/graph-error.ts'
import { emptyAnswer, jsonAnswer } from '../../http/json-answer.ts'
import { guid, type Structure, text } from '../../http/json/kinds.ts'
import { readJsonBody } from '../../http/json/read-json-body.ts'
import { contextOf, linkTo, pickSelected, toCollection, toEntity } from '../../http/odata/answer-collection.ts'
import type { GraphRequest, Route } from '../../http/route.ts'
import { userContext } from './answer-event.ts'
import { allCalendars } from './calendar-folders.ts'
import { allGroups, createGroup, groupJson, groupOf, groupOfCalendar, isOwnGroup, removeGroup, renameGroup } from './calendar-groups.ts'
import { readEvents, writeEvents } from './calendar-permissions.ts'

/** A calendar group as clients give it. */
export const calendarGroupType = {
  name: 'microsoft.graph.calendarGroup',
  properties: { id: text, name: text, classId: guid, changeKey: text },
} as const satisfies Structure

const fieldNames: ReadonlySet<string> = new Set(Object.keys(calendarGroupType.properties))

/** Calendar groups: list, get, create, rename, delete. */
export function calendarGroupRoutes(stores: MailboxStores): readonly Route[] {
  const read = { area: 'mailbox', permissions: readEvents } as const
  const write = { area: 'mailbox', permissions: writeEvents } as const
  const path = '/users/{id}/calendarGroups'
  const one = `${path}/{groupId}`
  return [
    { method: 'GET', path, ...read, handle: (request) => list(request, stores) },
    { method: 'POST', path, ...write, handle: (request) => create(request, stores) },
    { method: 'GET', path: one, ...read, handle: (request) => get(request, stores) },
    { method: 'PATCH', path: one, ...write, handle: (request) => update(request, stores) },
    { method: 'DELETE', path: one, ...write, handle: (request) => remove(request, stores) },
  ]
}

function open(request: GraphRequest, stores: MailboxStores) {
  const mailbox = openMailbox(request, stores)
  return { mailbox, group: groupOf(mailbox, request.params['groupId'] ?? '') }
}

function list(request: GraphRequest, stores: MailboxStores): Response {
  const mailbox = openMailbox(request, stores)
  const { select, skip = 0, top, count } = parseItemQuery(request, {
    type: 'microsoft.graph.calendarGroup',
    options: ['$select', '$top', '$skip', '$count'],
    properties: fieldNames,
  })
  const groups = allGroups(mailbox)
  const end = top === undefined ? groups.length : skip + top
  const value = groups.slice(skip, end).map((group) => pickSelected(groupJson(mailbox, group), select, ['id']))
  const nextLink = end < groups.length ? linkTo(request, { $skip: String(end) }) : undefined
  const context = contextOf(`${userContext(request)}/calendarGroups`, select)
  return jsonAnswer(200, toCollection(request, { context, count: count ? groups.length : undefined, nextLink, value }))
}

function get(request: GraphRequest, stores: MailboxStores): Response {
  const { mailbox, group } = open(request, stores)
  const { select } = parseItemQuery(request, { type: 'microsoft.graph.calendarGroup', options: ['$select'], properties: fieldNames })
  const context = contextOf(`${userContext(request)}/calendarGroups`, select, '/$entity')
  return jsonAnswer(200, toEntity(request, context, pickSelected(groupJson(mailbox, group), select, ['id'])))
}

async function create(request: GraphRequest, stores: MailboxStores): Promise<Response> {
  const mailbox = openMailbox(request, stores)
  const { name } = await readJsonBody(request, calendarGroupType, { required: ['name'] })
  const group = changing(request, () => {
    requireFree(allGroups(mailbox).map((one) => one.name), name ?? '')
    return createGroup(mailbox, name ?? '')
  })
  return jsonAnswer(201, toEntity(request, `${userContext(request)}/calendarGroups/$entity`, groupJson(mailbox, group)))
}

async function update(request: GraphRequest, stores: MailboxStores): Promise<Response> {
  const { mailbox, group } = open(request, stores)
  const { name } = await readJsonBody(request, calendarGroupType)
  const changed = changing(request, () => {
    if (typeof name !== 'string' || name === group.name) return group
    requireFree(allGroups(mailbox).filter(({ id }) => id !== group.id).map((one) => one.name), name)
    return renameGroup(mailbox, group, name)
  })
  return jsonAnswer(200, toEntity(request, `${userContext(request)}/calendarGroups/$entity`, groupJson(mailbox, changed)))
}

function remove(request: GraphRequest, stores: MailboxStores): Response {
  const { mailbox, group } = open(request, stores)
  const hasCalendars = allCalendars(mailbox).some(({ id }) => groupOfCalendar(mailbox, id).id === group.id)
  if (isOwnGroup(group) || hasCalendars) {
    const why = isOwnGroup(group) ? 'it is one of the default groups' : 'it holds calendars'
    throw new GraphError(400, 'ErrorCalendarGroupIsNotDeletable', `The calendar group cannot be deleted: ${why}.`)
  }
  changing(request, () => removeGroup(mailbox, group))
  return emptyAnswer()
}

function requireFree(names: readonly string[], name: string): void {
  if (name.trim() === '') throw new GraphError(400, 'ErrorInvalidArgument', 'The name of the calendar group is empty.')
  if (names.some((taken) => taken.toLowerCase() === name.toLowerCase())) {
    throw new GraphError(409, 'ErrorFolderExists', 'A calendar group with the specified name already exists.')
  }
}
