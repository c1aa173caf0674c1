import { fromFileTime } from '../../formats/mapi/file-time.ts'
import type { MapiMessage } from '../../formats/mapi/message.ts'
import { messageProperties as known } from '../../formats/mapi/message-properties.ts'
import { numbered } from '../../formats/mapi/property.ts'
import { propertySets } from '../../formats/mapi/property-sets.ts'

/** PidLidAppointmentStartWhole and PidLidAppointmentEndWhole. */
const appointmentStart = numbered(propertySets.appointment, 0x820d, 'time')
const appointmentEnd = numbered(propertySets.appointment, 0x820e, 'time')

/** The columns of an item that repeat what its properties say. */
export interface ItemColumns {
  readonly messageClass: string
  readonly messageFlags: number
  readonly flagStatus: number
  readonly lastVerb: number
  /** A JSON list; null when there are none. */
  readonly categories: string | null
  readonly subject: string | null
  readonly messageId: string | null
  readonly receivedMs: number | null
  readonly submittedMs: number | null
  readonly startMs: number | null
  readonly endMs: number | null
}

/** Reads an item's columns off its properties. */
export function columnsOf({ properties }: Pick<MapiMessage, 'properties'>): ItemColumns {
  const keywords = properties.get(known.keywords) ?? []
  const timeMs = (ticks: bigint | undefined) => (ticks === undefined ? null : fromFileTime(ticks))
  return {
    messageClass: properties.get(known.messageClass) ?? 'IPM.Note',
    messageFlags: properties.get(known.messageFlags) ?? 0,
    flagStatus: properties.get(known.flagStatus) ?? 0,
    lastVerb: properties.get(known.lastVerbExecuted) ?? 0,
    categories: keywords.length === 0 ? null : JSON.stringify(keywords),
    // SQLite's text is UTF-8, which has no half surrogate pairs.
    subject: properties.get(known.subject)?.toWellFormed() ?? null,
    messageId: properties.get(known.internetMessageId)?.toWellFormed() ?? null,
    receivedMs: timeMs(properties.get(known.deliveryTime)),
    submittedMs: timeMs(properties.get(known.clientSubmitTime)),
    startMs: timeMs(properties.get(appointmentStart) ?? properties.get(known.taskStartDate)),
    endMs: timeMs(properties.get(appointmentEnd) ?? properties.get(known.taskDueDate)),
  }
}
