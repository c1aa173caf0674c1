import { fromFileTime, toFileTime } from '../../formats/mapi/file-time.ts'
import { messageProperties as known } from '../../formats/mapi/message-properties.ts'
import type { PropertyBag, ReadonlyPropertyBag } from '../../formats/mapi/property-bag.ts'
import {
  type DateTimeTimeZoneInput,
  type DateTimeTimeZoneJson,
  fromDateTimeTimeZone,
  toDateTimeTimeZone,
} from './date-time.ts'
import { JsonRefusal } from './refusal.ts'

/** Graph's `followupFlag`. */
export interface FollowUpFlagJson {
  readonly completedDateTime?: DateTimeTimeZoneJson
  readonly dueDateTime?: DateTimeTimeZoneJson
  readonly startDateTime?: DateTimeTimeZoneJson
  readonly flagStatus: 'notFlagged' | 'complete' | 'flagged'
}

/** What may come in as one. */
export interface FollowUpFlagInput {
  readonly completedDateTime?: DateTimeTimeZoneInput | null
  readonly dueDateTime?: DateTimeTimeZoneInput | null
  readonly startDateTime?: DateTimeTimeZoneInput | null
  readonly flagStatus?: string | null
}

/** PidTagFlagStatus, and what else goes with it (MS-OXOFLAG section 2.2). */
const flagStatuses = { complete: 1, flagged: 2 } as const
const redIcon = 6
const isTodo = 1
const taskStatuses = { notStarted: 0, complete: 2 } as const

const flagProperties = [
  known.flagStatus,
  known.flagCompleteTime,
  known.followupIcon,
  known.todoItemFlags,
  known.flagRequest,
  known.todoTitle,
  known.taskStartDate,
  known.taskDueDate,
  known.taskDateCompleted,
  known.taskComplete,
  known.taskStatus,
  known.taskPercentComplete,
  known.commonStart,
  known.commonEnd,
]

/** The flag of an item; `flagStatus` alone when it is not flagged. */
export function followUpFlagJson(bag: ReadonlyPropertyBag): FollowUpFlagJson {
  const status = bag.get(known.flagStatus) ?? 0
  if (status !== flagStatuses.complete && status !== flagStatuses.flagged) return { flagStatus: 'notFlagged' }
  const time = (ticks: bigint | undefined) => (ticks === undefined ? undefined : toDateTimeTimeZone(fromFileTime(ticks)))
  const completed =
    status === flagStatuses.complete ? time(bag.get(known.taskDateCompleted) ?? bag.get(known.flagCompleteTime)) : undefined
  const due = time(bag.get(known.taskDueDate))
  const start = time(bag.get(known.taskStartDate))
  return {
    ...(completed === undefined ? {} : { completedDateTime: completed }),
    ...(due === undefined ? {} : { dueDateTime: due }),
    ...(start === undefined ? {} : { startDateTime: start }),
    flagStatus: status === flagStatuses.complete ? 'complete' : 'flagged',
  }
}

/**
 * Flags an item, marks it as done, or takes the flag away (MS-OXOFLAG section 3.1.4.1). Without a status the one that it
 * has counts. Throws a JsonRefusal for a due date without a start (Graph's page on followupFlag).
 */
export function setFollowUpFlag(bag: PropertyBag, flag: FollowUpFlagInput, nowMs: number): void {
  const status = flag.flagStatus?.toLowerCase() ?? followUpFlagJson(bag).flagStatus.toLowerCase()
  const due = timeOf(flag.dueDateTime)
  const start = timeOf(flag.startDateTime)
  if (due !== undefined && start === undefined) {
    throw new JsonRefusal(400, 'ErrorInvalidArgument', 'The start date must be specified when the due date is specified.')
  }
  if (due !== undefined && start !== undefined && due < start) {
    throw new JsonRefusal(400, 'ErrorInvalidArgument', 'The due date must not be earlier than the start date.')
  }
  for (const property of flagProperties) bag.delete(property)
  if (status === 'notflagged') return
  const isComplete = status === 'complete'
  bag
    .set(known.flagStatus, isComplete ? flagStatuses.complete : flagStatuses.flagged)
    .set(known.todoItemFlags, isTodo)
    .set(known.flagRequest, 'Follow up')
    .set(known.todoTitle, bag.get(known.subject))
    .set(known.taskComplete, isComplete)
    .set(known.taskStatus, isComplete ? taskStatuses.complete : taskStatuses.notStarted)
    .set(known.taskPercentComplete, isComplete ? 1 : 0)
    .set(known.taskStartDate, start)
    .set(known.taskDueDate, due)
    .set(known.commonStart, start)
    .set(known.commonEnd, due)
  if (!isComplete) {
    bag.set(known.followupIcon, redIcon)
    return
  }
  const completed = timeOf(flag.completedDateTime) ?? toFileTime(nowMs)
  bag.set(known.flagCompleteTime, completed).set(known.taskDateCompleted, completed)
}

function timeOf(value: DateTimeTimeZoneInput | null | undefined): bigint | undefined {
  return value === null || value === undefined ? undefined : toFileTime(fromDateTimeTimeZone(value))
}
