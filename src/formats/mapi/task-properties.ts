import { numbered } from './property.ts'
import { propertySets } from './property-sets.ts'

const { task } = propertySets

/** Properties of tasks (MS-OXOTASK section 2.2.2.2); those that mails share for follow-up are in message-properties. */
export const taskProperties = {
  /** 0 not started, 1 in progress, 2 complete, 3 waiting, 4 deferred. */
  status: numbered(task, 0x8101, 'integer32'),
  /** 0 to 1. */
  percentComplete: numbered(task, 0x8102, 'float64'),
  teamTask: numbered(task, 0x8103, 'boolean'),
  /** Midnight of the local day, as if it were UTC. */
  startDate: numbered(task, 0x8104, 'time'),
  dueDate: numbered(task, 0x8105, 'time'),
  resetReminder: numbered(task, 0x8107, 'boolean'),
  accepted: numbered(task, 0x8108, 'boolean'),
  deadOccurrence: numbered(task, 0x8109, 'boolean'),
  dateCompleted: numbered(task, 0x810f, 'time'),
  actualEffortMinutes: numbered(task, 0x8110, 'integer32'),
  estimatedEffortMinutes: numbered(task, 0x8111, 'integer32'),
  version: numbered(task, 0x8112, 'integer32'),
  /** 1: not assigned to anybody else. */
  state: numbered(task, 0x8113, 'integer32'),
  lastUpdate: numbered(task, 0x8115, 'time'),
  recurrence: numbered(task, 0x8116, 'binary'),
  complete: numbered(task, 0x811c, 'boolean'),
  owner: numbered(task, 0x811f, 'string'),
  fixOffline: numbered(task, 0x812c, 'boolean'),
  recurring: numbered(task, 0x8126, 'boolean'),
  role: numbered(task, 0x8127, 'string'),
  ownership: numbered(task, 0x8129, 'integer32'),
  acceptanceState: numbered(task, 0x812a, 'integer32'),
  ordinal: numbered(task, 0x8123, 'integer32'),
} as const
