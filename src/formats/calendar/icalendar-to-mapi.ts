import { createHash } from 'node:crypto'
import { MigrationError } from '../../core/errors.ts'
import { calendarProperties } from '../mapi/calendar-properties.ts'
import { toFileTime } from '../mapi/file-time.ts'
import type { MapiMessage } from '../mapi/message.ts'
import { calendarError } from './calendar-error.ts'
import type { CalendarTime } from './calendar-time.ts'
import { CalendarZones, localMsIn, readDurationMs, readTime } from './calendar-time.ts'
import type { CalendarConversion, ConversionContext, ConvertedItem, IcalendarOptions } from './conversion.ts'
import { eventMessage, setIds, setTimes } from './event-message.ts'
import { eventTimesOf } from './event-times.ts'
import type { CalendarComponent } from './icalendar-components.ts'
import { allOf, firstOf, integerOf, parseComponents, textOf } from './icalendar-components.ts'
import { civilOf, dayOf } from './local-time.ts'
import { meetingMessage } from './meeting-message.ts'
import { recurrenceIdOf, ruleOf, seriesMessage } from './series-message.ts'
import { taskMessage } from './task-message.ts'
import { toUtc, utcZone } from './zone.ts'
import { zoneByName } from './windows-zone.ts'

const appointmentClass = 'IPM.Appointment'
/** Additional dates of one event, each of which becomes an item. */
const additionsMax = 1_000
const convertible: ReadonlySet<string> = new Set(['vevent', 'vtodo'])
/** Components that are no entries of a calendar: definitions, and answers about somebody's time. */
const passedOver: ReadonlySet<string> = new Set(['vtimezone', 'vfreebusy', 'vavailability'])

/**
 * The items of an iCalendar text, as Exchange makes them (MS-OXCICAL): an appointment for each UID, overrides inside their
 * series, a task for each VTODO, a meeting message for what has a METHOD to be answered. Throws the first failure; see
 * {@link convertIcalendar} for all of them.
 */
export function icalendarToMapi(text: string, options: IcalendarOptions = {}): readonly MapiMessage[] {
  const { items, failures } = convertIcalendar(text, options)
  if (failures[0] !== undefined) throw failures[0].error
  return items.map(({ message }) => message)
}

/**
 * The same with what failed and what was lost, entry by entry. What Exchange drops and this does not: an additional date
 * (RDATE) and an override of an occurrence that the series does not have become appointments of their own, with the id of
 * the series and their day in it. Throws only when the text is no calendar: `calendar.unparsable`, `calendar.too-large`,
 * or `calendar.incomplete` for a zone in the options that nobody knows.
 */
export function convertIcalendar(text: string, options: IcalendarOptions = {}): CalendarConversion {
  const floating = options.zone === undefined ? utcZone : zoneByName(options.zone)
  if (floating === undefined) throw calendarError('incomplete', 'The zone of the mailbox is not known.')
  const items: ConvertedItem[] = []
  const failures: { uid: string | undefined; error: MigrationError }[] = []
  for (const calendar of parseComponents(text)) {
    const zones = new CalendarZones(calendar, floating)
    const method = options.ignoresMethod === true ? undefined : textOf(calendar, 'method')?.toUpperCase()
    for (const [uid, entries] of entriesByUid(calendar)) {
      const context = { zones, owner: options.owner, lost: new Set<string>() }
      try {
        if (entries.some(isEncoded)) throw calendarError('unsupported', 'An entry is in the encoding of vCalendar 1.0.')
        const messages = convertEntries(entries, uid, method, context)
        items.push(...messages.map((message) => ({ uid, message, lost: [...context.lost].toSorted() })))
      } catch (error) {
        if (!(error instanceof MigrationError)) throw error
        failures.push({ uid: textOf(entries[0] ?? calendar, 'uid'), error })
      }
    }
  }
  return { items, failures }
}

/** Entries by UID and kind, in the order in which they come; one without gets one of its content. */
function entriesByUid(
  calendar: CalendarComponent,
): readonly (readonly [uid: string, entries: readonly CalendarComponent[]])[] {
  const groups = new Map<string, { uid: string; entries: CalendarComponent[] }>()
  for (const entry of calendar.components) {
    if (passedOver.has(entry.name)) continue
    const uid = textOf(entry, 'uid') ?? createHash('sha256').update(JSON.stringify(entry)).digest('hex').slice(0, 40)
    const group = groups.get(`${entry.name} ${uid}`) ?? { uid, entries: [] }
    group.entries.push(entry)
    groups.set(`${entry.name} ${uid}`, group)
  }
  return [...groups.values()].map(({ uid, entries }) => [uid, entries] as const)
}

function convertEntries(
  entries: readonly CalendarComponent[],
  uid: string,
  method: string | undefined,
  context: ConversionContext,
): readonly MapiMessage[] {
  const [first] = entries
  if (first === undefined || !convertible.has(first.name))
    throw calendarError('unsupported', 'A calendar has an entry of another kind.')
  if (first.name === 'vtodo') return [taskMessage(latestOf(entries) ?? first, uid, context)]
  const overrides = entries.filter((entry) => hasProperty(entry, 'recurrence-id'))
  const master = latestOf(entries.filter((entry) => !overrides.includes(entry)))
  if (entries.length - overrides.length > 1) context.lost.add('superseded')
  if (method !== undefined && method !== 'PUBLISH') {
    return (master === undefined ? overrides : [master]).map((event) =>
      meetingMessage(event, event === master ? overrides : [], uid, method, context),
    )
  }
  if (master === undefined) return overrides.map((override) => strayMessage(override, uid, context))
  const rule = ruleOf(master)
  if (rule === undefined) {
    const { message } = eventMessage(master, { uid, messageClass: appointmentClass }, context)
    return [message, ...additions(master, uid, context), ...overrides.map((each) => strayMessage(each, uid, context))]
  }
  const { message, strays } = seriesMessage(master, overrides, rule, uid, appointmentClass, context)
  return [message, ...additions(master, uid, context), ...strays.map((each) => strayMessage(each, uid, context))]
}

/** An override without its series: an appointment that knows which occurrence it was. */
function strayMessage(override: CalendarComponent, uid: string, context: ConversionContext): MapiMessage {
  const original = recurrenceIdOf(override, context)
  const instance = civilOf(dayOf(localMsIn(original.zone, original)))
  const { message } = eventMessage(override, { uid, instance, messageClass: appointmentClass }, context)
  message.properties.set(calendarProperties.exceptionReplaceTime, toFileTime(original.utcMs))
  return message
}

/** An appointment for each RDATE that is not the start itself. */
function additions(master: CalendarComponent, uid: string, context: ConversionContext): readonly MapiMessage[] {
  const { zones, lost } = context
  const own = eventTimesOf(master, zones, lost)
  const dates = allOf(master, 'rdate').flatMap((property) => property.values.map((value) => ({ property, value })))
  if (dates.length > additionsMax) throw calendarError('too-large', 'An event has too many additional dates.')
  const seen = new Set([own.start.utcMs])
  return dates.flatMap(({ property, value }) => {
    const [from, to] = Array.isArray(value) ? (value as readonly unknown[]) : [value]
    const read = readTime(from, property, zones)
    const start = own.start.isDate ? { ...read, isDate: true } : read
    if (seen.has(start.utcMs)) return []
    seen.add(start.utcMs)
    const end = endOfAddition(start, to, own.end.utcMs - own.start.utcMs, own.end.localMs - own.start.localMs, (each) =>
      readTime(each, property, zones),
    )
    const instance = civilOf(dayOf(start.localMs))
    const { message } = eventMessage(master, { uid, instance, messageClass: appointmentClass }, context)
    setTimes(message.properties, { ...own, start, end })
    setIds(message.properties, { uid, instance })
    message.properties.set(calendarProperties.exceptionReplaceTime, toFileTime(start.utcMs))
    return [message]
  })
}

function endOfAddition(
  start: CalendarTime,
  to: unknown,
  durationMs: number,
  durationLocalMs: number,
  read: (value: unknown) => CalendarTime,
): CalendarTime {
  if (typeof to === 'string' && !to.startsWith('P')) return read(to)
  if (to !== undefined) return { ...start, utcMs: start.utcMs + readDurationMs(to) }
  if (!start.isDate) return { ...start, utcMs: start.utcMs + durationMs }
  return { ...start, utcMs: toUtc(start.zone, start.localMs + durationLocalMs), localMs: start.localMs + durationLocalMs }
}

/** Of several versions of an entry the one with the highest SEQUENCE, of equals the last. */
function latestOf(entries: readonly CalendarComponent[]): CalendarComponent | undefined {
  return entries.reduce<CalendarComponent | undefined>(
    (best, entry) =>
      best === undefined || (integerOf(entry, 'sequence') ?? 0) >= (integerOf(best, 'sequence') ?? 0) ? entry : best,
    undefined,
  )
}

/** Whether a text is in quoted-printable, of which unfolding leaves nothing to decode. */
function isEncoded({ properties }: CalendarComponent): boolean {
  return properties.some(({ parameters }) => /^quoted-printable$/i.test(parameters['encoding'] ?? ''))
}

function hasProperty(entry: CalendarComponent, name: string): boolean {
  return firstOf(entry, name) !== undefined || entry.unreadable.includes(name)
}
