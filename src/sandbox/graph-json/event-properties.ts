import { named } from '../../formats/mapi/property.ts'
import { propertySets } from '../../formats/mapi/property-sets.ts'

const { calendarAssistant } = propertySets

/**
 * What Graph's event has and no published property holds. Exchange keeps these under names that it does not tell; ours are
 * in the set of its calendar assistant, so that an export carries them along.
 */
export const eventProperties = {
  transactionId: named(calendarAssistant, 'TransactionId', 'string'),
  /** Graph's `locations` as JSON; only as good as PidLidLocation still says the same. */
  locations: named(calendarAssistant, 'LocationsJson', 'string'),
  hideAttendees: named(calendarAssistant, 'HideAttendees', 'boolean'),
  onlineMeetingProvider: named(calendarAssistant, 'OnlineMeetingProvider', 'string'),
  onlineMeetingUrl: named(calendarAssistant, 'OnlineMeetingJoinUrl', 'string'),
  onlineMeetingId: named(calendarAssistant, 'OnlineMeetingConferenceId', 'string'),
} as const
