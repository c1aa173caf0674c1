import { beforeEach, describe, expect, it } from 'vitest'
import { fromFileTime, toFileTime } from '../../../../src/formats/mapi/file-time.ts'
import { messageProperties } from '../../../../src/formats/mapi/message-properties.ts'
import { PropertyBag } from '../../../../src/formats/mapi/property-bag.ts'
import { taskProperties } from '../../../../src/formats/mapi/task-properties.ts'
import { readPatternBlob } from '../../../../src/formats/calendar/recurrence-blob.ts'
import { patternOfBlob } from '../../../../src/formats/calendar/recurrence-of-blob.ts'
import {
  checklistItemType,
  linkedResourceType,
  taskFileAttachmentType,
  todoTaskListType,
  todoTaskType,
} from '../../../../src/sandbox/faces/graph-calendar/todo-types.ts'
import { answerDifferences, hasCsdl, structureDifferences } from '../csdl.ts'
import { CalendarRig, hasExamples, type Json, readExample, refusalOf } from './calendar-rig.ts'

const lists = '/todo/lists'
const shown = (json: Json) => Object.keys(json).filter((name) => !name.startsWith('@'))

describe.runIf(hasCsdl)('what bodies of To Do may have', () => {
  it.each([todoTaskListType, todoTaskType, checklistItemType, linkedResourceType, taskFileAttachmentType])('is as $name has it in the CSDL', (structure) => {
    expect(structureDifferences(structure)).toEqual([])
  })
})

describe('lists of tasks', () => {
  let rig: CalendarRig

  beforeEach(() => {
    rig = new CalendarRig()
  })

  it.runIf(hasExamples)('answer in the documented shape', async () => {
    const documented = readExample('todo-list-lists.01.response')['value'] as readonly Json[]
    const [first, flagged] = await rig.list(lists)
    expect(shown(first!).toSorted()).toEqual(shown(documented[0]!).toSorted())
    expect(first).toMatchObject({ displayName: 'Tasks', wellknownListName: 'defaultList', isOwner: true, isShared: false })
    expect(flagged).toMatchObject({ wellknownListName: 'flaggedEmails' })
    const made = await rig.make(readExample('todo-post-lists.01.request'), lists)
    expect(made).toMatchObject({ '@odata.type': '#microsoft.graph.todoTaskList', displayName: 'Travel items', wellknownListName: 'none' })
    const renamed = await rig.adeles('PATCH', `${lists}/${String(made['id'])}`, { body: readExample('todotasklist-update.01.request') })
    expect(renamed.json).toMatchObject({ id: made['id'], displayName: 'Vacation Plan' })
  })

  it('are folders of tasks', async () => {
    const made = await rig.make({ displayName: 'Travel' }, lists)
    const folder = rig.mailbox.folders.child(rig.mailbox.folders.wellKnown('tasks')!.id, 'Travel')
    expect(folder?.folderClass).toBe('IPF.Task')
    await rig.make({ title: 'Pack' }, `${lists}/${String(made['id'])}/tasks`)
    expect(rig.mailbox.items.list(folder!.id)).toMatchObject([{ messageClass: 'IPM.Task', subject: 'Pack' }])
  })

  it('are deleted and renamed but for the default one', async () => {
    const [first, flagged] = await rig.list(lists)
    for (const list of [first, flagged]) {
      expect((await rig.adeles('DELETE', `${lists}/${String(list?.['id'])}`)).status).toBe(400)
      expect((await rig.adeles('PATCH', `${lists}/${String(list?.['id'])}`, { body: { displayName: 'x' } })).status).toBe(400)
    }
    const made = await rig.make({ displayName: 'Travel' }, lists)
    expect((await rig.adeles('DELETE', `${lists}/${String(made['id'])}`)).status).toBe(204)
    expect(await rig.list(lists)).toHaveLength(2)
    expect((await rig.adeles('POST', lists, { body: {} })).status).toBe(400)
    const calendar = (await rig.list('/calendars'))[0]
    expect((await rig.adeles('GET', `${lists}/${String(calendar?.['id'])}`)).status).toBe(404)
  })

  it('tell what came, changed and went', async () => {
    const start = await rig.adeles('GET', `${lists}/delta`)
    expect(start.json['value']).toHaveLength(2)
    const made = await rig.make({ displayName: 'Travel' }, lists)
    const follow = async (json: Json) => {
      const link = new URL(String(json['@odata.deltaLink']))
      return (await rig.call('GET', `${link.pathname}${link.search}`, { roles: ['Tasks.Read.All'] })).body as Json
    }
    const second = await follow(start.json)
    expect(second['value']).toMatchObject([{ id: made['id'], displayName: 'Travel' }])
    await rig.adeles('DELETE', `${lists}/${String(made['id'])}`)
    const third = await follow(second)
    expect(third['value']).toEqual([{ id: made['id'], '@removed': { reason: 'deleted' } }])
    expect((await follow(third))['value']).toEqual([])
  })

  it('have one with the mails that are flagged', async () => {
    const mail = (subject: string, flagStatus?: number) =>
      rig.mailbox.items.create(rig.mailbox.folders.wellKnown('inbox')!.id, {
        message: {
          properties: new PropertyBag()
            .set(messageProperties.messageClass, 'IPM.Note')
            .set(messageProperties.subject, subject)
            .set(messageProperties.flagStatus, flagStatus)
            .set(messageProperties.deliveryTime, toFileTime(rig.clock.nowMs())),
          recipients: [],
          attachments: [],
        },
      })
    mail('Plain')
    mail('Flagged', 2)
    mail('Done', 1)
    const flagged = (await rig.list(lists)).find((list) => list['wellknownListName'] === 'flaggedEmails')
    const below = `${lists}/${String(flagged?.['id'])}/tasks`
    const tasks = await rig.list(below)
    expect(tasks.map((task) => [task['title'], task['status']]).toSorted()).toEqual([['Done', 'completed'], ['Flagged', 'notStarted']])
    expect((await rig.adeles('GET', `${below}/${String(tasks[0]?.['id'])}`)).status).toBe(200)
    expect((await rig.adeles('POST', below, { body: { title: 'x' } })).status).toBe(400)
    expect((await rig.adeles('DELETE', `${below}/${String(tasks[0]?.['id'])}`)).status).toBe(400)
  })
})

describe('tasks', () => {
  let rig: CalendarRig
  let below: string

  beforeEach(async () => {
    rig = new CalendarRig()
    below = `${lists}/${String((await rig.list(lists))[0]?.['id'])}/tasks`
  })

  const stored = () => {
    const [row] = rig.mailbox.items.list(rig.mailbox.folders.wellKnown('tasks')!.id)
    return rig.mailbox.items.message(row!.id).properties
  }

  it.runIf(hasExamples && hasCsdl)('are made of the documented request and answer as documented', async () => {
    const made = await rig.make(readExample('todotasklist-post-tasks.01.request'), below)
    expect(shown(readExample('todotasklist-post-tasks.02.response')).filter((name) => !(name in made))).toEqual([])
    expect(answerDifferences(made, 'microsoft.graph.todoTask')).toEqual([])
    expect(made).toMatchObject({
      title: 'A new task',
      importance: 'normal',
      isReminderOn: false,
      status: 'notStarted',
      body: { content: '', contentType: 'text' },
      linkedResources: [{ webUrl: 'http://microsoft.com', applicationName: 'Microsoft', displayName: 'Microsoft' }],
    })
    const changed = await rig.adeles('PATCH', `${below}/${String(made['id'])}`, { body: readExample('todotask-update.01.request') })
    // 16:00 of Eastern summer time.
    expect(changed.json['dueDateTime']).toEqual({ dateTime: '2020-07-25T20:00:00.0000000', timeZone: 'UTC' })
    expect(fromFileTime(stored().get(taskProperties.dueDate)!)).toBe(Date.UTC(2020, 6, 25))
    expect((await rig.list(below)).map((task) => task['id'])).toEqual([made['id']])
  })

  it('keep what they are given, also as MAPI properties', async () => {
    // MS-OXOTASK 2.2.2.2; exchange.md 3.7.
    const body = {
      title: 'Send the offer',
      body: { content: 'With the new prices', contentType: 'text' },
      importance: 'high',
      status: 'inProgress',
      categories: ['Blue'],
      startDateTime: { dateTime: '2026-12-01T00:00:00.0000000', timeZone: 'UTC' },
      dueDateTime: { dateTime: '2026-12-04T00:00:00.0000000', timeZone: 'UTC' },
      reminderDateTime: { dateTime: '2026-12-04T08:00:00.0000000', timeZone: 'UTC' },
      isReminderOn: true,
      recurrence: {
        pattern: { type: 'weekly', interval: 1, daysOfWeek: ['friday'], firstDayOfWeek: 'monday' },
        range: { type: 'noEnd', startDate: '2026-12-04' },
      },
    }
    const made = await rig.make(body, below)
    expect(made).toMatchObject(body)
    const bag = stored()
    expect(bag.get(taskProperties.status)).toBe(1)
    expect(bag.get(messageProperties.importance)).toBe(2)
    expect(bag.get(messageProperties.keywords)).toEqual(['Blue'])
    expect(bag.get(messageProperties.reminderTime)).toBe(toFileTime(Date.UTC(2026, 11, 4, 8)))
    expect(patternOfBlob(readPatternBlob(bag.get(taskProperties.recurrence)!))).toEqual(body.recurrence)
    const cleared = await rig.adeles('PATCH', `${below}/${String(made['id'])}`, { body: { recurrence: null, dueDateTime: null, reminderDateTime: null, categories: [] } })
    expect(cleared.json).not.toHaveProperty('recurrence')
    expect(cleared.json).not.toHaveProperty('dueDateTime')
    expect(cleared.json).toMatchObject({ isReminderOn: false, categories: [] })
  })

  it('are completed, and taken up again', async () => {
    const made = await rig.make({ title: 'x' }, below)
    const patch = (status: string) => rig.adeles('PATCH', `${below}/${String(made['id'])}`, { body: { status } })
    expect((await patch('completed')).json).toMatchObject({ status: 'completed', completedDateTime: { dateTime: '2026-11-21T09:00:00.0000000', timeZone: 'UTC' } })
    expect([stored().get(taskProperties.complete), stored().get(taskProperties.percentComplete)]).toEqual([true, 1])
    expect((await patch('waitingOnOthers')).json).not.toHaveProperty('completedDateTime')
    expect([stored().get(taskProperties.complete), stored().get(taskProperties.status)]).toEqual([false, 3])
  })

  it('are filtered, paged and followed', async () => {
    for (let n = 0; n < 3; n++) await rig.make({ title: `T${n}`, importance: n === 1 ? 'high' : 'low' }, below)
    expect((await rig.list(`${below}?$filter=importance eq 'high'`)).map((task) => task['title'])).toEqual(['T1'])
    expect((await rig.list(`${below}?$top=2`)).map((task) => task['title'])).toEqual(['T2', 'T1'])
    const start = await rig.adeles('GET', `${below}/delta`)
    expect(start.json['value']).toHaveLength(3)
    const [first] = start.json['value'] as readonly Json[]
    await rig.adeles('DELETE', `${below}/${String(first?.['id'])}`)
    await rig.make({ title: 'New' }, below)
    const link = new URL(String(start.json['@odata.deltaLink']))
    const next = await rig.call('GET', `${link.pathname}${link.search}`, { roles: ['Tasks.ReadWrite.All'] })
    expect((next.body as Json)['value']).toMatchObject([{ id: first?.['id'], '@removed': { reason: 'deleted' } }, { title: 'New' }])
  })

  it.runIf(hasExamples)('have steps and sources of their own', async () => {
    const made = await rig.make({ title: 'x', checklistItems: [{ displayName: 'First' }] }, below)
    const task = `${below}/${String(made['id'])}`
    const step = await rig.make({ displayName: 'Second', isChecked: true }, `${task}/checklistItems`)
    expect(step).toMatchObject({ displayName: 'Second', isChecked: true, checkedDateTime: '2026-11-21T09:00:00Z', createdDateTime: '2026-11-21T09:00:00Z' })
    const unchecked = await rig.adeles('PATCH', `${task}/checklistItems/${String(step['id'])}`, { body: { isChecked: false } })
    expect(unchecked.json).not.toHaveProperty('checkedDateTime')
    expect((await rig.adeles('GET', task)).json['checklistItems']).toMatchObject([{ displayName: 'First' }, { displayName: 'Second', isChecked: false }])
    const source = await rig.make(readExample('todotask-post-linkedresources.01.request'), `${task}/linkedResources`)
    expect(shown(readExample('todotask-post-linkedresources.02.response')).filter((name) => !(name in source))).toEqual([])
    expect((await rig.adeles('DELETE', `${task}/linkedResources/${String(source['id'])}`)).status).toBe(204)
    expect(await rig.list(`${task}/linkedResources`)).toEqual([])
    expect((await rig.adeles('GET', `${task}/linkedResources/${String(source['id'])}`)).status).toBe(404)
    expect((await rig.adeles('POST', `${task}/checklistItems`, { body: {} })).status).toBe(400)
  })

  it('have files', async () => {
    const made = await rig.make({ title: 'x' }, below)
    const files = `${below}/${String(made['id'])}/attachments`
    const contentBytes = Buffer.from('mac and cheese').toString('base64')
    const file = await rig.make({ '@odata.type': '#microsoft.graph.taskFileAttachment', name: 'menu.txt', contentBytes, contentType: 'text/plain' }, files)
    expect(file).toMatchObject({ '@odata.type': '#microsoft.graph.taskFileAttachment', name: 'menu.txt', contentType: 'text/plain', contentBytes })
    const [listed] = await rig.list(files)
    expect([listed?.['id'], 'contentBytes' in listed!]).toEqual([file['id'], false])
    const raw = await rig.adeles('GET', `${files}/${String(file['id'])}/$value`)
    expect(Buffer.from(raw.bytes).toString()).toBe('mac and cheese')
    expect((await rig.adeles('GET', `${below}/${String(made['id'])}`)).json['hasAttachments']).toBe(true)
    expect((await rig.adeles('DELETE', `${files}/${String(file['id'])}`)).status).toBe(204)
    expect(await rig.list(files)).toEqual([])
  })

  it.each([
    [{ title: 'x', colour: 'red' }, 'RequestBodyRead'],
    [{ title: 'x', status: 'asleep' }, 'RequestBodyRead'],
    [{ title: 'x', dueDateTime: { dateTime: 'tomorrow', timeZone: 'UTC' } }, 'ErrorPropertyValidationFailure'],
    [{ title: 'x', dueDateTime: { dateTime: '2026-12-01T00:00:00', timeZone: 'Mars Time' } }, 'TimeZoneNotSupportedException'],
    [{ title: 'x', recurrence: { pattern: { type: 'daily' }, range: { type: 'noEnd' } } }, 'ErrorCalendarInvalidRecurrence'],
  ])('are refused as %j', async (body, code) => {
    const answer = await rig.adeles('POST', below, { body })
    expect([answer.status, refusalOf(answer).code]).toEqual([400, code])
    expect(rig.defects).toEqual([])
  })
})
