import { beforeEach, describe, expect, it } from 'vitest'
import { attachmentProperties } from '../../../../src/formats/mapi/attachment-properties.ts'
import { calendarProperties } from '../../../../src/formats/mapi/calendar-properties.ts'
import { readAppointmentBlob } from '../../../../src/formats/calendar/appointment-recurrence-blob.ts'
import { icalendarToMapi } from '../../../../src/formats/calendar/icalendar-to-mapi.ts'
import { mapiToIcalendar } from '../../../../src/formats/calendar/mapi-to-icalendar.ts'
import { recurrenceOfBlob } from '../../../../src/formats/calendar/recurrence-of-blob.ts'
import { answerDifferences, hasCsdl } from '../csdl.ts'
import { berlin, CalendarRig, type Json, refusalOf } from './calendar-rig.ts'

const inBerlin = { Prefer: 'outlook.timezone="W. Europe Standard Time"' }
const october = '?startDateTime=2026-10-01T00:00:00Z&endDateTime=2026-11-15T00:00:00Z'

/** Mondays at nine in Berlin, across the end of summer time on 2026-10-25. */
const mondays = {
  subject: 'Stand-up',
  start: berlin('2026-10-05T09:00:00'),
  end: berlin('2026-10-05T09:30:00'),
  recurrence: {
    pattern: { type: 'weekly', interval: 1, daysOfWeek: ['Monday'] },
    range: { type: 'numbered', startDate: '2026-10-05', numberOfOccurrences: 6 },
  },
}

const startOf = (event: Json | undefined) => (event?.['start'] as { readonly dateTime: string } | undefined)?.dateTime.slice(0, 16)
const starts = (events: readonly Json[]) => events.map(startOf)
const pathOf = (event: Json | undefined, below = '') => `/events/${String(event?.['id'])}${below}`

describe('a series', () => {
  let rig: CalendarRig
  let series: Json

  beforeEach(async () => {
    rig = new CalendarRig()
    series = await rig.make(mondays)
  })

  const instances = (headers = inBerlin) => rig.list(pathOf(series, `/instances${october}`), headers)
  const stored = () => {
    const calendar = rig.mailbox.folders.wellKnown('calendar')!
    const [row] = rig.mailbox.items.list(calendar.id)
    const message = rig.mailbox.items.message(row!.id)
    return { message, recurrence: recurrenceOfBlob(readAppointmentBlob(message.properties.get(calendarProperties.recurrence)!)) }
  }

  it('keeps its time of day when the clocks change', async () => {
    // exchange.md 3.6: type seriesMaster | occurrence.
    expect(series['type']).toBe('seriesMaster')
    expect(starts(await instances())).toEqual([
      '2026-10-05T09:00',
      '2026-10-12T09:00',
      '2026-10-19T09:00',
      '2026-10-26T09:00',
      '2026-11-02T09:00',
      '2026-11-09T09:00',
    ])
    expect(starts(await instances({ Prefer: 'outlook.timezone="UTC"' })).slice(2, 4)).toEqual(['2026-10-19T07:00', '2026-10-26T08:00'])
  })

  it('is the same as MAPI properties: pattern, range and times of PidLidAppointmentRecur', () => {
    // MS-OXOCAL 2.2.1.44.5.
    expect(stored().recurrence).toEqual({
      pattern: { type: 'weekly', interval: 1, daysOfWeek: ['monday'], firstDayOfWeek: 'sunday' },
      range: { type: 'numbered', startDate: '2026-10-05', numberOfOccurrences: 6 },
      startMinutes: 9 * 60,
      durationMinutes: 30,
      deletedDates: [],
      exceptions: [],
    })
  })

  it.runIf(hasCsdl)('gives occurrences that Graph’s type knows, each with an id and an iCalUId of its own', async () => {
    const all = await instances()
    for (const one of all) expect(answerDifferences(one, 'microsoft.graph.event')).toEqual([])
    expect(new Set(all.map((one) => one['id'])).size).toBe(6)
    expect(new Set([series, ...all].map((one) => one['iCalUId'])).size).toBe(7)
    expect(all[3]).toMatchObject({ type: 'occurrence', seriesMasterId: series['id'], recurrence: null, originalStart: '2026-10-26T08:00:00Z' })
    const alone = await rig.adeles('GET', pathOf(all[3]), { headers: inBerlin })
    expect(alone.json).toMatchObject(all[3] as object)
  })

  it('has occurrences with immutable ids, too, that stay when the series moves', async () => {
    const headers = { Prefer: 'IdType="ImmutableId", outlook.timezone="W. Europe Standard Time"' }
    const [first] = await rig.list(`/calendarView${october}`, headers)
    const [listed] = await rig.list('/events', headers)
    expect(first?.['seriesMasterId']).toBe(listed?.['id'])
    const calendar = rig.mailbox.folders.wellKnown('calendar')!
    const other = rig.mailbox.folders.create(calendar.id, { name: 'Other', folderClass: 'IPF.Appointment' })
    const [row] = rig.mailbox.items.list(calendar.id)
    rig.mailbox.items.move(row!.id, other.id)
    expect((await rig.adeles('GET', pathOf(first), { headers })).json).toMatchObject({ id: first?.['id'], start: first?.['start'] })
    expect((await rig.adeles('GET', pathOf(series))).status).toBe(404)
  })

  it('makes an exception of a changed occurrence, in the blob and as an embedded message', async () => {
    // MS-OXOCAL 2.2.10; exchange.md 3.6, "for each exception PATCH that instance".
    const all = await instances()
    const body = { subject: 'Stand-up, later', start: berlin('2026-10-27T10:00:00'), end: berlin('2026-10-27T11:00:00'), location: { displayName: 'Room 5' } }
    const changed = await rig.adeles('PATCH', pathOf(all[3]), { body, headers: inBerlin })
    expect(changed.status).toBe(200)
    expect(changed.json).toMatchObject({ type: 'exception', subject: 'Stand-up, later', location: { displayName: 'Room 5' }, originalStart: '2026-10-26T08:00:00Z' })
    expect(starts(await instances())[3]).toBe('2026-10-27T10:00')
    const { message, recurrence } = stored()
    expect(recurrence.exceptions).toEqual([
      {
        originalStart: '2026-10-26T09:00:00',
        start: '2026-10-27T10:00:00',
        end: '2026-10-27T11:00:00',
        subject: 'Stand-up, later',
        location: 'Room 5',
      },
    ])
    expect(message.attachments).toHaveLength(1)
    expect(message.attachments[0]?.properties.get(attachmentProperties.hidden)).toBe(true)
    expect(message.attachments[0]?.embedded?.properties.get(calendarProperties.location)).toBe('Room 5')
    const master = await rig.adeles('GET', pathOf(series, '?$expand=exceptionOccurrences'))
    expect(master.json).toMatchObject({ hasAttachments: false, exceptionOccurrences: [{ id: all[3]?.['id'], type: 'exception', subject: 'Stand-up, later' }] })
    expect(await rig.list(pathOf(series, '/attachments'))).toEqual([])
    // Once more: the same exception, not a second one.
    await rig.adeles('PATCH', pathOf(all[3]), { body: { showAs: 'free' } })
    expect(stored().recurrence.exceptions).toMatchObject([{ subject: 'Stand-up, later', busyStatus: 0 }])
    expect(stored().message.attachments).toHaveLength(1)
  })

  it('lets what an exception does not say follow the series', async () => {
    const all = await instances()
    await rig.adeles('PATCH', pathOf(all[1]), { body: { location: { displayName: 'Room 5' } } })
    await rig.adeles('PATCH', pathOf(series), { body: { sensitivity: 'private', body: { contentType: 'text', content: 'New agenda' } } })
    expect((await instances())[1]).toMatchObject({ location: { displayName: 'Room 5' }, sensitivity: 'private', bodyPreview: 'New agenda', type: 'exception' })
  })

  it('refuses an occurrence that would pass its neighbours', async () => {
    // EWS: ErrorOccurrenceCrossingBoundary.
    const all = await instances()
    const body = { start: berlin('2026-11-03T09:00:00'), end: berlin('2026-11-03T09:30:00') }
    const answer = await rig.adeles('PATCH', pathOf(all[3]), { body })
    expect([answer.status, refusalOf(answer).code]).toEqual([400, 'ErrorOccurrenceCrossingBoundary'])
  })

  it('loses a deleted occurrence and says which ones it lost', async () => {
    // exchange.md 3.6: cancelledOccurrences with ids OID.<master>.<yyyy-MM-dd>, only with $select.
    const all = await instances()
    await rig.adeles('PATCH', pathOf(all[1]), { body: { subject: 'Changed first' } })
    expect((await rig.adeles('DELETE', pathOf(all[1]))).status).toBe(204)
    expect((await rig.adeles('DELETE', pathOf(all[4]))).status).toBe(204)
    expect(starts(await instances())).toEqual(['2026-10-05T09:00', '2026-10-19T09:00', '2026-10-26T09:00', '2026-11-09T09:00'])
    expect((await rig.adeles('GET', pathOf(all[4]))).status).toBe(404)
    expect(stored().recurrence).toMatchObject({ deletedDates: ['2026-10-12', '2026-11-02'], exceptions: [] })
    expect(stored().message.attachments).toEqual([])
    const master = await rig.adeles('GET', pathOf(series, '?$select=subject,cancelledOccurrences'))
    expect(master.json['cancelledOccurrences']).toEqual([`OID.${String(series['id'])}.2026-10-12`, `OID.${String(series['id'])}.2026-11-02`])
    expect('cancelledOccurrences' in (await rig.adeles('GET', pathOf(series))).json).toBe(false)
  })

  it('is gone with its last occurrence', async () => {
    for (const one of await instances()) await rig.adeles('DELETE', pathOf(one))
    expect(await rig.list('/events')).toEqual([])
  })

  it('drops exceptions and deleted dates when its dates change, and nothing when they do not', async () => {
    const all = await instances()
    await rig.adeles('PATCH', pathOf(all[1]), { body: { subject: 'Changed' } })
    await rig.adeles('DELETE', pathOf(all[4]))
    await rig.adeles('PATCH', pathOf(series), { body: { start: mondays.start, end: mondays.end, importance: 'high' } })
    expect(stored().recurrence).toMatchObject({ deletedDates: ['2026-11-02'], exceptions: [{ subject: 'Changed' }] })
    await rig.adeles('PATCH', pathOf(series), { body: { start: berlin('2026-10-05T14:00:00'), end: berlin('2026-10-05T14:30:00') } })
    expect(stored().recurrence).toMatchObject({ deletedDates: [], exceptions: [], startMinutes: 14 * 60 })
    expect(stored().message.attachments).toEqual([])
    expect(starts(await instances())[4]).toBe('2026-11-02T14:00')
  })

  it('becomes a single event without its recurrence', async () => {
    const answer = await rig.adeles('PATCH', pathOf(series), { body: { recurrence: null } })
    expect(answer.json).toMatchObject({ type: 'singleInstance', recurrence: null })
    expect(starts(await rig.list(`/calendarView${october}`, inBerlin))).toEqual(['2026-10-05T09:00'])
  })

  it('agrees with what the same series is in iCalendar', async () => {
    const all = await instances()
    await rig.adeles('PATCH', pathOf(all[3]), { body: { start: berlin('2026-10-27T10:00:00'), end: berlin('2026-10-27T11:00:00') } })
    await rig.adeles('DELETE', pathOf(all[1]))
    const text = mapiToIcalendar(stored().message)
    expect(text).toContain('RRULE:FREQ=WEEKLY;')
    expect(text).toContain('EXDATE;TZID=Europe/Berlin:20261012T090000')
    expect(text).toContain('RECURRENCE-ID;TZID=Europe/Berlin:20261026T090000')
    const again = new CalendarRig()
    const calendar = again.mailbox.folders.wellKnown('calendar')!
    for (const message of icalendarToMapi(text)) again.mailbox.items.create(calendar.id, { message })
    const [master] = await again.list('/events')
    const before = await instances()
    const after = await again.list(pathOf(master, `/instances${october}`), inBerlin)
    const seen = (event: Json) => ['start', 'end', 'type', 'subject', 'originalStart', 'iCalUId'].map((name) => event[name])
    expect(after.map(seen)).toEqual(before.map(seen))
    expect(master?.['recurrence']).toEqual(series['recurrence'])
  })
})

describe('the recurrence of a request', () => {
  const patterns: readonly (readonly [string, object, readonly string[]])[] = [
    ['daily', { type: 'daily', interval: 10 }, ['2026-10-01', '2026-10-11', '2026-10-21']],
    ['weekly', { type: 'weekly', interval: 2, daysOfWeek: ['thursday', 'friday'] }, ['2026-10-01', '2026-10-02', '2026-10-15']],
    ['absoluteMonthly', { type: 'absoluteMonthly', interval: 1, dayOfMonth: 1 }, ['2026-10-01', '2026-11-01']],
    ['relativeMonthly', { type: 'relativeMonthly', interval: 1, daysOfWeek: ['thursday'], index: 'first' }, ['2026-10-01', '2026-11-05']],
    ['absoluteYearly', { type: 'absoluteYearly', interval: 1, dayOfMonth: 1, month: 10 }, ['2026-10-01']],
    ['relativeYearly', { type: 'relativeYearly', interval: 1, daysOfWeek: ['thursday'], index: 'first', month: 10 }, ['2026-10-01']],
  ]

  // exchange.md 3.6: the six patterns and three ranges.
  it.each(patterns)('may be %s', async (_type, pattern, dates) => {
    const rig = new CalendarRig()
    const recurrence = { pattern, range: { type: 'noEnd', startDate: '2026-10-01' } }
    const made = await rig.make({ ...mondays, start: berlin('2026-10-01T09:00:00'), end: berlin('2026-10-01T10:00:00'), recurrence })
    expect(made['recurrence']).toMatchObject({ pattern, range: { type: 'noEnd', recurrenceTimeZone: 'W. Europe Standard Time', endDate: '0001-01-01' } })
    const found = starts(await rig.list(pathOf(made, `/instances${october}`), inBerlin))
    expect(found.slice(0, dates.length)).toEqual(dates.map((date) => `${date}T09:00`))
    // What was answered can be given again.
    const again = await rig.make({ ...mondays, start: made['start'], end: made['end'], recurrence: made['recurrence'] })
    expect(again['recurrence']).toEqual(made['recurrence'])
  })

  it('begins with the first day that fits', async () => {
    const rig = new CalendarRig()
    const made = await rig.make({
      ...mondays,
      start: berlin('2026-10-01T09:00:00'),
      end: berlin('2026-10-01T10:00:00'),
      recurrence: { pattern: mondays.recurrence.pattern, range: { type: 'endDate', startDate: '2026-10-01', endDate: '2026-10-20' } },
    })
    expect(starts(await rig.list(pathOf(made, `/instances${october}`), inBerlin))).toEqual(['2026-10-05T09:00', '2026-10-12T09:00', '2026-10-19T09:00'])
    expect((made['start'] as { dateTime: string }).dateTime).toBe('2026-10-05T07:00:00.0000000')
  })

  it.each([
    ['another start', { ...mondays.recurrence.range, startDate: '2026-10-06' }, mondays.recurrence.pattern, 'ErrorPropertyValidationFailure'],
    ['no days of the week', mondays.recurrence.range, { type: 'weekly', interval: 1 }, 'ErrorCalendarInvalidRecurrence'],
    ['no interval', mondays.recurrence.range, { type: 'daily' }, 'ErrorCalendarInvalidRecurrence'],
    ['an end before its start', { type: 'endDate', startDate: '2026-10-05', endDate: '2026-10-01' }, mondays.recurrence.pattern, 'ErrorCalendarInvalidRecurrence'],
    ['no occurrence', { type: 'endDate', startDate: '2026-10-05', endDate: '2026-10-06' }, { type: 'weekly', interval: 1, daysOfWeek: ['friday'] }, 'ErrorRecurrenceHasNoOccurrence'],
    ['a type that there is not', mondays.recurrence.range, { type: 'hourly', interval: 1 }, 'RequestBodyRead'],
    ['a zone that there is not', { ...mondays.recurrence.range, recurrenceTimeZone: 'Mars Time' }, mondays.recurrence.pattern, 'TimeZoneNotSupportedException'],
  ])('is refused with %s', async (_what, range, pattern, code) => {
    const rig = new CalendarRig()
    const answer = await rig.adeles('POST', '/events', { body: { ...mondays, recurrence: { pattern, range } } })
    expect([answer.status, refusalOf(answer).code]).toEqual([400, code])
    expect(rig.defects).toEqual([])
    expect(await rig.list('/events')).toEqual([])
  })
})
