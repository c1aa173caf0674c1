/** As Graph writes them; index 0 is Sunday. */
export const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const
/** A day of the week. */
export type Weekday = (typeof weekdays)[number]

/** Which of the days of a month that match. */
export const weekIndexes = ['first', 'second', 'third', 'fourth', 'last'] as const
/** Which of them, or the last. */
export type WeekIndex = (typeof weekIndexes)[number]

/**
 * When a series repeats: the six patterns that Exchange knows, as Graph's recurrencePattern names them. `interval`
 * counts days, weeks, months or years. A `dayOfMonth` beyond the end of a month is that month's last day, as Exchange has it
 * (RFC 5545 leaves such months out).
 */
export type RecurrencePattern =
  | { readonly type: 'daily'; readonly interval: number }
  | {
      readonly type: 'weekly'
      readonly interval: number
      readonly daysOfWeek: readonly Weekday[]
      readonly firstDayOfWeek: Weekday
    }
  | { readonly type: 'absoluteMonthly'; readonly interval: number; readonly dayOfMonth: number }
  | {
      readonly type: 'relativeMonthly'
      readonly interval: number
      readonly daysOfWeek: readonly Weekday[]
      readonly index: WeekIndex
    }
  | { readonly type: 'absoluteYearly'; readonly interval: number; readonly dayOfMonth: number; readonly month: number }
  | {
      readonly type: 'relativeYearly'
      readonly interval: number
      readonly daysOfWeek: readonly Weekday[]
      readonly index: WeekIndex
      readonly month: number
    }

/** From when to when; dates are `2024-02-29`, in the zone of the series. `endDate` may itself be no occurrence. */
export type RecurrenceRange =
  | { readonly type: 'noEnd'; readonly startDate: string }
  | { readonly type: 'endDate'; readonly startDate: string; readonly endDate: string }
  | { readonly type: 'numbered'; readonly startDate: string; readonly numberOfOccurrences: number }

/**
 * An occurrence that is not like the others. Times are local ones of the series' zone. What is absent is as in the
 * series. `originalStart` keeps its time of day, which need not be the series' present one.
 */
export interface RecurrenceException {
  readonly originalStart: string
  readonly start: string
  readonly end: string
  readonly subject?: string
  readonly location?: string
  /** 0 free, 1 tentative, 2 busy, 3 out of office, 4 working elsewhere. */
  readonly busyStatus?: number
  readonly reminderMinutes?: number
  readonly reminderSet?: boolean
  readonly allDay?: boolean
  readonly hasAttachments?: boolean
  /** The bits of PidLidAppointmentStateFlags. */
  readonly meetingState?: number
  readonly color?: number
  readonly hasOwnBody?: boolean
  /** The bits of PidLidChangeHighlight. */
  readonly changeHighlight?: number
}

/** A series: dates by pattern and range, at one time of day, without the deleted and with the changed ones. */
export interface Recurrence {
  readonly pattern: RecurrencePattern
  readonly range: RecurrenceRange
  /** Minutes after midnight at which an occurrence starts. */
  readonly startMinutes: number
  readonly durationMinutes: number
  /** The dates of cancelled occurrences, ascending; those of exceptions are not among them. */
  readonly deletedDates: readonly string[]
  /** Ascending by `start`. */
  readonly exceptions: readonly RecurrenceException[]
}
