import ICAL from 'ical.js'
import { describe, expect, it } from 'vitest'
import { icalendarToMapi } from '../../../../src/formats/calendar/icalendar-to-mapi.ts'
import { mapiToIcalendar } from '../../../../src/formats/calendar/mapi-to-icalendar.ts'
import { calendarProperties } from '../../../../src/formats/mapi/calendar-properties.ts'
import { messageProperties } from '../../../../src/formats/mapi/message-properties.ts'
import { calendarOf, linesOf } from './calendar-text.ts'
import { outlookSamples } from './outlook-samples.ts'

const samples = outlookSamples()

describe.skipIf(samples.length === 0)('an appointment of Outlook', () => {
  it.each(samples)('$name: is a calendar that another program reads', ({ message, fields }) => {
    const event = new ICAL.Component(ICAL.parse(mapiToIcalendar(message))).getFirstSubcomponent('vevent')
    const start = event?.getFirstPropertyValue('dtstart')
    expect(event?.getFirstPropertyValue('summary')).toBe(fields.subject)
    expect(event?.getFirstPropertyValue('uid')).toBe(fields.globalAppointmentID)
    if (!(start instanceof ICAL.Time)) throw new Error('there is no start')
    const stored = new Date(fields.apptStartWhole ?? '').getTime()
    // Whole days of Tokyo begin at three in the afternoon before, in UTC.
    expect(start.isDate ? Date.parse(start.toString()) - 9 * 3_600_000 : start.toUnixTime() * 1000).toBe(stored)
  })

  it.each([
    ['7_days__everyday.msg', 'RRULE:FREQ=DAILY;UNTIL=20221207'],
    ['A_daily_1.msg', 'RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;WKST=SU;COUNT=1'],
    ['A_weekly_1.msg', 'RRULE:FREQ=WEEKLY;BYDAY=MO;WKST=SU;COUNT=1'],
    ['A_monthly_1.msg', 'RRULE:FREQ=MONTHLY;BYMONTHDAY=12;COUNT=1'],
    ['A_yearly_1.msg', 'RRULE:FREQ=YEARLY;BYMONTHDAY=12;BYMONTH=12;COUNT=1'],
    ['Friday_Lunch.msg', 'RRULE:FREQ=WEEKLY;BYDAY=FR;WKST=SU;UNTIL=20231231T030000Z'],
  ])('%s: %s', (name, rule) => {
    expect(linesOf(textOf(name))).toContain(rule)
  })

  it('has its changed and deleted Fridays', () => {
    const lines = linesOf(textOf('Friday_Lunch.msg'))
    expect(lines.filter((line) => /^(?:DTSTART;|EXDATE|RECURRENCE-ID|SUMMARY)/.test(line))).toEqual([
      'DTSTART;TZID=Tokyo Standard Time:20230106T120000',
      'EXDATE;TZID=Tokyo Standard Time:20230106T120000',
      'SUMMARY:Friday Lunch',
      'RECURRENCE-ID;TZID=Tokyo Standard Time:20230113T120000',
      'DTSTART;TZID=Tokyo Standard Time:20230109T120000',
      'SUMMARY:Monday Lunch',
      'RECURRENCE-ID;TZID=Tokyo Standard Time:20230120T120000',
      'DTSTART;TZID=Tokyo Standard Time:20230120T120000',
      'SUMMARY:Friday Lunch',
    ])
  })

  it.each(samples)('$name: taken in again has what Outlook had', ({ name, message: { properties: before }, message }) => {
    const after = icalendarToMapi(mapiToIcalendar(message), { zone: 'Tokyo Standard Time' })[0]?.properties
    for (const property of [calendarProperties.startWhole, calendarProperties.endWhole])
      expect(after?.get(property)).toBe(before.get(property))
    for (const property of [calendarProperties.busyStatus, calendarProperties.durationMinutes])
      expect(after?.get(property)).toBe(before.get(property))
    // "Every weekday" is daily to Outlook's dialog, weekly to everybody else.
    const recurrenceType = name === 'A_daily_1.msg' ? 2 : (before.get(calendarProperties.recurrenceType) ?? 0)
    expect(after?.get(calendarProperties.recurrenceType) ?? 0).toBe(recurrenceType)
    expect(after?.get(messageProperties.subject)).toBe(before.get(messageProperties.subject))
    expect(after?.get(calendarProperties.allDay)).toBe(before.get(calendarProperties.allDay))
    expect(Buffer.from(after?.get(calendarProperties.cleanGlobalObjectId) ?? [])).toEqual(
      Buffer.from(before.get(calendarProperties.cleanGlobalObjectId) ?? []),
    )
    expect(after?.get(messageProperties.reminderDeltaMinutes)).toBe(
      before.get(messageProperties.reminderSet) === true ? before.get(messageProperties.reminderDeltaMinutes) : undefined,
    )
  })
})

function textOf(name: string): string {
  const sample = samples.find((each) => each.name === name)
  if (sample === undefined) throw new Error(`${name} is not there`)
  return mapiToIcalendar(sample.message)
}

describe('the HTML of an appointment', () => {
  it('is read in the code page that it is in', () => {
    const [message] = icalendarToMapi(calendarOf('BEGIN:VEVENT\nUID:h\nDTSTART:20240101T090000Z\nEND:VEVENT'))
    message?.properties
      .set(messageProperties.html, Buffer.from('<p>Gr\xfc\xdfe</p>', 'latin1'))
      .set(messageProperties.internetCodePage, 1252)
    expect(message === undefined ? [] : linesOf(mapiToIcalendar(message))).toContain('X-ALT-DESC;FMTTYPE=text/html:<p>Grüße</p>')
  })
})
