import { convertIcalendar } from './icalendar-to-mapi.ts'
import { mapiToIcalendar } from './mapi-to-icalendar.ts'
import { messageProperties } from '../mapi/message-properties.ts'
import type { MapiMessage } from '../mapi/message.ts'

/**
 * How Exchange's converter sees calendars in mail: a text/calendar part becomes a meeting message or an appointment, and
 * what is on a calendar is shown to mail clients with such a part. A part that cannot be read stays an attachment.
 */
export const calendarConversion = {
  convertCalendar(ics: string): MapiMessage | undefined {
    try {
      return convertIcalendar(ics).items[0]?.message
    } catch {
      return undefined
    }
  },
  writeCalendar(item: MapiMessage): { readonly ics: string; readonly method: string } | undefined {
    if (!/^IPM\.(?:Appointment|Schedule\.Meeting|Task)(?:\.|$)/i.test(item.properties.get(messageProperties.messageClass) ?? '')) return undefined
    const ics = mapiToIcalendar(item)
    return { ics, method: /^METHOD:(\w+)/im.exec(ics)?.[1]?.toUpperCase() ?? 'PUBLISH' }
  },
}
