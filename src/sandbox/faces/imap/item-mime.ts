import type { Buffer } from 'node:buffer'
import type { MapiMessage } from '../../../formats/mapi/message.ts'
import { mapiToMime, type MapiToMimeOptions } from '../../../formats/mime/mapi-to-mime.ts'
import type { CalendarForm } from '../../../formats/mime/mime-structure.ts'
import type { MimeToMapiOptions } from '../../../formats/mime/mime-to-mapi.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { ItemRow } from '../../mailbox/rows.ts'
import { ByteCache } from './byte-cache.ts'

/** How items that are no mail become messages and back: calendar parts. */
export interface CalendarConversion {
  readonly writeCalendar?: MapiToMimeOptions['writeCalendar']
  readonly convertCalendar?: MimeToMapiOptions['convertCalendar']
}

const cacheBytesMax = 32 * 1024 * 1024

/** The MIME form of items as IMAP shows it, made when it is asked for. */
export class ItemMime {
  readonly #conversion: CalendarConversion
  readonly #cache = new ByteCache(cacheBytesMax)

  constructor(conversion: CalendarConversion) {
    this.#conversion = conversion
  }

  /** Throws `item-not-found` for an item that has gone. The bytes must not be changed. */
  of(mailbox: Mailbox, row: ItemRow): Buffer {
    const key = `${mailbox.row.guid}/${row.id}`
    const kept = this.#cache.get(key, row.change)
    if (kept !== undefined) return kept
    const bytes = mapiToMime(mailbox.items.message(row.id), { writeCalendar: (item) => this.#writeCalendar(item) })
    this.#cache.set(key, row.change, bytes)
    if (row.mimeSizeBytes !== bytes.length) mailbox.items.rememberMimeSize(row.id, bytes.length)
    return bytes
  }

  /** An item whose calendar data are damaged is shown without them. */
  #writeCalendar(item: MapiMessage): CalendarForm | undefined {
    try {
      return this.#conversion.writeCalendar?.(item)
    } catch (error) {
      if (error instanceof Error && 'code' in error && String(error.code).startsWith('calendar.')) return undefined
      throw error
    }
  }
}

/**
 * What RFC822.SIZE says: the size of the MIME form once it is known, before that the size of what is stored (MS-STANXIMAP
 * section 2.2.25). So a client must not take it for exact.
 */
export function shownSizeBytes(row: ItemRow): number {
  return row.mimeSizeBytes ?? row.sizeBytes
}
