import type { MailboxStores } from '../../graph-mailbox/open-mailbox.ts'
import type { Route } from '../../http/route.ts'
import { followTaskLists, readTasks, removeTaskList, writeTasks } from './calendar-permissions.ts'
import { taskAttachmentRoutes } from './todo-attachments.ts'
import { createList, deleteList, followLists, getList, listLists, updateList } from './todo-lists.ts'
import { taskPartRoutes } from './todo-parts-routes.ts'
import { createTask, deleteTask, followTasks, getTask, listTasks, updateTask } from './todo-tasks.ts'

/** To Do as Graph has it (exchange.md 3.7): lists are folders of tasks, tasks are `IPM.Task` items. */
export function todoRoutes(stores: MailboxStores): readonly Route[] {
  const read = { area: 'mailbox', permissions: readTasks } as const
  const write = { area: 'mailbox', permissions: writeTasks } as const
  const lists = '/users/{id}/todo/lists'
  const list = `${lists}/{listId}`
  const tasks = `${list}/tasks`
  const task = `${tasks}/{taskId}`
  return [
    { method: 'GET', path: lists, ...read, handle: (request) => listLists(request, stores) },
    { method: 'POST', path: lists, ...write, handle: (request) => createList(request, stores) },
    { method: 'GET', path: `${lists}/delta`, area: 'mailbox', permissions: followTaskLists, handle: (request) => followLists(request, stores) },
    { method: 'GET', path: list, ...read, handle: (request) => getList(request, stores) },
    { method: 'PATCH', path: list, ...write, handle: (request) => updateList(request, stores) },
    { method: 'DELETE', path: list, area: 'mailbox', permissions: removeTaskList, handle: (request) => deleteList(request, stores) },
    { method: 'GET', path: tasks, ...read, handle: (request) => listTasks(request, stores) },
    { method: 'POST', path: tasks, ...write, handle: (request) => createTask(request, stores) },
    { method: 'GET', path: `${tasks}/delta`, ...read, handle: (request) => followTasks(request, stores) },
    { method: 'GET', path: task, ...read, handle: (request) => getTask(request, stores) },
    { method: 'PATCH', path: task, ...write, handle: (request) => updateTask(request, stores) },
    { method: 'DELETE', path: task, ...write, handle: (request) => deleteTask(request, stores) },
    ...taskPartRoutes(task, stores),
    ...taskAttachmentRoutes(task, stores),
  ]
}
