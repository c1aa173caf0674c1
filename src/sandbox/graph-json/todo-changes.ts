import { randomUUID } from 'node:crypto'
import { calendarProperties } from '../../formats/mapi/calendar-properties.ts'
import { toFileTime } from '../../formats/mapi/file-time.ts'
import { messageProperties } from '../../formats/mapi/message-properties.ts'
import type { Property } from '../../formats/mapi/property.ts'
import { PropertyBag } from '../../formats/mapi/property-bag.ts'
import { taskProperties } from '../../formats/mapi/task-properties.ts'
import { dayMs, dayOf, toDate } from '../../formats/calendar/local-time.ts'
import { writePatternBlob } from '../../formats/calendar/recurrence-blob.ts'
import { blobOfPattern } from '../../formats/calendar/recurrence-of-blob.ts'
import { fromFileTime } from '../../formats/mapi/file-time.ts'
import { utcZone } from '../../formats/calendar/zone.ts'
import { setCategories, setSubject } from './apply-message.ts'
import { type ItemBodyInput, setBody } from './body-json.ts'
import type { DateTimeTimeZoneInput } from './date-time.ts'
import { toGraphTime } from './date-time.ts'
import { importanceNames, oneOfNames } from './event-enums.ts'
import { readRecurrence, type RecurrenceInput, refusing } from './event-recurrence.ts'
import { readZonedTime } from './event-times.ts'
import { JsonRefusal } from './refusal.ts'
import { taskStatusNames } from './todo-json.ts'
import { type ChecklistItem, type LinkedResource, setChecklistItems, setLinkedResources } from './todo-parts.ts'
import { todoProperties } from './todo-properties.ts'

/** What may come in as a step. */
export interface ChecklistItemInput {
  readonly displayName?: string | null
  readonly isChecked?: boolean | null
  readonly createdDateTime?: string | null
  readonly checkedDateTime?: string | null
}

/** What may come in as a source. */
export interface LinkedResourceInput {
  readonly webUrl?: string | null
  readonly applicationName?: string | null
  readonly displayName?: string | null
  readonly externalId?: string | null
}

/** What a task may be made from or changed by. */
export interface TodoTaskInput {
  readonly title?: string | null
  readonly body?: ItemBodyInput | null
  readonly importance?: string | null
  readonly status?: string | null
  readonly categories?: readonly string[] | null
  readonly startDateTime?: DateTimeTimeZoneInput | null
  readonly dueDateTime?: DateTimeTimeZoneInput | null
  readonly completedDateTime?: DateTimeTimeZoneInput | null
  readonly reminderDateTime?: DateTimeTimeZoneInput | null
  readonly isReminderOn?: boolean | null
  readonly recurrence?: RecurrenceInput | null
  readonly checklistItems?: readonly ChecklistItemInput[] | null
  readonly linkedResources?: readonly LinkedResourceInput[] | null
}

/** PidLidTaskState: not assigned to anybody else. */
const own = 1
const complete = taskStatusNames.indexOf('completed')
const iconIndex = 0x500

/** The `IPM.Task` that a JSON body makes (MS-OXOTASK section 2.2.2.2). Throws a JsonRefusal. */
export function newTask(input: TodoTaskInput, nowMs: number): PropertyBag {
  const bag = new PropertyBag()
    .set(messageProperties.messageClass, 'IPM.Task')
    .set(messageProperties.messageFlags, 1)
    .set(messageProperties.iconIndex, iconIndex)
    .set(messageProperties.importance, 1)
    .set(messageProperties.sensitivity, 0)
    .set(messageProperties.reminderSet, false)
    .set(taskProperties.status, 0)
    .set(taskProperties.complete, false)
    .set(taskProperties.percentComplete, 0)
    .set(taskProperties.recurring, false)
    .set(taskProperties.teamTask, false)
    .set(taskProperties.version, 1)
    .set(taskProperties.state, own)
    .set(taskProperties.ownership, 0)
    .set(taskProperties.acceptanceState, 0)
  setSubject(bag, '')
  setBody(bag, { contentType: 'text', content: '' })
  changeTask(bag, input, nowMs)
  if (input.checklistItems) setChecklistItems(bag, input.checklistItems.map((item) => newChecklistItem(item, nowMs)))
  if (input.linkedResources) setLinkedResources(bag, input.linkedResources.map(newLinkedResource))
  return bag
}

/** Changes a task's own bag; steps and sources have requests of their own. Throws a JsonRefusal. */
export function changeTask(bag: PropertyBag, input: TodoTaskInput, nowMs: number): void {
  if (input.title !== undefined) setSubject(bag, input.title ?? '')
  if (input.body !== undefined) {
    setBody(bag, input.body ?? {})
    bag.set(todoProperties.bodyLastModified, toFileTime(nowMs))
  }
  const importance = oneOfNames(input.importance, importanceNames)
  if (importance !== undefined) bag.set(messageProperties.importance, importanceNames.indexOf(importance))
  if (input.categories !== undefined) setCategories(bag, input.categories ?? [])
  setDay(bag, input.startDateTime, taskProperties.startDate, messageProperties.commonStart)
  setDay(bag, input.dueDateTime, taskProperties.dueDate, messageProperties.commonEnd)
  setProgress(bag, input, nowMs)
  setReminder(bag, input)
  setRecurrence(bag, input)
}

/** A step with an id of its own. Throws a JsonRefusal for one without a name. */
export function newChecklistItem({ displayName, isChecked, createdDateTime, checkedDateTime }: ChecklistItemInput, nowMs: number): ChecklistItem {
  const item = { id: randomUUID(), displayName: nameOf(displayName), createdDateTime: createdDateTime ?? toGraphTime(nowMs), isChecked: isChecked === true }
  return item.isChecked ? { ...item, checkedDateTime: checkedDateTime ?? toGraphTime(nowMs) } : item
}

/** A step with changes; unchecking forgets when it was checked. */
export function changeChecklistItem(item: ChecklistItem, input: ChecklistItemInput, nowMs: number): ChecklistItem {
  const { checkedDateTime, ...rest } = item
  const isChecked = input.isChecked ?? item.isChecked
  const changed = { ...rest, displayName: input.displayName === undefined ? item.displayName : nameOf(input.displayName), isChecked }
  return isChecked ? { ...changed, checkedDateTime: input.checkedDateTime ?? checkedDateTime ?? toGraphTime(nowMs) } : changed
}

/** A source with an id of its own. */
export function newLinkedResource(input: LinkedResourceInput): LinkedResource {
  return changeLinkedResource({ id: randomUUID() }, input)
}

/** A source with changes; null takes a fact away. */
export function changeLinkedResource(resource: LinkedResource, input: LinkedResourceInput): LinkedResource {
  const names = ['webUrl', 'applicationName', 'displayName', 'externalId'] as const
  const facts = names.flatMap((name) => {
    const value = input[name] === undefined ? resource[name] : (input[name] ?? undefined)
    return value === undefined ? [] : [[name, value] as const]
  })
  return { id: resource.id, ...Object.fromEntries(facts) }
}

/** The local day as if midnight were in UTC, and the instant beside it (MS-OXOTASK 2.2.2.2.4 and 5). */
function setDay(bag: PropertyBag, input: DateTimeTimeZoneInput | null | undefined, day: Property<'time'>, instant: Property<'time'>): void {
  if (input === undefined) return
  bag.delete(day)
  bag.delete(instant)
  if (input === null) return
  const { localMs, utcMs, zone } = readZonedTime(input)
  bag.set(day, toFileTime(dayOf(localMs) * dayMs)).set(instant, toFileTime(utcMs)).set(calendarProperties.zoneDescription, zone.id)
}

function setProgress(bag: PropertyBag, { status: given, completedDateTime }: TodoTaskInput, nowMs: number): void {
  const named = oneOfNames(given, taskStatusNames)
  if (named === undefined && (completedDateTime === undefined || completedDateTime === null)) return
  const status = named === undefined ? complete : taskStatusNames.indexOf(named)
  const isComplete = status === complete
  const before = bag.get(taskProperties.percentComplete) ?? 0
  bag
    .set(taskProperties.status, status)
    .set(taskProperties.complete, isComplete)
    .set(taskProperties.percentComplete, isComplete ? 1 : before === 1 || named === 'notStarted' ? 0 : before)
  if (!isComplete) bag.delete(taskProperties.dateCompleted)
  else bag.set(taskProperties.dateCompleted, toFileTime(completedDateTime ? readZonedTime(completedDateTime).utcMs : nowMs))
}

function setReminder(bag: PropertyBag, { isReminderOn, reminderDateTime }: TodoTaskInput): void {
  if (reminderDateTime === null) {
    bag.delete(messageProperties.reminderTime)
    bag.delete(messageProperties.reminderSignalTime)
    bag.set(messageProperties.reminderSet, false)
  } else if (reminderDateTime !== undefined) {
    const time = toFileTime(readZonedTime(reminderDateTime).utcMs)
    bag.set(messageProperties.reminderTime, time).set(messageProperties.reminderSignalTime, time).set(messageProperties.reminderSet, true)
  }
  if (typeof isReminderOn === 'boolean') bag.set(messageProperties.reminderSet, isReminderOn)
}

/** Exchange repeats a task from the day on which it is due. */
function setRecurrence(bag: PropertyBag, { recurrence }: TodoTaskInput): void {
  if (recurrence === undefined) return
  bag.delete(taskProperties.recurrence)
  bag.set(taskProperties.recurring, recurrence !== null)
  if (recurrence === null) return
  const due = bag.get(taskProperties.dueDate) ?? bag.get(taskProperties.startDate)
  const startDate = recurrence.range?.['startDate'] ?? (due === undefined ? undefined : toDate(dayOf(fromFileTime(due))))
  const read = readRecurrence({ ...recurrence, range: { ...recurrence.range, startDate } }, utcZone)
  const blob = refusing(() => writePatternBlob(blobOfPattern(read)))
  bag.set(taskProperties.recurrence, blob).set(taskProperties.deadOccurrence, false)
  if (due === undefined) setDay(bag, { dateTime: `${read.range.startDate}T00:00:00`, timeZone: 'UTC' }, taskProperties.dueDate, messageProperties.commonEnd)
}

function nameOf(displayName: string | null | undefined): string {
  const name = displayName?.trim() ?? ''
  if (name === '') throw new JsonRefusal(400, 'ErrorInvalidArgument', "The required property 'displayName' is missing.")
  return name
}
