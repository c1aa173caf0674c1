import type { PropertyBag, ReadonlyPropertyBag } from '../../../formats/mapi/property-bag.ts'
import { changeChecklistItem, changeLinkedResource, newChecklistItem, newLinkedResource } from '../../graph-json/todo-changes.ts'
import { checklistItemsOf, linkedResourcesOf, setChecklistItems, setLinkedResources } from '../../graph-json/todo-parts.ts'
import { changing } from '../../graph-mailbox/changing.ts'
import { parseItemQuery } from '../../graph-mailbox/item-query.ts'
import { itemNotFound } from '../../graph-mailbox/item-references.ts'
import { type MailboxStores } from '../../graph-mailbox/open-mailbox.ts'
import { inGraphWords } from '../../graph-mailbox/store-errors.ts'
import { emptyAnswer, jsonAnswer } from '../../http/json-answer.ts'
import type { BodyOf, Structure } from '../../http/json/kinds.ts'
import { readJsonBody } from '../../http/json/read-json-body.ts'
import { contextOf, pickSelected, toCollection, toEntity } from '../../http/odata/answer-collection.ts'
import type { GraphRequest, Route } from '../../http/route.ts'
import { readTasks, writeTasks } from './calendar-permissions.ts'
import { openOwnTask, openTask, tasksContext } from './todo-place.ts'
import { checklistItemType, linkedResourceType } from './todo-types.ts'

/** A list of things inside a task, kept with it. */
interface TaskParts<S extends Structure, P extends { readonly id: string }> {
  readonly name: string
  readonly type: S
  readonly required: readonly string[]
  readonly read: (bag: ReadonlyPropertyBag) => readonly P[]
  readonly write: (bag: PropertyBag, parts: readonly P[]) => void
  readonly make: (body: BodyOf<S>, nowMs: number) => P
  readonly change: (part: P, body: BodyOf<S>, nowMs: number) => P
}

/** Steps and sources of tasks: list, get, create, change, delete. */
export function taskPartRoutes(task: string, stores: MailboxStores): readonly Route[] {
  return [
    ...routesOf(task, stores, {
      name: 'checklistItems',
      type: checklistItemType,
      required: ['displayName'],
      read: checklistItemsOf,
      write: setChecklistItems,
      make: newChecklistItem,
      change: changeChecklistItem,
    }),
    ...routesOf(task, stores, {
      name: 'linkedResources',
      type: linkedResourceType,
      required: [],
      read: linkedResourcesOf,
      write: setLinkedResources,
      make: newLinkedResource,
      change: changeLinkedResource,
    }),
  ]
}

function routesOf<S extends Structure, P extends { readonly id: string }>(
  task: string,
  stores: MailboxStores,
  parts: TaskParts<S, P>,
): readonly Route[] {
  const read = { area: 'mailbox', permissions: readTasks } as const
  const write = { area: 'mailbox', permissions: writeTasks } as const
  const path = `${task}/${parts.name}`
  const one = `${path}/{partId}`
  const names: ReadonlySet<string> = new Set(Object.keys(parts.type.properties))
  const partsOf = (request: GraphRequest) => {
    const { mailbox, item } = openTask(request, stores)
    return parts.read(mailbox.items.head(item.id).properties)
  }
  const find = (all: readonly P[], request: GraphRequest) => {
    const found = all.find(({ id }) => id === request.params['partId'])
    if (found === undefined) throw itemNotFound()
    return found
  }
  const contextName = (request: GraphRequest) => `${tasksContext(request)}('${encodeURIComponent(request.params['taskId'] ?? '')}')/${parts.name}`
  const answer = (request: GraphRequest, status: number, part: P, select?: readonly string[]) =>
    jsonAnswer(status, toEntity(request, contextOf(contextName(request), select, '/$entity'), pickSelected(part, select, ['id'])))
  /** Stores what `edit` makes of the parts. */
  const store = (request: GraphRequest, edit: (all: readonly P[]) => readonly P[]) => {
    const { mailbox, item } = openOwnTask(request, stores)
    changing(request, () => mailbox.items.edit(item.id, (bag) => parts.write(bag, edit(parts.read(bag)))))
  }
  return [
    {
      method: 'GET',
      path,
      ...read,
      handle: (request) => {
        const { select } = parseItemQuery(request, { type: parts.type.name, options: ['$select'], properties: names })
        const value = partsOf(request).map((part) => pickSelected(part, select, ['id']))
        return jsonAnswer(200, toCollection(request, { context: contextOf(contextName(request), select), value }))
      },
    },
    {
      method: 'POST',
      path,
      ...write,
      handle: async (request) => {
        const body = await readJsonBody(request, parts.type, { required: parts.required })
        const part = inGraphWords(() => parts.make(body, request.tenant.clock.nowMs()))
        store(request, (all) => [...all, part])
        return answer(request, 201, part)
      },
    },
    {
      method: 'GET',
      path: one,
      ...read,
      handle: (request) => {
        const { select } = parseItemQuery(request, { type: parts.type.name, options: ['$select'], properties: names })
        return answer(request, 200, find(partsOf(request), request), select)
      },
    },
    {
      method: 'PATCH',
      path: one,
      ...write,
      handle: async (request) => {
        const body = await readJsonBody(request, parts.type)
        const before = find(partsOf(request), request)
        const after = inGraphWords(() => parts.change(before, body, request.tenant.clock.nowMs()))
        store(request, (all) => all.map((part) => (part.id === before.id ? after : part)))
        return answer(request, 200, after)
      },
    },
    {
      method: 'DELETE',
      path: one,
      ...write,
      handle: (request) => {
        const { id } = find(partsOf(request), request)
        store(request, (all) => all.filter((part) => part.id !== id))
        return emptyAnswer()
      },
    },
  ]
}
