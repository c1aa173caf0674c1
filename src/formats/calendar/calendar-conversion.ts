import { convertIcalendar } from './icalendar-to-mapi.ts'
import { mapiToIcalendar } from './mapi-to-icalendar.ts'
import { messageProperties } from '../mapi/message-properties.ts'
import type { MapiMessage } from '../mapi/message.ts'

/**
 * How Exchange's converter sees calendars in mail: a text/calendar part that asks, answers or cancels makes a meeting message,
 * and what is on a calendar is shown to mail clients with such a part. One that only tells of an event or a task, or cannot be
 * read, stays an attachment: a mail that became an appointment would be no mail any more.
 */
export const calendarConversion = {
  convertCalendar(ics: string): MapiMessage | undefined {
    try {
      const item = convertIcalendar(ics).items[0]?.message
      return /^IPM\.Schedule\.Meeting\./i.test(item?.properties.get(messageProperties.messageClass) ?? '') ? item : undefined
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
