import { calendarProperties } from '../../formats/mapi/calendar-properties.ts'
import { fromFileTime } from '../../formats/mapi/file-time.ts'
import { messageProperties } from '../../formats/mapi/message-properties.ts'
import type { Property } from '../../formats/mapi/property.ts'
import type { ReadonlyPropertyBag } from '../../formats/mapi/property-bag.ts'
import { taskProperties } from '../../formats/mapi/task-properties.ts'
import { toPatternedRecurrence } from '../../formats/calendar/patterned-recurrence.ts'
import { readPatternBlob } from '../../formats/calendar/recurrence-blob.ts'
import { patternOfBlob } from '../../formats/calendar/recurrence-of-blob.ts'
import { zoneByName } from '../../formats/calendar/windows-zone.ts'
import { bodyJson } from './body-json.ts'
import { toGraphTime } from './date-time.ts'
import { importanceNames } from './event-enums.ts'
import { type ShownZone, zonedTimeJson, zoneNameOf } from './event-times.ts'
import { type ItemSource, outlookItemFields } from './message-json.ts'
import { checklistItemsOf, linkedResourcesOf } from './todo-parts.ts'
import { todoProperties } from './todo-properties.ts'

/** By PidLidTaskStatus (MS-OXOTASK 2.2.2.2.2). */
export const taskStatusNames = ['notStarted', 'inProgress', 'completed', 'waitingOnOthers', 'deferred'] as const

/** A task as its JSON is made of. */
export interface TaskSource extends ItemSource {
  readonly shown: ShownZone
}

type Field = (task: TaskSource) => unknown

const bagOf = ({ head }: TaskSource): ReadonlyPropertyBag => head().properties

/** Of a mail that is flagged, no task's status says how far it is. */
const flagComplete = 1

/** In the order in which Graph answers them; what there is not is left out. */
const fields: Readonly<Record<string, Field>> = {
  '@odata.etag': outlookItemFields['@odata.etag'],
  importance: (task) => importanceNames[bagOf(task).get(messageProperties.importance) ?? 1] ?? 'normal',
  isReminderOn: (task) => bagOf(task).get(messageProperties.reminderSet) ?? false,
  status: (task) => statusOf(task),
  title: (task) => bagOf(task).get(messageProperties.subject) ?? '',
  createdDateTime: outlookItemFields.createdDateTime,
  lastModifiedDateTime: outlookItemFields.lastModifiedDateTime,
  bodyLastModifiedDateTime: (task) => toGraphTime(instantOf(task, todoProperties.bodyLastModified) ?? task.row.createdMs),
  hasAttachments: (task) => task.row.attachmentCount > 0,
  categories: outlookItemFields.categories,
  id: outlookItemFields.id,
  body: (task) => {
    const { content, contentType } = bodyJson(bagOf(task), task.bodyType)
    return { content, contentType }
  },
  startDateTime: (task) => timeOf(task, messageProperties.commonStart, taskProperties.startDate),
  dueDateTime: (task) => timeOf(task, messageProperties.commonEnd, taskProperties.dueDate),
  completedDateTime: (task) => timeOf(task, taskProperties.dateCompleted, messageProperties.flagCompleteTime),
  reminderDateTime: (task) => timeOf(task, messageProperties.reminderSignalTime, messageProperties.reminderTime),
  recurrence: (task) => recurrenceOf(bagOf(task)),
  checklistItems: (task) => nonEmpty(checklistItemsOf(bagOf(task))),
  linkedResources: (task) => nonEmpty(linkedResourcesOf(bagOf(task))),
}

/** The property names that `$select`, `$filter` and `$orderby` of tasks may name. */
export const taskFieldNames: ReadonlySet<string> = new Set(Object.keys(fields).filter((name) => !name.startsWith('@')))

/** A task as Graph answers it: everything, or what was selected with its id and etag. */
export function taskJson(task: TaskSource, select?: readonly string[]): Record<string, unknown> {
  const json: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(fields)) {
    const isWanted = select === undefined || name === '@odata.etag' || name === 'id' || select.includes(name) || select.includes('*')
    const value = isWanted ? field(task) : undefined
    if (value !== undefined) json[name] = value
  }
  return json
}

/** Some properties alone, for filters. */
export function taskValues(task: TaskSource, names: Iterable<string>): Record<string, unknown> {
  return Object.fromEntries([...names].map((name) => [name, fields[name]?.(task)]))
}

function statusOf(task: TaskSource): string {
  const status = bagOf(task).get(taskProperties.status)
  if (status === undefined) return task.row.flagStatus === flagComplete ? 'completed' : 'notStarted'
  return taskStatusNames[status] ?? 'notStarted'
}

function timeOf(task: TaskSource, ...properties: readonly Property<'time'>[]): object | undefined {
  const timeMs = properties.map((property) => instantOf(task, property)).find((one) => one !== undefined)
  return timeMs === undefined ? undefined : zonedTimeJson(timeMs, task.shown)
}

function instantOf(task: TaskSource, property: Property<'time'>): number | undefined {
  const ticks = bagOf(task).get(property)
  return ticks === undefined ? undefined : fromFileTime(ticks)
}

function recurrenceOf(bag: ReadonlyPropertyBag): object | undefined {
  const blob = bag.get(taskProperties.recurrence)
  if (blob === undefined || bag.get(taskProperties.recurring) === false) return undefined
  const zone = zoneByName(bag.get(calendarProperties.zoneDescription) ?? 'UTC')
  try {
    const recurrence = patternOfBlob(readPatternBlob(blob))
    return toPatternedRecurrence(recurrence, zone === undefined ? 'UTC' : zoneNameOf(zone, Date.parse(recurrence.range.startDate)))
  } catch (error) {
    // A blob that nobody can read is no recurrence to show.
    if (error instanceof Error && 'code' in error) return undefined
    throw error
  }
}

function nonEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list
}
