import { patternedRecurrenceType } from '../../graph-mailbox/event-type.ts'
import { dateTimeTimeZoneType, itemBodyType } from '../../graph-mailbox/outlook-types.ts'
import { binary, complex, dateTimeOffset, flag, int32, listOf, oneOf, type Structure, text } from '../../http/json/kinds.ts'

/** A list of tasks as clients give it; the name is theirs to say. */
export const todoTaskListType = {
  name: 'microsoft.graph.todoTaskList',
  properties: {
    id: text,
    displayName: text,
    isOwner: flag,
    isShared: flag,
    wellknownListName: oneOf('wellknownListName', ['none', 'defaultList', 'flaggedEmails', 'unknownFutureValue']),
  },
} as const satisfies Structure

/** A step of a task. */
export const checklistItemType = {
  name: 'microsoft.graph.checklistItem',
  properties: { id: text, displayName: text, createdDateTime: dateTimeOffset, checkedDateTime: dateTimeOffset, isChecked: flag },
} as const satisfies Structure

/** What a task came from. */
export const linkedResourceType = {
  name: 'microsoft.graph.linkedResource',
  properties: { id: text, webUrl: text, applicationName: text, displayName: text, externalId: text },
} as const satisfies Structure

/** A task as clients give it. */
export const todoTaskType = {
  name: 'microsoft.graph.todoTask',
  properties: {
    id: text,
    body: complex(itemBodyType),
    bodyLastModifiedDateTime: dateTimeOffset,
    categories: listOf(text),
    checklistItems: listOf(complex(checklistItemType)),
    completedDateTime: complex(dateTimeTimeZoneType),
    createdDateTime: dateTimeOffset,
    dueDateTime: complex(dateTimeTimeZoneType),
    hasAttachments: flag,
    importance: oneOf('importance', ['low', 'normal', 'high']),
    isReminderOn: flag,
    lastModifiedDateTime: dateTimeOffset,
    linkedResources: listOf(complex(linkedResourceType)),
    recurrence: complex(patternedRecurrenceType),
    reminderDateTime: complex(dateTimeTimeZoneType),
    startDateTime: complex(dateTimeTimeZoneType),
    status: oneOf('taskStatus', ['notStarted', 'inProgress', 'completed', 'waitingOnOthers', 'deferred']),
    title: text,
  },
} as const satisfies Structure

const attachmentProperties = { id: text, contentType: text, lastModifiedDateTime: dateTimeOffset, name: text, size: int32 } as const

/** A file of a task. */
export const taskFileAttachmentType = {
  name: 'microsoft.graph.taskFileAttachment',
  properties: { ...attachmentProperties, contentBytes: binary },
} as const satisfies Structure
