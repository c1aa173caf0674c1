import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MigrationError } from '../../../../src/core/errors.ts'
import { convertIcalendar, icalendarToMapi } from '../../../../src/formats/calendar/icalendar-to-mapi.ts'
import { mapiToIcalendar } from '../../../../src/formats/calendar/mapi-to-icalendar.ts'
import { calendarOf, linesOf } from './calendar-text.ts'

const event = (more: string): string => calendarOf(`BEGIN:VEVENT\nUID:x\nDTSTART:20240101T090000Z\n${more}\nEND:VEVENT`)

describe('a calendar that means ill', () => {
  it.each([
    ['a rule for every second', 'RRULE:FREQ=SECONDLY', 'calendar.recurrence-unsupported'],
    ['a rule for every minute of a second', 'RRULE:FREQ=MINUTELY;BYSECOND=0,1,2', 'calendar.recurrence-unsupported'],
    ['more occurrences than there are days', 'RRULE:FREQ=DAILY;COUNT=4000000000', undefined],
    ['an interval beyond numbers', 'RRULE:FREQ=DAILY;INTERVAL=99999999999999999999', 'calendar.recurrence-unsupported'],
    ['two rules', 'RRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY', 'calendar.recurrence-unsupported'],
    ['a duration of more years than the world has', 'DURATION:P999999999999999999W', 'calendar.unsupported'],
    ['a month of 40 days', 'DTEND:20240140T000000Z', 'calendar.unparsable'],
    ['a year before calendars', 'DTEND:00010101T000000Z', 'calendar.unsupported'],
    ['a rule nobody can read', 'RRULE:FREQ=NEVER', 'calendar.unparsable'],
    ['no start', 'DTSTART', undefined],
  ])('with %s ends soon and with a name', (_, line, code) => {
    const { items, failures } = convertIcalendar(event(line))
    expect(items.length + failures.length).toBe(1)
    if (code !== undefined) expect(failures[0]?.error.code).toBe(code)
    for (const { message } of items) expect(mapiToIcalendar(message)).toContain('END:VCALENDAR')
  })

  it('with thousands of excluded dates keeps those that are', () => {
    const dates = Array.from({ length: 5_000 }, (_, n) =>
      new Date(Date.UTC(2024, 0, 1 + n, 9)).toISOString().replace(/[-:]|\.000/g, ''),
    )
    const [message] = icalendarToMapi(event(`RRULE:FREQ=DAILY;COUNT=6000\nEXDATE:${dates.join(',')}`))
    const exdate = message === undefined ? '' : linesOf(mapiToIcalendar(message)).find((line) => line.startsWith('EXDATE'))
    expect(exdate?.split(',')).toHaveLength(5_000)
    const many = Array.from({ length: 10_001 }, (_, n) =>
      new Date(Date.UTC(2024, 0, 1 + n, 9)).toISOString().replace(/[-:]|\.000/g, ''),
    )
    expect(convertIcalendar(event(`RRULE:FREQ=DAILY\nEXDATE:${many.join(',')}`)).failures[0]?.error.code).toBe(
      'calendar.too-large',
    )
    expect(convertIcalendar(event(`RDATE:${many.join(',')}`)).failures[0]?.error.code).toBe('calendar.too-large')
  })

  it('nested without end is refused', () => {
    expect(() => convertIcalendar('BEGIN:VCALENDAR\n'.repeat(50))).toThrow(
      expect.objectContaining({ code: 'calendar.too-large' }),
    )
    expect(() => convertIcalendar('')).toThrow(expect.objectContaining({ code: 'calendar.unparsable' }))
    expect(() => convertIcalendar('BEGIN:VCARD\nEND:VCARD')).toThrow(
      expect.objectContaining({ code: 'calendar.unparsable' }),
    )
  })

  it('with one bad entry gives the good ones', () => {
    const text = calendarOf(
      'BEGIN:VEVENT\nUID:good\nDTSTART:20240101T090000Z\nthis is no line\nEND:VEVENT\nBEGIN:VEVENT\nUID:bad\nEND:VEVENT\nBEGIN:VJOURNAL\nUID:j\nEND:VJOURNAL',
    )
    const { items, failures } = convertIcalendar(text)
    expect(items.map(({ uid, lost }) => [uid, lost])).toEqual([['good', ['this']]])
    expect(failures.map(({ error }) => error.code)).toEqual(['calendar.incomplete', 'calendar.unsupported'])
    expect(() => icalendarToMapi(text)).toThrow(MigrationError)
  })

  it('of any lines is converted or refused, never anything else', () => {
    const names = [
      'DTSTART',
      'DTEND',
      'DURATION',
      'RRULE',
      'EXDATE',
      'RDATE',
      'RECURRENCE-ID',
      'ATTENDEE',
      'ORGANIZER',
      'ATTACH',
      'TRIGGER',
      'SUMMARY',
      'X-A',
      'CATEGORIES',
    ]
    const value = fc.oneof(
      fc.constantFrom(
        '20240101T090000Z',
        '20240101',
        'P1D',
        '-PT5M',
        'FREQ=DAILY',
        'FREQ=YEARLY;COUNT=3',
        'mailto:a@b.c',
        'TRUE',
        '',
        ':',
        ';',
        '"',
      ),
      fc.string({ maxLength: 30 }),
    )
    const parameter = fc.constantFrom(
      '',
      ';VALUE=DATE',
      ';TZID=Europe/Vienna',
      ';TZID=Nowhere',
      ';ENCODING=BASE64;VALUE=BINARY',
      ';X="a:b;c"',
      ';RELATED=END',
      ';=',
    )
    const line = fc
      .tuple(fc.constantFrom(...names), parameter, value)
      .map(([name, parameters, text]) => `${name}${parameters}:${text}`)
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), fc.constantFrom('VEVENT', 'VTODO'), (lines, kind) => {
        const text = calendarOf(`BEGIN:${kind}\nUID:x\nDTSTART:20240101T090000Z\n${lines.join('\n')}\nEND:${kind}`)
        for (const { message } of convertIcalendar(text).items) convertIcalendar(mapiToIcalendar(message))
      }),
      { numRuns: 500 },
    )
  })
})
