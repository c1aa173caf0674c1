import { calendarProperties } from '../mapi/calendar-properties.ts'
import { toFileTime } from '../mapi/file-time.ts'
import { messageProperties } from '../mapi/message-properties.ts'
import type { MapiMessage } from '../mapi/message.ts'
import { PropertyBag } from '../mapi/property-bag.ts'
import { taskProperties } from '../mapi/task-properties.ts'
import { reminderMinutesOf, setReminder } from './alarm.ts'
import { attachmentsOf } from './calendar-attachments.ts'
import { calendarError } from './calendar-error.ts'
import type { CalendarTime } from './calendar-time.ts'
import { readDurationMs, readTime } from './calendar-time.ts'
import type { ConversionContext } from './conversion.ts'
import { setSharedFacts, setStamp } from './event-facts.ts'
import { globalObjectIdOf } from './global-object-id.ts'
import type { CalendarComponent } from './icalendar-components.ts'
import { assertReadable, firstOf, integerOf, textOf } from './icalendar-components.ts'
import { keepOthers } from './kept-properties.ts'
import { dayMs, dayOf } from './local-time.ts'
import { writePatternBlob } from './recurrence-blob.ts'
import { blobOfPattern } from './recurrence-of-blob.ts'
import { recurrenceOfRule } from './recurrence-rule.ts'
import { ruleOf } from './series-message.ts'
import { toLocal, toUtc } from './zone.ts'

/** PidLidTaskStatus by STATUS; a cancelled task is deferred, Exchange has nothing nearer. */
const statuses: Readonly<Record<string, number>> = { 'NEEDS-ACTION': 0, 'IN-PROCESS': 1, 'COMPLETED': 2, 'CANCELLED': 4 }
const complete = 2
const iconIndex = 0x500
/** PidLidTaskOwnership of a task that was never assigned, PidLidTaskState of one's own. */
const own = 1

/**
 * The task of a VTODO (MS-OXOTASK). Start and due are days to Exchange; the times are kept in PidLidCommonStart and
 * PidLidCommonEnd. The UID is kept as an appointment's is, since tasks have no place for it.
 */
export function taskMessage(task: CalendarComponent, uid: string, context: ConversionContext): MapiMessage {
  const { zones, lost } = context
  assertReadable(task, ['dtstart', 'due', 'duration', 'rrule', 'exrule'])
  const bag = new PropertyBag().set(messageProperties.messageClass, 'IPM.Task')
  setSharedFacts(task, zones, bag, lost)
  const start = timeOf(task, 'dtstart', context)
  const due = timeOf(task, 'due', context) ?? dueByDuration(task, start)
  setDates(bag, start, due)
  setProgress(bag, task, context)
  setStamp(task, false, zones, bag, lost)
  const anchor = due ?? start
  if (anchor !== undefined) {
    const at = { startMs: (start ?? anchor).utcMs, endMs: anchor.utcMs }
    setReminder(bag, reminderMinutesOf(task, at, zones, lost), at.startMs)
  } else if (task.components.some(({ name }) => name === 'valarm')) lost.add('valarm')
  setRecurrence(bag, task, start ?? due)
  keepOthers(task, 'task', bag, lost)
  bag
    .set(calendarProperties.globalObjectId, globalObjectIdOf(uid))
    .set(calendarProperties.cleanGlobalObjectId, globalObjectIdOf(uid))
    .set(taskProperties.version, 1)
    .set(taskProperties.state, own)
    .set(taskProperties.teamTask, false)
    .set(taskProperties.acceptanceState, 0)
    .set(taskProperties.ownership, 0)
    .set(messageProperties.iconIndex, iconIndex)
  return { properties: bag, recipients: [], attachments: attachmentsOf(task, lost) }
}

function timeOf(task: CalendarComponent, name: string, { zones }: ConversionContext): CalendarTime | undefined {
  const property = firstOf(task, name)
  return property === undefined ? undefined : readTime(property.values[0], property, zones)
}

function dueByDuration(task: CalendarComponent, start: CalendarTime | undefined): CalendarTime | undefined {
  const property = firstOf(task, 'duration')
  if (property === undefined || start === undefined) return undefined
  const utcMs = start.utcMs + readDurationMs(property.values[0])
  return { ...start, utcMs, localMs: toLocal(start.zone, utcMs) }
}

/** The days as if midnight were in UTC, the instants beside them (MS-OXOTASK 2.2.2.2.4 and 5). */
function setDates(bag: PropertyBag, start: CalendarTime | undefined, due: CalendarTime | undefined): void {
  const zoned = [start, due].find((time) => time?.isDate === false) ?? start ?? due
  // A date beside a time begins by the same clock.
  const instant = (time: CalendarTime): number =>
    time.isDate && zoned !== undefined ? toUtc(zoned.zone, time.localMs) : time.utcMs
  bag
    .set(taskProperties.startDate, start && toFileTime(dayOf(start.localMs) * dayMs))
    .set(taskProperties.dueDate, due && toFileTime(dayOf(due.localMs) * dayMs))
    .set(messageProperties.commonStart, start && toFileTime(instant(start)))
    .set(messageProperties.commonEnd, due && toFileTime(instant(due)))
    .set(calendarProperties.zoneDescription, zoned?.zone.id)
}

function setProgress(bag: PropertyBag, task: CalendarComponent, context: ConversionContext): void {
  const named = statuses[(textOf(task, 'status') ?? '').toUpperCase()]
  const completed = timeOf(task, 'completed', context)
  const percent = Math.min(Math.max(integerOf(task, 'percent-complete') ?? 0, 0), 100)
  const status = named ?? (completed !== undefined || percent === 100 ? complete : percent > 0 ? 1 : 0)
  bag
    .set(taskProperties.status, status)
    .set(taskProperties.complete, status === complete)
    .set(taskProperties.percentComplete, status === complete ? 1 : percent / 100)
    .set(taskProperties.dateCompleted, completed && toFileTime(completed.utcMs))
}

function setRecurrence(bag: PropertyBag, task: CalendarComponent, anchor: CalendarTime | undefined): void {
  const rule = ruleOf(task)
  bag.set(taskProperties.recurring, rule !== undefined)
  if (rule === undefined) return
  if (anchor === undefined) throw calendarError('incomplete', 'A repeated task has no date.')
  const { zone } = anchor
  const recurrence = recurrenceOfRule(rule, {
    localMs: anchor.localMs,
    isDate: anchor.isDate,
    toLocal: (utcMs) => toLocal(zone, utcMs),
  })
  bag.set(taskProperties.recurrence, writePatternBlob(blobOfPattern(recurrence))).set(taskProperties.deadOccurrence, false)
}
