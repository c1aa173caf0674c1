import { numbered, tagged } from './property.ts'
import { propertySets } from './property-sets.ts'

const { appointment, meeting, calendarAssistant, common } = propertySets

/** Properties of appointments and meetings (MS-OXOCAL section 2.2, numbers from MS-OXPROPS). */
export const calendarProperties = {
  startWhole: numbered(appointment, 0x820d, 'time'),
  endWhole: numbered(appointment, 0x820e, 'time'),
  durationMinutes: numbered(appointment, 0x8213, 'integer32'),
  location: numbered(appointment, 0x8208, 'string'),
  /** 0 free, 1 tentative, 2 busy, 3 out of office, 4 working elsewhere (MS-OXOCAL 2.2.1.2). */
  busyStatus: numbered(appointment, 0x8205, 'integer32'),
  intendedBusyStatus: numbered(appointment, 0x8224, 'integer32'),
  /** Whether it lasts whole days. */
  allDay: numbered(appointment, 0x8215, 'boolean'),
  recurring: numbered(appointment, 0x8223, 'boolean'),
  /** 0 none, 1 daily, 2 weekly, 3 monthly, 4 yearly (MS-OXOCAL 2.2.1.45). */
  recurrenceType: numbered(appointment, 0x8231, 'integer32'),
  recurrenceText: numbered(appointment, 0x8232, 'string'),
  recurrence: numbered(appointment, 0x8216, 'binary'),
  clipStart: numbered(appointment, 0x8235, 'time'),
  clipEnd: numbered(appointment, 0x8236, 'time'),
  sequence: numbered(appointment, 0x8201, 'integer32'),
  sequenceTime: numbered(appointment, 0x8202, 'time'),
  lastSequence: numbered(appointment, 0x8203, 'integer32'),
  changeHighlight: numbered(appointment, 0x8204, 'integer32'),
  auxiliaryFlags: numbered(appointment, 0x8207, 'integer32'),
  color: numbered(appointment, 0x8214, 'integer32'),
  /** Bits: 1 a meeting, 2 received, 4 cancelled (MS-OXOCAL 2.2.1.10). */
  stateFlags: numbered(appointment, 0x8217, 'integer32'),
  /** 0 none, 1 organized, 2 tentative, 3 accepted, 4 declined, 5 not responded (MS-OXOCAL 2.2.1.11). */
  responseStatus: numbered(appointment, 0x8218, 'integer32'),
  replyTime: numbered(appointment, 0x8220, 'time'),
  replyName: numbered(appointment, 0x8230, 'string'),
  invited: numbered(appointment, 0x8229, 'boolean'),
  hasExceptionalAttendees: numbered(appointment, 0x822b, 'boolean'),
  hasExceptionalBody: numbered(appointment, 0x8206, 'boolean'),
  /** The original start of the occurrence that an exception replaces, in UTC. */
  exceptionReplaceTime: numbered(appointment, 0x8228, 'time'),
  zoneStruct: numbered(appointment, 0x8233, 'binary'),
  zoneDescription: numbered(appointment, 0x8234, 'string'),
  zoneDefinitionStart: numbered(appointment, 0x825e, 'binary'),
  zoneDefinitionEnd: numbered(appointment, 0x825f, 'binary'),
  zoneDefinitionRecurrence: numbered(appointment, 0x8260, 'binary'),
  allAttendees: numbered(appointment, 0x8238, 'string'),
  toAttendees: numbered(appointment, 0x823b, 'string'),
  ccAttendees: numbered(appointment, 0x823c, 'string'),
  isCounterProposal: numbered(appointment, 0x8257, 'boolean'),
  proposedStart: numbered(appointment, 0x8250, 'time'),
  proposedEnd: numbered(appointment, 0x8251, 'time'),
  proposedDurationMinutes: numbered(appointment, 0x8256, 'integer32'),
  disallowsProposals: numbered(appointment, 0x825a, 'boolean'),
  globalObjectId: numbered(meeting, 0x0003, 'binary'),
  cleanGlobalObjectId: numbered(meeting, 0x0023, 'binary'),
  meetingLocation: numbered(meeting, 0x0002, 'string'),
  isRecurringMeeting: numbered(meeting, 0x0005, 'boolean'),
  isException: numbered(meeting, 0x000a, 'boolean'),
  attendeeCriticalChange: numbered(meeting, 0x0001, 'time'),
  ownerCriticalChange: numbered(meeting, 0x001a, 'time'),
  /** 1 a request, 0x10000 a full update, 0x20000 informational (MS-OXOCAL 2.2.6.5). */
  meetingType: numbered(meeting, 0x0026, 'integer32'),
  appointmentClass: numbered(meeting, 0x0024, 'string'),
  clientIntent: numbered(calendarAssistant, 0x0015, 'integer32'),
  sideEffects: numbered(common, 0x8510, 'integer32'),
  ownerAppointmentId: tagged(0x0062, 'integer32'),
  startDate: tagged(0x0060, 'time'),
  endDate: tagged(0x0061, 'time'),
  responseRequested: tagged(0x0063, 'boolean'),
  replyRequested: tagged(0x0c17, 'boolean'),
} as const
