import { zoneByName } from '../../../formats/calendar/windows-zone.ts'
import { type DateTimeTimeZoneJson, fromDateTimeTimeZone, toDateTimeTimeZone } from '../../graph-json/date-time.ts'
import { GraphError } from '../../http/graph-error.ts'
import type { BodyOf } from '../../http/json/kinds.ts'
import { toFolderId } from '../../mailbox/ids.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import { dateFormatOf, findLocale, type LocaleInfo, timeFormatOf } from './locales.ts'
import { type mailboxSettingsType, settingsEnumerations } from './mailbox-settings-type.ts'
import { memberOf } from './member-of.ts'

/** Graph's `automaticRepliesSetting`. */
interface AutomaticReplies {
  readonly status: string
  readonly externalAudience: string
  readonly internalReplyMessage: string
  readonly externalReplyMessage: string
  readonly scheduledStartDateTime: DateTimeTimeZoneJson
  readonly scheduledEndDateTime: DateTimeTimeZoneJson
}

/** Graph's `workingHours`. */
interface WorkingHours {
  readonly daysOfWeek: readonly string[]
  readonly startTime: string
  readonly endTime: string
  readonly timeZone: object
}

/** Graph's `mailboxSettings`, whole. */
export interface MailboxSettingsJson {
  readonly archiveFolder: string | null
  readonly timeZone: string
  readonly delegateMeetingMessageDeliveryOptions: string
  readonly dateFormat: string
  readonly timeFormat: string
  readonly userPurpose: string
  readonly automaticRepliesSetting: AutomaticReplies
  readonly language: LocaleInfo
  readonly workingHours: WorkingHours
}

type SettingsInput = BodyOf<typeof mailboxSettingsType>
/** What a client can change. */
type Changeable = Omit<MailboxSettingsJson, 'archiveFolder' | 'userPurpose'>

const hourMs = 3_600_000

/** The settings as they are; what was never set is as in a new mailbox of its language. */
export function settingsOf(mailbox: Mailbox, nowMs: number): MailboxSettingsJson {
  const { graph, userPurpose } = mailbox.settings
  const set = graph as Partial<Changeable>
  const language = set.language ?? findLocale(mailbox.row.language) ?? { locale: 'en-US', displayName: 'English (United States)' }
  const thisHourMs = Math.floor(nowMs / hourMs) * hourMs
  const archive = mailbox.folders.wellKnown('archive')
  return {
    archiveFolder: archive === undefined ? null : toFolderId(mailbox.row.guid, archive.id),
    timeZone: set.timeZone ?? 'UTC',
    delegateMeetingMessageDeliveryOptions: set.delegateMeetingMessageDeliveryOptions ?? 'sendToDelegateOnly',
    dateFormat: set.dateFormat ?? dateFormatOf(language.locale),
    timeFormat: set.timeFormat ?? timeFormatOf(language.locale),
    userPurpose,
    automaticRepliesSetting: set.automaticRepliesSetting ?? {
      status: 'disabled',
      externalAudience: 'all',
      internalReplyMessage: '',
      externalReplyMessage: '',
      scheduledStartDateTime: toDateTimeTimeZone(thisHourMs),
      scheduledEndDateTime: toDateTimeTimeZone(thisHourMs + 24 * hourMs),
    },
    language,
    // Exchange's own, wherever the mailbox is (Graph's example of mailboxSettings).
    workingHours: set.workingHours ?? {
      daysOfWeek: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
      startTime: '08:00:00.0000000',
      endTime: '17:00:00.0000000',
      timeZone: { name: 'Pacific Standard Time' },
    },
  }
}

/**
 * What a body changes, complete and as it is kept; only the settings that the body names. Throws 400 in Exchange's words, or
 * a JsonRefusal.
 */
export function changedSettings(before: MailboxSettingsJson, input: SettingsInput): Partial<Changeable> {
  const { automaticRepliesSetting, dateFormat, delegateMeetingMessageDeliveryOptions, language, timeFormat, timeZone, workingHours } = input
  return {
    ...(isGiven(automaticRepliesSetting) && { automaticRepliesSetting: changedReplies(before.automaticRepliesSetting, automaticRepliesSetting) }),
    ...(isGiven(timeZone) && { timeZone: knownZone(timeZone) }),
    ...(isGiven(dateFormat) && { dateFormat: datePattern(dateFormat) }),
    ...(isGiven(timeFormat) && { timeFormat: timePattern(timeFormat) }),
    ...(isGiven(delegateMeetingMessageDeliveryOptions) && {
      delegateMeetingMessageDeliveryOptions: memberOf(settingsEnumerations.delegateDelivery, delegateMeetingMessageDeliveryOptions),
    }),
    ...(isGiven(language) && { language: knownLocale(language.locale ?? '') }),
    ...(isGiven(workingHours) && { workingHours: changedHours(before.workingHours, workingHours) }),
  }
}

function changedReplies(before: AutomaticReplies, input: NonNullable<SettingsInput['automaticRepliesSetting']>): AutomaticReplies {
  const { status, externalAudience, scheduledStartDateTime: start, scheduledEndDateTime: end } = input
  const after = {
    status: isGiven(status) ? memberOf(settingsEnumerations.status, status) : before.status,
    externalAudience: isGiven(externalAudience) ? memberOf(settingsEnumerations.externalAudience, externalAudience) : before.externalAudience,
    internalReplyMessage: input.internalReplyMessage === undefined ? before.internalReplyMessage : (input.internalReplyMessage ?? ''),
    externalReplyMessage: input.externalReplyMessage === undefined ? before.externalReplyMessage : (input.externalReplyMessage ?? ''),
    scheduledStartDateTime: isGiven(start) ? inUtc(start) : before.scheduledStartDateTime,
    scheduledEndDateTime: isGiven(end) ? inUtc(end) : before.scheduledEndDateTime,
  }
  if (after.status === 'scheduled' && after.scheduledEndDateTime.dateTime <= after.scheduledStartDateTime.dateTime) {
    throw new GraphError(400, 'ErrorInvalidScheduledOofDuration', 'The end of the automatic replies must be after their start.')
  }
  return after
}

function inUtc(given: Parameters<typeof fromDateTimeTimeZone>[0]): DateTimeTimeZoneJson {
  return toDateTimeTimeZone(fromDateTimeTimeZone(given))
}

function changedHours(before: WorkingHours, input: NonNullable<SettingsInput['workingHours']>): WorkingHours {
  const { daysOfWeek, startTime, endTime, timeZone } = input
  const after = {
    daysOfWeek: isGiven(daysOfWeek) ? [...new Set(daysOfWeek.map((day) => memberOf(settingsEnumerations.dayOfWeek, day)))] : before.daysOfWeek,
    startTime: isGiven(startTime) ? wholeTime(startTime) : before.startTime,
    endTime: isGiven(endTime) ? wholeTime(endTime) : before.endTime,
    timeZone: isGiven(timeZone) ? hoursZone(timeZone) : before.timeZone,
  }
  if (after.startTime >= after.endTime) throw new GraphError(400, 'ErrorInvalidArgument', 'The working hours must end after they start.')
  return after
}

/** `09:00` as Graph writes it: `09:00:00.0000000`. */
function wholeTime(text: string): string {
  const [hours = '', minutes = '', seconds = '00'] = text.split(':')
  const [whole = '00', fraction = ''] = seconds.split('.')
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(whole) > 59) throw new GraphError(400, 'ErrorInvalidArgument', `'${text}' is no time of a day.`)
  return `${hours}:${minutes}:${whole}.${fraction.slice(0, 7).padEnd(7, '0')}`
}

/** A zone by its name, or one with rules of its own. */
function hoursZone(zone: { readonly name?: string | null; readonly '@odata.type'?: string }): object {
  const type = zone['@odata.type'] ?? ''
  if (!type.endsWith('customTimeZone')) return { name: knownZone(zone.name ?? '') }
  const { standardOffset, daylightOffset, ...rest } = zone as typeof zone & Readonly<Record<'standardOffset' | 'daylightOffset', object | null | undefined>>
  return {
    ...rest,
    '@odata.type': '#microsoft.graph.customTimeZone',
    name: zone.name ?? 'Customized Time Zone',
    ...(isGiven(standardOffset) && { standardOffset: wholeOffset(standardOffset) }),
    ...(isGiven(daylightOffset) && { daylightOffset: wholeOffset(daylightOffset) }),
  }
}

function wholeOffset(offset: { readonly time?: string | null; readonly dayOfWeek?: string | null }): object {
  const { time, dayOfWeek } = offset
  return {
    ...offset,
    ...(isGiven(time) && { time: wholeTime(time) }),
    ...(isGiven(dayOfWeek) && { dayOfWeek: memberOf(settingsEnumerations.dayOfWeek, dayOfWeek) }),
  }
}

function knownZone(name: string): string {
  if (zoneByName(name) !== undefined) return name
  throw new GraphError(400, 'TimeZoneNotSupportedException', `The following TimeZone value is not supported: ${name}.`)
}

function knownLocale(name: string): LocaleInfo {
  const locale = findLocale(name)
  if (locale === undefined) throw new GraphError(400, 'ErrorInvalidArgument', `The language '${name}' is not supported.`)
  return locale
}

function datePattern(text: string): string {
  const names = [...text.matchAll(/[A-Za-z]+/g)].map(([name]) => name)
  const isPattern = names.length > 0 && names.every((name) => /^(?:d{1,4}|M{1,4}|y{1,4})$/.test(name)) && !/\d/.test(text)
  if (!isPattern) throw new GraphError(400, 'ErrorInvalidArgument', `'${text}' is no date format.`)
  return text
}

function timePattern(text: string): string {
  const names = [...text.matchAll(/[A-Za-z]+/g)].map(([name]) => name)
  const isPattern = names.length > 0 && names.every((name) => /^(?:h{1,2}|H{1,2}|m{1,2}|s{1,2}|t{1,2})$/.test(name)) && !/\d/.test(text)
  if (!isPattern) throw new GraphError(400, 'ErrorInvalidArgument', `'${text}' is no time format.`)
  return text
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined
}
