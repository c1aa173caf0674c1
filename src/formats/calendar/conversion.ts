import type { MigrationError } from '../../core/errors.ts'
import type { MapiMessage } from '../mapi/message.ts'
import type { CalendarZones } from './calendar-time.ts'

/** How calendars are taken in. */
export interface IcalendarOptions {
  /** IANA or Windows name of the zone for times and dates without one: the mailbox's. UTC when absent. */
  readonly zone?: string
  /** The mailbox's address: decides whether a meeting was received, and which answer is the owner's. */
  readonly owner?: string
  /** Makes appointments of requests and cancellations too, as a calendar folder holds them. */
  readonly ignoresMethod?: boolean
}

/**
 * An entry as an item, with the names of properties that the item has no place for, in lower case, each once;
 * `superseded` when the calendar had older versions of it.
 */
export interface ConvertedItem {
  readonly uid: string
  readonly message: MapiMessage
  readonly lost: readonly string[]
}

/** What a calendar gave: entries of one UID fail together, and alone. */
export interface CalendarConversion {
  readonly items: readonly ConvertedItem[]
  readonly failures: readonly { readonly uid: string | undefined; readonly error: MigrationError }[]
}

/** What the parts of a conversion share. `lost` is filled as it goes. */
export interface ConversionContext {
  readonly zones: CalendarZones
  readonly owner: string | undefined
  readonly lost: Set<string>
}
