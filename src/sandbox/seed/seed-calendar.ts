import { icalendarToMapi } from '../../formats/calendar/icalendar-to-mapi.ts'
import type { Mailbox } from '../mailbox/mailbox.ts'
import type { UserRecord } from '../tenant/directory-records.ts'
import { wellKnownId } from './seed-mail.ts'

const dayMs = 86_400_000

/** Appointments of every kind and tasks: single, all day, meetings, series with an exception, with a reminder, private. */
export function seedCalendar(mailbox: Mailbox, user: UserRecord, nowMs: number): void {
  const monday = nowMs - (((new Date(nowMs).getUTCDay() + 6) % 7) + 7) * dayMs
  const day = (offset: number) => new Date(monday + offset * dayMs).toISOString().slice(0, 10).replaceAll('-', '')
  const { mail } = user
  const domain = mail?.split('@')[1] ?? 'example.com'
  const uid = (name: string) => `UID:${name}-${user.id}`
  const local = (offset: number, time: string) => `;TZID=Europe/Berlin:${day(offset)}T${time}00`
  const calendar = (...components: readonly string[]) =>
    ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Mailvan//Sandbox//EN', ...components, 'END:VCALENDAR', ''].join('\r\n')
  const event = (...lines: readonly string[]) =>
    ['BEGIN:VEVENT', `DTSTAMP:${day(0)}T080000Z`, ...lines, 'END:VEVENT'].join('\r\n')
  const people = [
    `ORGANIZER;CN=${user.displayName}:mailto:${mail}`,
    `ATTENDEE;CN=Purchasing;PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT:mailto:purchasing@${domain}`,
    'ATTENDEE;CN=Fabrikam Sales;PARTSTAT=TENTATIVE;ROLE=OPT-PARTICIPANT:mailto:sales@fabrikam.example',
  ]
  const events = [
    event(uid('single'), `DTSTART${local(1, '0930')}`, `DTEND${local(1, '1030')}`, 'SUMMARY:Zahnarzt', 'CLASS:PRIVATE', 'LOCATION:Große Straße 5'),
    event(uid('allday'), `DTSTART;VALUE=DATE:${day(9)}`, `DTEND;VALUE=DATE:${day(11)}`, 'SUMMARY:Trade fair', 'TRANSP:OPAQUE'),
    event(uid('meeting'), `DTSTART${local(2, '1400')}`, `DTEND${local(2, '1500')}`, 'SUMMARY:Offer for Fabrikam', ...people),
    event(
      uid('weekly'),
      `DTSTART${local(0, '0900')}`,
      `DTEND${local(0, '0915')}`,
      'RRULE:FREQ=WEEKLY;BYDAY=MO,TH;COUNT=40',
      `EXDATE${local(7, '0900')}`,
      'SUMMARY:Stand-up',
      'CATEGORIES:Project',
      'BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:Reminder\r\nTRIGGER:-PT15M\r\nEND:VALARM',
    ),
    event(
      uid('weekly'),
      `RECURRENCE-ID${local(3, '0900')}`,
      `DTSTART${local(3, '1000')}`,
      `DTEND${local(3, '1030')}`,
      'SUMMARY:Stand-up (later)',
    ),
    event(
      uid('yearly'),
      `DTSTART;VALUE=DATE:${day(4)}`,
      `DTEND;VALUE=DATE:${day(5)}`,
      'RRULE:FREQ=YEARLY',
      'SUMMARY:Firmenjubiläum',
      'TRANSP:TRANSPARENT',
    ),
  ]
  const task = (...lines: readonly string[]) => ['BEGIN:VTODO', `DTSTAMP:${day(0)}T080000Z`, ...lines, 'END:VTODO'].join('\r\n')
  const tasks = [
    task(uid('task'), `DUE;VALUE=DATE:${day(12)}`, 'SUMMARY:Send the offer', 'PRIORITY:1', 'STATUS:IN-PROCESS', 'PERCENT-COMPLETE:25'),
    task(uid('done'), 'SUMMARY:Order toner', 'STATUS:COMPLETED', `COMPLETED:${day(1)}T100000Z`),
  ]
  for (const message of icalendarToMapi(calendar(...events))) {
    mailbox.items.create(wellKnownId(mailbox, 'calendar'), { message })
  }
  for (const message of icalendarToMapi(calendar(...tasks))) {
    mailbox.items.create(wellKnownId(mailbox, 'tasks'), { message })
  }
}
