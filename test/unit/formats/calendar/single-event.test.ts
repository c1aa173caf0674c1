import { describe, expect, it } from 'vitest'
import { icalendarToMapi } from '../../../../src/formats/calendar/icalendar-to-mapi.ts'
import { mapiToIcalendar } from '../../../../src/formats/calendar/mapi-to-icalendar.ts'
import { calendarProperties } from '../../../../src/formats/mapi/calendar-properties.ts'
import { fromFileTime } from '../../../../src/formats/mapi/file-time.ts'
import { messageProperties } from '../../../../src/formats/mapi/message-properties.ts'
import { recipientProperties } from '../../../../src/formats/mapi/recipient-properties.ts'
import { calendarOf, linesOf } from './calendar-text.ts'

const text = calendarOf(`BEGIN:VEVENT
UID:abc@example.org
DTSTAMP:20240101T000000Z
DTSTART;TZID=Europe/Vienna:20240301T090000
DTEND;TZID=Europe/Vienna:20240301T103000
SUMMARY:Hello\\, world
DESCRIPTION:Two\\nlines
X-ALT-DESC;FMTTYPE=text/html:<p>Two\\, or more</p>
LOCATION:Room 1
CATEGORIES:Blue,Work
CLASS:PRIVATE
PRIORITY:2
SEQUENCE:3
TRANSP:OPAQUE
STATUS:TENTATIVE
X-COLOUR:blue
GEO:48.2;16.4
ORGANIZER;CN=Boss:mailto:boss@example.org
ATTENDEE;CN=Worker;PARTSTAT=ACCEPTED;RSVP=TRUE:mailto:w@example.org
ATTENDEE;CN=Perhaps;ROLE=OPT-PARTICIPANT;PARTSTAT=TENTATIVE:mailto:p@example.org
ATTENDEE;CN=Beamer;CUTYPE=RESOURCE;PARTSTAT=DECLINED:mailto:beamer@example.org
ATTACH;FMTTYPE=text/plain;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=a.txt:QUJD
ATTACH:https://example.org/plan.pdf
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER:-PT15M
END:VALARM
END:VEVENT`)

describe('a single event', () => {
  const [message] = icalendarToMapi(text)
  const bag = message?.properties

  it('is an appointment with its times in UTC', () => {
    expect(bag?.get(messageProperties.messageClass)).toBe('IPM.Appointment')
    expect(fromFileTime(bag?.get(calendarProperties.startWhole) ?? 0n)).toBe(Date.UTC(2024, 2, 1, 8))
    expect(fromFileTime(bag?.get(calendarProperties.endWhole) ?? 0n)).toBe(Date.UTC(2024, 2, 1, 9, 30))
    expect(bag?.get(calendarProperties.durationMinutes)).toBe(90)
    expect(bag?.get(calendarProperties.allDay)).toBe(false)
    expect(fromFileTime(bag?.get(messageProperties.reminderSignalTime) ?? 0n)).toBe(Date.UTC(2024, 2, 1, 7, 45))
  })

  it('has its facts where Exchange looks for them', () => {
    expect(bag?.get(messageProperties.subject)).toBe('Hello, world')
    expect(bag?.get(messageProperties.body)).toBe('Two\nlines')
    expect(Buffer.from(bag?.get(messageProperties.html) ?? []).toString()).toBe('<p>Two, or more</p>')
    expect(bag?.get(calendarProperties.location)).toBe('Room 1')
    expect(bag?.get(messageProperties.keywords)).toEqual(['Blue', 'Work'])
    expect([bag?.get(messageProperties.sensitivity), bag?.get(messageProperties.isPrivate)]).toEqual([2, true])
    expect(bag?.get(messageProperties.importance)).toBe(2)
    expect(bag?.get(calendarProperties.busyStatus)).toBe(1)
    expect(bag?.get(calendarProperties.stateFlags)).toBe(1)
    expect(Buffer.from(bag?.get(calendarProperties.globalObjectId) ?? []).toString('latin1')).toContain(
      'vCal-Uid\x01\0\0\0abc@example.org\0',
    )
  })

  it('has the organizer and the attendees as recipients', () => {
    const rows = message?.recipients.map((each) => [
      each.get(recipientProperties.smtpAddress),
      each.get(recipientProperties.recipientType),
      each.get(recipientProperties.recipientFlags),
      each.get(recipientProperties.trackStatus),
    ])
    expect(rows).toEqual([
      ['boss@example.org', 1, 3, 1],
      ['w@example.org', 1, 1, 3],
      ['p@example.org', 2, 1, 2],
      ['beamer@example.org', 3, 1, 4],
    ])
  })

  it('comes back with everything but GEO', () => {
    if (message === undefined) throw new Error('nothing was converted')
    const lines = linesOf(mapiToIcalendar(message))
    expect(lines.slice(lines.indexOf('BEGIN:VEVENT'))).toMatchInlineSnapshot(`
      [
        "BEGIN:VEVENT",
        "UID:abc@example.org",
        "DTSTART;TZID=Europe/Vienna:20240301T090000",
        "DTEND;TZID=Europe/Vienna:20240301T103000",
        "DTSTAMP:20240101T000000Z",
        "SUMMARY:Hello\\, world",
        "DESCRIPTION:Two\\nlines",
        "X-ALT-DESC;FMTTYPE=text/html:<p>Two\\, or more</p>",
        "CLASS:PRIVATE",
        "PRIORITY:1",
        "CATEGORIES:Blue,Work",
        "X-COLOUR:blue",
        "LOCATION:Room 1",
        "SEQUENCE:3",
        "TRANSP:OPAQUE",
        "STATUS:TENTATIVE",
        "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE",
        "X-MICROSOFT-CDO-ALLDAYEVENT:FALSE",
        "ORGANIZER;CN=Boss:mailto:boss@example.org",
        "ATTENDEE;CN=Worker;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=TRUE:mailto:w@example.org",
        "ATTENDEE;CN=Perhaps;ROLE=OPT-PARTICIPANT;PARTSTAT=TENTATIVE;RSVP=TRUE:mailto:p@example.org",
        "ATTENDEE;CN=Beamer;CUTYPE=RESOURCE;ROLE=NON-PARTICIPANT;PARTSTAT=DECLINED;RSVP=TRUE:mailto:beamer@example.org",
        "ATTACH;FMTTYPE=text/plain;ENCODING=BASE64;X-FILENAME=a.txt;VALUE=BINARY:QUJD",
        "ATTACH:https://example.org/plan.pdf",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "DESCRIPTION:REMINDER",
        "TRIGGER;RELATED=START:-PT15M",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
      ]
    `)
  })

  it("is its organizer's, and received by anybody else", () => {
    const [received] = icalendarToMapi(text, { owner: 'W@example.org' })
    expect(received?.properties.get(calendarProperties.stateFlags)).toBe(3)
    expect(received?.properties.get(calendarProperties.responseStatus)).toBe(3)
    expect(bag?.get(calendarProperties.responseStatus)).toBe(1)
  })
})
