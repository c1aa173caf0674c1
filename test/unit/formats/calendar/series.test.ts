import { describe, expect, it } from 'vitest'
import { readAppointmentBlob } from '../../../../src/formats/calendar/appointment-recurrence-blob.ts'
import { convertIcalendar, icalendarToMapi } from '../../../../src/formats/calendar/icalendar-to-mapi.ts'
import { mapiToIcalendar } from '../../../../src/formats/calendar/mapi-to-icalendar.ts'
import { occurrencesOf } from '../../../../src/formats/calendar/occurrences-of.ts'
import { recurrenceOfBlob } from '../../../../src/formats/calendar/recurrence-of-blob.ts'
import type { Recurrence } from '../../../../src/formats/calendar/recurrence.ts'
import { zoneByName } from '../../../../src/formats/calendar/windows-zone.ts'
import { utcZone } from '../../../../src/formats/calendar/zone.ts'
import { attachmentProperties } from '../../../../src/formats/mapi/attachment-properties.ts'
import { calendarProperties } from '../../../../src/formats/mapi/calendar-properties.ts'
import { fromFileTime } from '../../../../src/formats/mapi/file-time.ts'
import { messageProperties } from '../../../../src/formats/mapi/message-properties.ts'
import type { MapiMessage } from '../../../../src/formats/mapi/message.ts'
import { calendarOf, linesOf } from './calendar-text.ts'

const series = calendarOf(`BEGIN:VEVENT
UID:series@example.org
DTSTAMP:20240101T000000Z
DTSTART;TZID=Europe/Vienna:20240322T090000
DTEND;TZID=Europe/Vienna:20240322T100000
RRULE:FREQ=WEEKLY;BYDAY=FR;UNTIL=20240510T070000Z
EXDATE;TZID=Europe/Vienna:20240405T090000
SUMMARY:Weekly
LOCATION:Room 1
CATEGORIES:Blue
END:VEVENT
BEGIN:VEVENT
UID:series@example.org
DTSTAMP:20240101T000000Z
RECURRENCE-ID;TZID=Europe/Vienna:20240329T090000
DTSTART;TZID=Europe/Vienna:20240401T110000
DTEND;TZID=Europe/Vienna:20240401T123000
SUMMARY:Moved over the change of the clock
LOCATION:Room 2
END:VEVENT`)

describe('a series', () => {
  const message = only(icalendarToMapi(series))
  const recurrence = recurrenceOf(message)

  it('is stored with its deleted and its changed occurrences', () => {
    expect(recurrence).toEqual({
      pattern: { type: 'weekly', interval: 1, daysOfWeek: ['friday'], firstDayOfWeek: 'monday' },
      range: { type: 'endDate', startDate: '2024-03-22', endDate: '2024-05-10' },
      startMinutes: 540,
      durationMinutes: 60,
      deletedDates: ['2024-04-05'],
      exceptions: [
        {
          originalStart: '2024-03-29T09:00:00',
          start: '2024-04-01T11:00:00',
          end: '2024-04-01T12:30:00',
          subject: 'Moved over the change of the clock',
          location: 'Room 2',
        },
      ],
    } satisfies Recurrence)
    expect(message.properties.get(calendarProperties.recurring)).toBe(true)
    expect(message.properties.get(calendarProperties.recurrenceType)).toBe(2)
  })

  it('keeps a changed occurrence as a message inside', () => {
    const [attachment] = message.attachments
    const embedded = attachment?.embedded?.properties
    expect(attachment?.properties.get(attachmentProperties.method)).toBe(5)
    expect(attachment?.properties.get(attachmentProperties.hidden)).toBe(true)
    expect(embedded?.get(messageProperties.messageClass)).toBe('IPM.OLE.CLASS.{00061055-0000-0000-C000-000000000046}')
    expect(fromFileTime(embedded?.get(calendarProperties.exceptionReplaceTime) ?? 0n)).toBe(Date.UTC(2024, 2, 29, 8))
    expect(fromFileTime(embedded?.get(calendarProperties.startWhole) ?? 0n)).toBe(Date.UTC(2024, 3, 1, 9))
    const id = Buffer.from(embedded?.get(calendarProperties.globalObjectId) ?? [])
    expect([id.readUInt16BE(16), id[18], id[19]]).toEqual([2024, 3, 29])
  })

  it('comes back as the calendar it was', () => {
    const lines = linesOf(mapiToIcalendar(message))
    for (const line of linesOf(series).filter((each) =>
      /^(?:UID|DTSTART|DTEND|EXDATE|SUMMARY|LOCATION|RECURRENCE-ID|CATEGORIES)/.test(each),
    )) {
      expect(lines).toContain(line)
    }
    expect(lines).toContain('RRULE:FREQ=WEEKLY;BYDAY=FR;WKST=MO;UNTIL=20240510T070000Z')
    expect(lines.filter((line) => line.startsWith('CATEGORIES'))).toHaveLength(1)
    expect(lines.filter((line) => line === 'BEGIN:VEVENT')).toHaveLength(2)
  })

  it('is at nine on the clock in winter and in summer', () => {
    const zone = zoneByName('W. Europe Standard Time') ?? utcZone
    const found = occurrencesOf(recurrence, zone, Date.UTC(2024, 2, 1), Date.UTC(2024, 3, 20))
    expect(found.map(({ originalStart, startMs, endMs }) => [originalStart, iso(startMs), iso(endMs)])).toEqual([
      ['2024-03-22T09:00:00', '2024-03-22T08:00', '2024-03-22T09:00'],
      ['2024-03-29T09:00:00', '2024-04-01T09:00', '2024-04-01T10:30'],
      ['2024-04-12T09:00:00', '2024-04-12T07:00', '2024-04-12T08:00'],
      ['2024-04-19T09:00:00', '2024-04-19T07:00', '2024-04-19T08:00'],
    ])
    expect(found[1]?.exception?.subject).toBe('Moved over the change of the clock')
  })

  it('has in a window what overlaps it', () => {
    const zone = zoneByName('Europe/Vienna') ?? utcZone
    const between = (from: number, to: number): number => occurrencesOf(recurrence, zone, from, to).length
    expect(between(Date.UTC(2024, 2, 22, 8, 30), Date.UTC(2024, 2, 22, 8, 31))).toBe(1)
    expect(between(Date.UTC(2024, 2, 22, 9), Date.UTC(2024, 2, 22, 10))).toBe(0)
    expect(between(Date.UTC(2024, 2, 22, 7), Date.UTC(2024, 2, 22, 8))).toBe(0)
    expect(between(Date.UTC(2024, 2, 29, 8), Date.UTC(2024, 2, 29, 9))).toBe(0)
    expect(between(Date.UTC(1700, 0, 1), Date.UTC(4000, 0, 1))).toBe(7)
  })

  it('without end is found centuries later', () => {
    const endless: Recurrence = {
      ...recurrence,
      range: { type: 'noEnd', startDate: '2024-03-22' },
      deletedDates: [],
      exceptions: [],
    }
    const found = occurrencesOf(endless, utcZone, Date.UTC(3024, 0, 1), Date.UTC(3024, 0, 15))
    expect(found.map(({ startMs }) => iso(startMs))).toEqual(['3024-01-02T09:00', '3024-01-09T09:00'])
  })

  it('of whole days stays whole days', () => {
    const text = calendarOf(
      'BEGIN:VEVENT\nUID:d\nDTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY;COUNT=3\nEXDATE;VALUE=DATE:20280229\nEND:VEVENT',
    )
    const whole = only(icalendarToMapi(text, { zone: 'America/New_York' }))
    expect(fromFileTime(whole.properties.get(calendarProperties.startWhole) ?? 0n)).toBe(Date.UTC(2024, 1, 29, 5))
    expect(whole.properties.get(calendarProperties.allDay)).toBe(true)
    // In years without the day Exchange takes the last of February, so the third one is in 2026.
    expect(recurrenceOf(whole)).toMatchObject({ durationMinutes: 1440, deletedDates: [] })
    const lines = linesOf(mapiToIcalendar(whole))
    expect(lines).toContain('DTSTART;VALUE=DATE:20240229')
    expect(lines).toContain('DTEND;VALUE=DATE:20240301')
    expect(lines).toContain('RRULE:FREQ=YEARLY;BYMONTHDAY=29;BYMONTH=2;COUNT=3')
  })

  it('may have further dates and a stray change, which become items of their own', () => {
    const text = calendarOf(`BEGIN:VEVENT
UID:r
DTSTART:20240101T090000Z
DURATION:PT1H
RRULE:FREQ=DAILY;COUNT=2
RDATE:20240110T150000Z,20240101T090000Z
RDATE;VALUE=PERIOD:20240112T150000Z/PT2H
END:VEVENT
BEGIN:VEVENT
UID:r
RECURRENCE-ID:20240120T090000Z
DTSTART:20240121T090000Z
SUMMARY:Stray
END:VEVENT`)
    const messages = icalendarToMapi(text)
    const starts = messages.map(({ properties }) => iso(fromFileTime(properties.get(calendarProperties.startWhole) ?? 0n)))
    const ends = messages.map(({ properties }) => iso(fromFileTime(properties.get(calendarProperties.endWhole) ?? 0n)))
    expect(starts).toEqual(['2024-01-01T09:00', '2024-01-10T15:00', '2024-01-12T15:00', '2024-01-21T09:00'])
    expect(ends).toEqual(['2024-01-01T10:00', '2024-01-10T16:00', '2024-01-12T17:00', '2024-01-21T09:00'])
    const ids = messages.map(({ properties }) =>
      Buffer.from(properties.get(calendarProperties.cleanGlobalObjectId) ?? []).toString('hex'),
    )
    expect(new Set(ids).size).toBe(1)
    expect(linesOf(mapiToIcalendar(messages[3] ?? only(messages)))).toContain('RECURRENCE-ID:20240120T090000Z')
  })

  it('with a zone of its own takes the rules along', () => {
    const zone = `BEGIN:VTIMEZONE
TZID:Ship
BEGIN:STANDARD
DTSTART:20200101T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=2TU
TZOFFSETFROM:+0117
TZOFFSETTO:+0017
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20200101T020000
RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1WE
TZOFFSETFROM:+0017
TZOFFSETTO:+0117
END:DAYLIGHT
END:VTIMEZONE`
    const text = calendarOf(
      `${zone}\nBEGIN:VEVENT\nUID:s\nDTSTART;TZID=Ship:20240301T090000\nRRULE:FREQ=MONTHLY;COUNT=9\nEND:VEVENT`,
    )
    const message = only(icalendarToMapi(text))
    expect(fromFileTime(message.properties.get(calendarProperties.startWhole) ?? 0n)).toBe(Date.UTC(2024, 2, 1, 8, 43))
    const back = only(icalendarToMapi(mapiToIcalendar(message)))
    const { zoneDefinitionRecurrence, startWhole, recurrence } = calendarProperties
    for (const property of [zoneDefinitionRecurrence, recurrence])
      expect(back.properties.get(property)).toEqual(message.properties.get(property))
    expect(back.properties.get(startWhole)).toBe(message.properties.get(startWhole))
  })

  it('of an unknown zone is refused, and only it', () => {
    const text = calendarOf(
      'BEGIN:VEVENT\nUID:a\nDTSTART;TZID=Nowhere:20240101T090000\nEND:VEVENT\nBEGIN:VEVENT\nUID:b\nDTSTART:20240101T090000Z\nEND:VEVENT',
    )
    const { items, failures } = convertIcalendar(text)
    expect(items.map(({ uid }) => uid)).toEqual(['b'])
    expect(failures.map(({ uid, error }) => [uid, error.code])).toEqual([['a', 'calendar.incomplete']])
  })
})

function only(messages: readonly MapiMessage[]): MapiMessage {
  if (messages[0] === undefined) throw new Error('nothing was converted')
  return messages[0]
}

function recurrenceOf({ properties }: MapiMessage): Recurrence {
  return recurrenceOfBlob(readAppointmentBlob(properties.get(calendarProperties.recurrence) ?? Buffer.alloc(0)))
}

function iso(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16)
}
