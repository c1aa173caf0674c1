import { MigrationError } from '../../core/errors.ts'

/** What can be wrong with a calendar item; the code of the error is `calendar.` and this. */
export type CalendarFault =
  /** The text is no iCalendar, or a value in it cannot be read. */
  | 'unparsable'
  /** A property without which the item makes no sense is missing: DTSTART, UID of an exception. */
  | 'incomplete'
  /** A recurrence that Exchange has no pattern for. */
  | 'recurrence-unsupported'
  /** A stored recurrence or time zone that cannot be read. */
  | 'blob-corrupt'
  /** A METHOD or kind of component that no item stands for. */
  | 'unsupported'
  /** More of something than the limits allow. */
  | 'too-large'

const hints: Readonly<Record<CalendarFault, string>> = {
  'unparsable': 'Export the calendar again, or correct the entry by hand.',
  'incomplete': 'Complete the entry in the source and run again.',
  'recurrence-unsupported': 'Change the rule of the series in the source to one that Exchange has, or enter it by hand.',
  'blob-corrupt': 'Open and save the series in Outlook, then run again.',
  'unsupported': 'Enter it by hand if it is needed.',
  'too-large': 'Split the calendar or the series.',
}

/** An item that cannot be converted; `detail` says what, without texts of the item. */
export function calendarError(fault: CalendarFault, detail: string, cause?: unknown): MigrationError {
  return new MigrationError('item', `calendar.${fault}`, { message: detail, hint: hints[fault], cause })
}
