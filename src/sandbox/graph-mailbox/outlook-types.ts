import { type Structure, complex, dateTimeOffset, listOf, oneOf, text } from '../http/json/kinds.ts'

/** An address with its name. */
export const emailAddressType = {
  name: 'microsoft.graph.emailAddress',
  properties: { name: text, address: text },
} as const satisfies Structure

/** Somebody whom an item names. */
export const recipientType = {
  name: 'microsoft.graph.recipient',
  properties: { emailAddress: complex(emailAddressType) },
} as const satisfies Structure

/** A body in one of its two forms. */
export const itemBodyType = {
  name: 'microsoft.graph.itemBody',
  properties: { contentType: oneOf('bodyType', ['text', 'html']), content: text },
} as const satisfies Structure

/** A time on the clocks of a zone. */
export const dateTimeTimeZoneType = {
  name: 'microsoft.graph.dateTimeTimeZone',
  properties: { dateTime: text, timeZone: text },
} as const satisfies Structure

/** A follow-up with its dates. */
export const followUpFlagType = {
  name: 'microsoft.graph.followupFlag',
  properties: {
    completedDateTime: complex(dateTimeTimeZoneType),
    dueDateTime: complex(dateTimeTimeZoneType),
    startDateTime: complex(dateTimeTimeZoneType),
    flagStatus: oneOf('followupFlagStatus', ['notFlagged', 'complete', 'flagged']),
  },
} as const satisfies Structure

/** One header field. */
export const internetMessageHeaderType = {
  name: 'microsoft.graph.internetMessageHeader',
  properties: { name: text, value: text },
} as const satisfies Structure

const singleValueType = {
  name: 'microsoft.graph.singleValueLegacyExtendedProperty',
  properties: { id: text, value: text },
} as const satisfies Structure

const multiValueType = {
  name: 'microsoft.graph.multiValueLegacyExtendedProperty',
  properties: { id: text, value: listOf(text) },
} as const satisfies Structure

/** The two navigation properties that every item and folder of Exchange has. */
export const extendedProperties = {
  singleValueExtendedProperties: listOf(complex(singleValueType)),
  multiValueExtendedProperties: listOf(complex(multiValueType)),
} as const

/** Their names, for `$expand`. */
export const extendedPropertyNames = ['singleValueExtendedProperties', 'multiValueExtendedProperties'] as const

/** What every item of Outlook has; clients may set the categories only. */
export const outlookItemProperties = {
  id: text,
  createdDateTime: dateTimeOffset,
  lastModifiedDateTime: dateTimeOffset,
  changeKey: text,
  categories: listOf(text),
} as const
