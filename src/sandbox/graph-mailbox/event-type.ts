import { type Structure, complex, date, dateTimeOffset, double, flag, int32, listOf, oneOf, text } from '../http/json/kinds.ts'
import { attachmentType } from './attachment-type.ts'
import { dateTimeTimeZoneType, emailAddressType, extendedProperties, itemBodyType, outlookItemProperties, recipientType } from './outlook-types.ts'

/** From when to when: a proposed time. */
export const timeSlotType = {
  name: 'microsoft.graph.timeSlot',
  properties: { start: complex(dateTimeTimeZoneType), end: complex(dateTimeTimeZoneType) },
} as const satisfies Structure

const responseStatusType = {
  name: 'microsoft.graph.responseStatus',
  properties: {
    response: oneOf('responseType', ['none', 'organizer', 'tentativelyAccepted', 'accepted', 'declined', 'notResponded']),
    time: dateTimeOffset,
  },
} as const satisfies Structure

const attendeeType = {
  name: 'microsoft.graph.attendee',
  properties: {
    type: oneOf('attendeeType', ['required', 'optional', 'resource']),
    emailAddress: complex(emailAddressType),
    status: complex(responseStatusType),
    proposedNewTime: complex(timeSlotType),
  },
} as const satisfies Structure

const physicalAddressType = {
  name: 'microsoft.graph.physicalAddress',
  properties: { street: text, city: text, state: text, countryOrRegion: text, postalCode: text },
} as const satisfies Structure

const coordinatesType = {
  name: 'microsoft.graph.outlookGeoCoordinates',
  properties: { latitude: double, longitude: double, accuracy: double, altitude: double, altitudeAccuracy: double },
} as const satisfies Structure

const locationKinds = [
  'default',
  'conferenceRoom',
  'homeAddress',
  'businessAddress',
  'geoCoordinates',
  'streetAddress',
  'hotel',
  'restaurant',
  'localBusiness',
  'postalAddress',
] as const

const locationType = {
  name: 'microsoft.graph.location',
  properties: {
    address: complex(physicalAddressType),
    coordinates: complex(coordinatesType),
    displayName: text,
    locationEmailAddress: text,
    locationType: oneOf('locationType', locationKinds),
    locationUri: text,
    uniqueId: text,
    uniqueIdType: oneOf('locationUniqueIdType', ['unknown', 'locationStore', 'directory', 'private', 'bing']),
  },
} as const satisfies Structure

const dayOfWeek = oneOf('dayOfWeek', ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'])

/** When a series or a task repeats. */
export const patternedRecurrenceType = {
  name: 'microsoft.graph.patternedRecurrence',
  properties: {
    pattern: complex({
      name: 'microsoft.graph.recurrencePattern',
      properties: {
        type: oneOf('recurrencePatternType', ['daily', 'weekly', 'absoluteMonthly', 'relativeMonthly', 'absoluteYearly', 'relativeYearly']),
        interval: int32,
        month: int32,
        dayOfMonth: int32,
        daysOfWeek: listOf(dayOfWeek),
        firstDayOfWeek: dayOfWeek,
        index: oneOf('weekIndex', ['first', 'second', 'third', 'fourth', 'last']),
      },
    }),
    range: complex({
      name: 'microsoft.graph.recurrenceRange',
      properties: {
        type: oneOf('recurrenceRangeType', ['endDate', 'noEnd', 'numbered']),
        startDate: date,
        endDate: date,
        recurrenceTimeZone: text,
        numberOfOccurrences: int32,
      },
    }),
  },
} as const satisfies Structure

const onlineMeetingProvider = oneOf('onlineMeetingProviderType', ['unknown', 'skypeForBusiness', 'skypeForConsumer', 'teamsForBusiness'])

const onlineMeetingType = {
  name: 'microsoft.graph.onlineMeetingInfo',
  properties: { conferenceId: text, joinUrl: text, quickDial: text, tollFreeNumbers: listOf(text), tollNumber: text },
} as const satisfies Structure

/** An event as clients give it; much of it is Exchange's to say, and passed over. */
export const eventType = {
  name: 'microsoft.graph.event',
  properties: {
    ...outlookItemProperties,
    ...extendedProperties,
    allowNewTimeProposals: flag,
    attachments: listOf(complex(() => attachmentType)),
    attendees: listOf(complex(attendeeType)),
    body: complex(itemBodyType),
    bodyPreview: text,
    cancelledOccurrences: listOf(text),
    end: complex(dateTimeTimeZoneType),
    hasAttachments: flag,
    hideAttendees: flag,
    iCalUId: text,
    importance: oneOf('importance', ['low', 'normal', 'high']),
    isAllDay: flag,
    isCancelled: flag,
    isDraft: flag,
    isOnlineMeeting: flag,
    isOrganizer: flag,
    isReminderOn: flag,
    location: complex(locationType),
    locations: listOf(complex(locationType)),
    onlineMeeting: complex(onlineMeetingType),
    onlineMeetingProvider,
    onlineMeetingUrl: text,
    organizer: complex(recipientType),
    originalEndTimeZone: text,
    originalStart: dateTimeOffset,
    originalStartTimeZone: text,
    recurrence: complex(patternedRecurrenceType),
    reminderMinutesBeforeStart: int32,
    responseRequested: flag,
    responseStatus: complex(responseStatusType),
    sensitivity: oneOf('sensitivity', ['normal', 'personal', 'private', 'confidential']),
    seriesMasterId: text,
    showAs: oneOf('freeBusyStatus', ['unknown', 'free', 'tentative', 'busy', 'oof', 'workingElsewhere']),
    start: complex(dateTimeTimeZoneType),
    subject: text,
    transactionId: text,
    type: oneOf('eventType', ['singleInstance', 'occurrence', 'exception', 'seriesMaster']),
    webLink: text,
  },
} as const satisfies Structure
