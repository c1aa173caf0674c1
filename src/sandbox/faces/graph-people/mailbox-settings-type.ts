import { dateTimeTimeZoneType } from '../../graph-mailbox/outlook-types.ts'
import { complex, int32, listOf, oneOf, type Structure, text, timeOfDay } from '../../http/json/kinds.ts'

/** Enumerations of the settings, as Graph writes their members. */
export const settingsEnumerations = {
  status: ['disabled', 'alwaysEnabled', 'scheduled'],
  externalAudience: ['none', 'contactsOnly', 'all'],
  dayOfWeek: ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'],
  delegateDelivery: ['sendToDelegateAndInformationToPrincipal', 'sendToDelegateAndPrincipal', 'sendToDelegateOnly'],
  userPurpose: ['user', 'linked', 'shared', 'room', 'equipment', 'others', 'unknownFutureValue'],
} as const

const dayOfWeek = oneOf('dayOfWeek', settingsEnumerations.dayOfWeek)

const automaticRepliesType = {
  name: 'microsoft.graph.automaticRepliesSetting',
  properties: {
    status: oneOf('automaticRepliesStatus', settingsEnumerations.status),
    externalAudience: oneOf('externalAudienceScope', settingsEnumerations.externalAudience),
    externalReplyMessage: text,
    internalReplyMessage: text,
    scheduledStartDateTime: complex(dateTimeTimeZoneType),
    scheduledEndDateTime: complex(dateTimeTimeZoneType),
  },
} as const satisfies Structure

const offset = { dayOccurrence: int32, dayOfWeek, month: int32, time: timeOfDay, year: int32 } as const

const customTimeZoneType = {
  name: 'microsoft.graph.customTimeZone',
  properties: {
    name: text,
    bias: int32,
    standardOffset: complex({ name: 'microsoft.graph.standardTimeZoneOffset', properties: offset }),
    daylightOffset: complex({ name: 'microsoft.graph.daylightTimeZoneOffset', properties: { ...offset, daylightBias: int32 } }),
  },
} as const satisfies Structure

const timeZoneType = {
  name: 'microsoft.graph.timeZoneBase',
  properties: { name: text },
  derived: () => [customTimeZoneType],
} as const satisfies Structure

const workingHoursType = {
  name: 'microsoft.graph.workingHours',
  properties: { daysOfWeek: listOf(dayOfWeek), startTime: timeOfDay, endTime: timeOfDay, timeZone: complex(timeZoneType) },
} as const satisfies Structure

const localeType = {
  name: 'microsoft.graph.localeInfo',
  properties: { locale: text, displayName: text },
} as const satisfies Structure

/** The settings of a mailbox as clients give them. */
export const mailboxSettingsType = {
  name: 'microsoft.graph.mailboxSettings',
  properties: {
    archiveFolder: text,
    automaticRepliesSetting: complex(automaticRepliesType),
    dateFormat: text,
    delegateMeetingMessageDeliveryOptions: oneOf('delegateMeetingMessageDeliveryOptions', settingsEnumerations.delegateDelivery),
    language: complex(localeType),
    timeFormat: text,
    timeZone: text,
    userPurpose: oneOf('userPurpose', settingsEnumerations.userPurpose),
    workingHours: complex(workingHoursType),
  },
} as const satisfies Structure
