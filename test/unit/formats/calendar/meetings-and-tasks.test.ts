import { describe, expect, it } from 'vitest'
import { convertIcalendar, icalendarToMapi } from '../../../../src/formats/calendar/icalendar-to-mapi.ts'
import { mapiToIcalendar } from '../../../../src/formats/calendar/mapi-to-icalendar.ts'
import { calendarProperties } from '../../../../src/formats/mapi/calendar-properties.ts'
import { fromFileTime } from '../../../../src/formats/mapi/file-time.ts'
import { messageProperties } from '../../../../src/formats/mapi/message-properties.ts'
import type { MapiMessage } from '../../../../src/formats/mapi/message.ts'
import { recipientProperties } from '../../../../src/formats/mapi/recipient-properties.ts'
import { taskProperties } from '../../../../src/formats/mapi/task-properties.ts'
import { calendarOf, linesOf } from './calendar-text.ts'

const event = (more: string): string => `BEGIN:VEVENT
UID:m@example.org
DTSTAMP:20240101T120000Z
DTSTART:20240301T090000Z
DTEND:20240301T100000Z
SUMMARY:Talk
ORGANIZER;CN=Boss:mailto:boss@example.org
${more}
END:VEVENT`

describe('a meeting message', () => {
  it('is a request', () => {
    const message = only(calendarOf(event('ATTENDEE;RSVP=TRUE:mailto:w@example.org'), 'METHOD:REQUEST'))
    const { properties } = message
    expect(properties.get(messageProperties.messageClass)).toBe('IPM.Schedule.Meeting.Request')
    expect(properties.get(calendarProperties.meetingType)).toBe(1)
    expect([properties.get(calendarProperties.busyStatus), properties.get(calendarProperties.intendedBusyStatus)]).toEqual([
      1, 2,
    ])
    expect(properties.get(calendarProperties.stateFlags)).toBe(3)
    expect(properties.get(messageProperties.representingSmtpAddress)).toBe('boss@example.org')
    expect(linesOf(mapiToIcalendar(message))).toContain('METHOD:REQUEST')
  })

  it('is a cancellation', () => {
    const message = only(calendarOf(event('STATUS:CANCELLED\nATTENDEE:mailto:w@example.org'), 'METHOD:CANCEL'))
    expect(message.properties.get(messageProperties.messageClass)).toBe('IPM.Schedule.Meeting.Canceled')
    expect(message.properties.get(calendarProperties.stateFlags)).toBe(7)
    expect(linesOf(mapiToIcalendar(message))).toEqual(expect.arrayContaining(['METHOD:CANCEL', 'STATUS:CANCELLED']))
  })

  it.each([
    ['ACCEPTED', 'IPM.Schedule.Meeting.Resp.Pos', 3],
    ['TENTATIVE', 'IPM.Schedule.Meeting.Resp.Tent', 2],
    ['DECLINED', 'IPM.Schedule.Meeting.Resp.Neg', 4],
  ])('is an answer: %s', (partstat, messageClass, response) => {
    const message = only(
      calendarOf(event(`ATTENDEE;CN=Worker;PARTSTAT=${partstat}:mailto:w@example.org\nCOMMENT:Because`), 'METHOD:REPLY'),
    )
    const { properties, recipients } = message
    expect(properties.get(messageProperties.messageClass)).toBe(messageClass)
    expect(properties.get(calendarProperties.responseStatus)).toBe(response)
    expect(properties.get(messageProperties.representingSmtpAddress)).toBe('w@example.org')
    expect(properties.get(messageProperties.body)).toBe('Because')
    expect(fromFileTime(properties.get(calendarProperties.attendeeCriticalChange) ?? 0n)).toBe(Date.UTC(2024, 0, 1, 12))
    expect(recipients.map((row) => row.get(recipientProperties.smtpAddress))).toEqual(['boss@example.org'])
    const lines = linesOf(mapiToIcalendar(message))
    expect(lines).toContain('METHOD:REPLY')
    expect(lines).toContain(`ATTENDEE;CN=Worker;PARTSTAT=${partstat}:mailto:w@example.org`)
    expect(lines).toContain('ORGANIZER;CN=Boss:mailto:boss@example.org')
  })

  it('proposes another time', () => {
    const text = calendarOf(
      event(
        'ATTENDEE;PARTSTAT=TENTATIVE:mailto:w@example.org\nX-MS-OLK-ORIGINALSTART:20240229T090000Z\nX-MS-OLK-ORIGINALEND:20240229T100000Z',
      ),
      'METHOD:COUNTER',
    )
    const { properties } = only(text)
    expect(properties.get(calendarProperties.isCounterProposal)).toBe(true)
    expect(fromFileTime(properties.get(calendarProperties.proposedStart) ?? 0n)).toBe(Date.UTC(2024, 2, 1, 9))
    expect(fromFileTime(properties.get(calendarProperties.startWhole) ?? 0n)).toBe(Date.UTC(2024, 1, 29, 9))
    const lines = linesOf(mapiToIcalendar(only(text)))
    expect(lines).toEqual(expect.arrayContaining(['METHOD:COUNTER', 'DTSTART:20240301T090000Z']))
  })

  it('is an appointment in a calendar folder', () => {
    const [message] = icalendarToMapi(calendarOf(event('ATTENDEE:mailto:w@example.org'), 'METHOD:REQUEST'), {
      ignoresMethod: true,
    })
    expect(message?.properties.get(messageProperties.messageClass)).toBe('IPM.Appointment')
  })

  it.each(['REFRESH', 'DECLINECOUNTER', 'NONSENSE'])('of METHOD %s is refused', (method) => {
    expect(() => icalendarToMapi(calendarOf(event(''), `METHOD:${method}`))).toThrow(
      expect.objectContaining({ code: 'calendar.unsupported' }),
    )
  })
})

describe('a task', () => {
  const text = calendarOf(`BEGIN:VTODO
UID:t@example.org
DTSTAMP:20240101T120000Z
DTSTART;VALUE=DATE:20240301
DUE;TZID=Europe/Vienna:20240305T170000
SUMMARY:Do it
STATUS:IN-PROCESS
PERCENT-COMPLETE:40
PRIORITY:1
CATEGORIES:Home
RRULE:FREQ=WEEKLY;BYDAY=FR;COUNT=4
GEO:1;2
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER;VALUE=DATE-TIME:20240229T230000Z
END:VALARM
END:VTODO`)
  const { items } = convertIcalendar(text)
  const bag = items[0]?.message.properties

  it('is a task of Exchange', () => {
    expect(bag?.get(messageProperties.messageClass)).toBe('IPM.Task')
    expect(
      [bag?.get(taskProperties.startDate), bag?.get(taskProperties.dueDate)].map((time) => fromFileTime(time ?? 0n)),
    ).toEqual([Date.UTC(2024, 2, 1), Date.UTC(2024, 2, 5)])
    expect([
      bag?.get(taskProperties.status),
      bag?.get(taskProperties.percentComplete),
      bag?.get(taskProperties.complete),
    ]).toEqual([1, 0.4, false])
    expect([bag?.get(taskProperties.recurring), bag?.get(messageProperties.reminderSet)]).toEqual([true, true])
    expect(items[0]?.lost).toEqual(['geo'])
  })

  it('comes back with its dates, its time and its rule', () => {
    if (items[0] === undefined) throw new Error('nothing was converted')
    const lines = linesOf(mapiToIcalendar(items[0].message))
    expect(lines).toEqual(
      expect.arrayContaining([
        'UID:t@example.org',
        'DTSTART;VALUE=DATE:20240301',
        'DUE;TZID=Europe/Vienna:20240305T170000',
        'RRULE:FREQ=WEEKLY;BYDAY=FR;WKST=MO;COUNT=4',
        'STATUS:IN-PROCESS',
        'PERCENT-COMPLETE:40',
        'CATEGORIES:Home',
        'TZID:Europe/Vienna',
        'TRIGGER;RELATED=START:-PT60M',
      ]),
    )
  })

  it('that is done says when', () => {
    const done = only(calendarOf('BEGIN:VTODO\nUID:d\nSUMMARY:Done\nCOMPLETED:20240302T101500Z\nEND:VTODO'))
    expect([done.properties.get(taskProperties.status), done.properties.get(taskProperties.percentComplete)]).toEqual([2, 1])
    expect(linesOf(mapiToIcalendar(done))).toEqual(
      expect.arrayContaining(['COMPLETED:20240302T101500Z', 'STATUS:COMPLETED', 'PERCENT-COMPLETE:100']),
    )
  })
})

function only(text: string): MapiMessage {
  const [message] = icalendarToMapi(text)
  if (message === undefined) throw new Error('nothing was converted')
  return message
}
