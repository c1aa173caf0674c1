import { describe, expect, it } from 'vitest'
import { readZoneDefinition } from '../../../../src/formats/calendar/zone-blobs.ts'
import { calendarProperties } from '../../../../src/formats/mapi/calendar-properties.ts'
import { toFileTime } from '../../../../src/formats/mapi/file-time.ts'
import { messageProperties } from '../../../../src/formats/mapi/message-properties.ts'
import { answerDifferences, hasCsdl } from '../csdl.ts'
import { berlin, CalendarRig, hasExamples, readExample, refusalOf } from './calendar-rig.ts'

const lunch = { subject: 'Lunch', start: berlin('2026-12-01T12:00:00'), end: berlin('2026-12-01T13:00:00') }

describe('events of the default calendar', () => {
  // Graph's page "Create event", examples 1, 2 and 4, and "Create event in a calendar"; the answers' shape is theirs.
  it.runIf(hasExamples && hasCsdl).each(['user-post-events.01', 'user-post-events.03', 'user-post-events.05', 'user-post-events.07', 'calendar-post-events.01'])(
    'takes the documented example %s and answers as documented',
    async (name) => {
      const rig = new CalendarRig()
      const request = readExample(`${name}.request`)
      const number = Number(name.slice(-2)) + 1
      const documented = readExample(`${name.slice(0, -2)}0${number}.response`)
      const made = await rig.make(request, '/events', { Prefer: 'outlook.timezone="Pacific Standard Time"' })
      expect(answerDifferences(made, 'microsoft.graph.event')).toEqual([])
      expect(Object.keys(documented).filter((property) => !(property in made))).toEqual([])
      expect(made).toMatchObject({
        subject: request['subject'],
        originalStartTimeZone: documented['originalStartTimeZone'],
        type: documented['type'],
        isOrganizer: true,
        isReminderOn: true,
        reminderMinutesBeforeStart: 15,
        recurrence: documented['recurrence'],
        attendees: (documented['attendees'] as readonly object[]).map(() => ({ status: { response: 'none' } })),
        organizer: { emailAddress: { name: 'Adele Vance', address: rig.adele.userPrincipalName } },
        location: documented['location'],
      })
      expect((made['start'] as { dateTime: string }).dateTime).toBe(`${(request['start'] as { dateTime: string }).dateTime}.0000000`)
      expect(rig.store.outbox.latest(10).map(({ reason }) => reason)).toEqual(['invitation'])
    },
  )

  it('are found again, in the zone that the request prefers', async () => {
    const rig = new CalendarRig()
    const made = await rig.make(lunch)
    const [listed] = await rig.list('/events')
    expect(listed?.['id']).toBe(made['id'])
    expect(listed?.['start']).toEqual({ dateTime: '2026-12-01T11:00:00.0000000', timeZone: 'UTC' })
    const answer = await rig.adeles('GET', `/events/${String(made['id'])}?$select=start,end`, { headers: { Prefer: 'outlook.timezone="Europe/Berlin"' } })
    expect(answer.headers.get('preference-applied')).toBe('outlook.timezone="Europe/Berlin"')
    expect(answer.json).toMatchObject({ start: { dateTime: '2026-12-01T12:00:00.0000000', timeZone: 'Europe/Berlin' } })
    expect(Object.keys(answer.json)).toEqual(['@odata.context', '@odata.etag', 'id', 'start', 'end'])
    expect(rig.store.outbox.count).toBe(0)
  })

  it('refuses a zone that there is not', async () => {
    const rig = new CalendarRig()
    const answer = await rig.adeles('POST', '/events', { body: { ...lunch, start: { dateTime: '2026-12-01T12:00:00', timeZone: 'Mars Time' } } })
    expect([answer.status, refusalOf(answer).code]).toEqual([400, 'TimeZoneNotSupportedException'])
  })
})

describe('the times of an event', () => {
  const create = async (body: object) => {
    const rig = new CalendarRig()
    const answer = await rig.adeles('POST', '/events', { body: { subject: 'x', ...body } })
    expect(rig.defects).toEqual([])
    return answer
  }

  // Graph's page on event: originalStartTimeZone; exchange.md 3.6: "Windows names preferred in payload; IANA accepted".
  it.each([
    ['Pacific Standard Time', 'Pacific Standard Time', '2026-12-01T20:00:00'],
    ['America/Los_Angeles', 'Pacific Standard Time', '2026-12-01T20:00:00'],
    ['Asia/Kolkata', 'India Standard Time', '2026-12-01T06:30:00'],
    ['UTC', 'UTC', '2026-12-01T12:00:00'],
    ['tzone://Microsoft/Utc', 'UTC', '2026-12-01T12:00:00'],
  ])('may be in %s', async (timeZone, windowsName, utc) => {
    const { json } = await create({ start: { dateTime: '2026-12-01T12:00:00', timeZone }, end: { dateTime: '2026-12-01T12:30', timeZone } })
    expect(json).toMatchObject({ originalStartTimeZone: windowsName, originalEndTimeZone: windowsName, start: { dateTime: `${utc}.0000000`, timeZone: 'UTC' } })
  })

  // Graph's page on event, isAllDay: midnight, and the same zone for both.
  it('are the same days everywhere when they are whole days', async () => {
    const rig = new CalendarRig()
    const made = await rig.make({ subject: 'Fair', isAllDay: true, start: berlin('2026-12-01T00:00:00'), end: berlin('2026-12-03T00:00:00') })
    expect(made).toMatchObject({ isAllDay: true, start: { dateTime: '2026-12-01T00:00:00.0000000', timeZone: 'UTC' }, end: { dateTime: '2026-12-03T00:00:00.0000000' } })
    const tokyo = await rig.adeles('GET', `/events/${String(made['id'])}`, { headers: { Prefer: 'outlook.timezone="Tokyo Standard Time"' } })
    expect(tokyo.json).toMatchObject({ start: { dateTime: '2026-12-01T00:00:00.0000000', timeZone: 'Tokyo Standard Time' } })
  })

  it.each([
    ['no start', { end: berlin('2026-12-01T12:00:00') }, 'ErrorPropertyValidationFailure'],
    ['no end', { start: berlin('2026-12-01T12:00:00') }, 'ErrorPropertyValidationFailure'],
    ['no such day', { start: berlin('2026-02-30T12:00:00'), end: berlin('2026-12-01T12:00:00') }, 'ErrorPropertyValidationFailure'],
    ['an end before the start', { start: berlin('2026-12-01T12:00:00'), end: berlin('2026-12-01T11:00:00') }, 'ErrorCalendarEndDateIsEarlierThanStartDate'],
    ['ten years', { start: berlin('2026-12-01T12:00:00'), end: berlin('2036-12-01T12:00:00') }, 'ErrorCalendarDurationIsTooLong'],
    ['whole days from noon', { isAllDay: true, start: berlin('2026-12-01T12:00:00'), end: berlin('2026-12-02T12:00:00') }, 'ErrorPropertyValidationFailure'],
    ['no whole day', { isAllDay: true, start: berlin('2026-12-01T00:00:00'), end: berlin('2026-12-01T00:00:00') }, 'ErrorPropertyValidationFailure'],
    [
      'whole days in two zones',
      { isAllDay: true, start: berlin('2026-12-01T00:00:00'), end: { dateTime: '2026-12-02T00:00:00', timeZone: 'UTC' } },
      'ErrorPropertyValidationFailure',
    ],
    ['an unknown property', { start: berlin('2026-12-01T12:00:00'), end: berlin('2026-12-01T13:00:00'), colour: 'red' }, 'RequestBodyRead'],
    ['a wrong type', { start: '2026-12-01T12:00:00', end: berlin('2026-12-01T13:00:00') }, 'RequestBodyRead'],
    ['a member that there is not', { start: berlin('2026-12-01T12:00:00'), end: berlin('2026-12-01T13:00:00'), showAs: 'asleep' }, 'RequestBodyRead'],
    ['an attendee without anything', { start: berlin('2026-12-01T12:00:00'), end: berlin('2026-12-01T13:00:00'), attendees: [{}] }, 'ErrorInvalidRecipients'],
  ])('are refused with %s', async (_what, body, code) => {
    const answer = await create(body)
    expect([answer.status, refusalOf(answer).code]).toEqual([400, code])
  })
})

describe('what an event has', () => {
  const facts = {
    body: { contentType: 'text', content: 'Bring the plans' },
    showAs: 'oof',
    sensitivity: 'private',
    importance: 'high',
    categories: ['Blue', 'Grün'],
    isReminderOn: false,
    reminderMinutesBeforeStart: 30,
    allowNewTimeProposals: false,
    responseRequested: false,
    hideAttendees: true,
  }

  it('is kept as it was given', async () => {
    const rig = new CalendarRig()
    const made = await rig.make({ ...lunch, ...facts })
    expect(made).toMatchObject(facts)
    const changes = { showAs: 'free', sensitivity: 'normal', importance: 'low', categories: [], isReminderOn: true, hideAttendees: false }
    const changed = await rig.adeles('PATCH', `/events/${String(made['id'])}`, { body: changes })
    expect(changed.json).toMatchObject({ ...facts, ...changes, reminderMinutesBeforeStart: 30 })
    expect(changed.json['changeKey']).not.toBe(made['changeKey'])
  })

  it('is the same as MAPI properties', async () => {
    // MS-OXOCAL 2.2.1.2 (busy status), 2.2.1.20 (private), 2.2.1.9 (all day), MS-OXORMDR 2.2.1.
    const rig = new CalendarRig()
    await rig.make({ ...lunch, ...facts, location: { displayName: 'Room 5' } })
    const [row] = rig.mailbox.items.list(rig.mailbox.folders.wellKnown('calendar')!.id)
    const { properties } = rig.mailbox.items.message(row!.id)
    expect(properties.get(messageProperties.messageClass)).toBe('IPM.Appointment')
    expect(properties.get(calendarProperties.busyStatus)).toBe(3)
    expect(properties.get(messageProperties.isPrivate)).toBe(true)
    expect(properties.get(messageProperties.reminderSet)).toBe(false)
    expect(properties.get(calendarProperties.location)).toBe('Room 5')
    expect(properties.get(calendarProperties.startWhole)).toBe(toFileTime(Date.UTC(2026, 11, 1, 11)))
    expect(properties.get(calendarProperties.durationMinutes)).toBe(60)
    expect(readZoneDefinition(properties.get(calendarProperties.zoneDefinitionStart)!).keyName).toBe('W. Europe Standard Time')
    expect(row).toMatchObject({ startMs: Date.UTC(2026, 11, 1, 11), endMs: Date.UTC(2026, 11, 1, 12), subject: 'Lunch' })
  })

  it('follows the preferred form of the body', async () => {
    const rig = new CalendarRig()
    const made = await rig.make({ ...lunch, body: { contentType: 'html', content: '<p>Bring the <b>plans</b></p>' } })
    const answer = await rig.adeles('GET', `/events/${String(made['id'])}?$select=body`, { headers: { Prefer: 'outlook.body-content-type="text"' } })
    expect(answer.json).toMatchObject({ body: { contentType: 'text' } })
    expect((answer.json['body'] as { content: string }).content).toContain('Bring the plans')
  })

  it('changes only in the version that the request knows', async () => {
    // RFC 7232 If-Match; Exchange: ErrorIrresolvableConflict.
    const rig = new CalendarRig()
    const made = await rig.make(lunch)
    const patch = (headers: Readonly<Record<string, string>>) => rig.adeles('PATCH', `/events/${String(made['id'])}`, { body: { subject: 'y' }, headers })
    const etag = { 'If-Match': String(made['@odata.etag']) }
    expect((await patch(etag)).status).toBe(200)
    const stale = await patch(etag)
    expect([stale.status, refusalOf(stale).code]).toEqual([412, 'ErrorIrresolvableConflict'])
  })

  it('may be an online meeting, and stays one', async () => {
    // Graph's page on event, isOnlineMeeting; exchange.md 3.6: "new one only by isOnlineMeeting:true".
    const rig = new CalendarRig()
    const made = await rig.make({ ...lunch, isOnlineMeeting: true })
    expect(made).toMatchObject({ isOnlineMeeting: true, onlineMeetingProvider: 'teamsForBusiness', onlineMeetingUrl: null })
    const { joinUrl } = made['onlineMeeting'] as { readonly joinUrl: string }
    expect(joinUrl).toMatch(/^https:\/\/teams\.microsoft\.com\/l\/meetup-join\//)
    const changed = await rig.adeles('PATCH', `/events/${String(made['id'])}`, { body: { isOnlineMeeting: false } })
    expect(changed.json).toMatchObject({ isOnlineMeeting: true, onlineMeeting: { joinUrl } })
  })

  it('may be extended properties, also to find it by', async () => {
    const rig = new CalendarRig()
    const id = 'String {66f5a359-4659-4830-9070-00047ec6ac6e} Name Source'
    const made = await rig.make({ ...lunch, singleValueExtendedProperties: [{ id, value: 'a1' }] })
    await rig.make(lunch)
    const expand = `$expand=singleValueExtendedProperties($filter=id eq '${id}')`
    const one = await rig.adeles('GET', `/events/${String(made['id'])}?${expand}`)
    expect(one.json['singleValueExtendedProperties']).toEqual([{ id, value: 'a1' }])
    const filter = encodeURIComponent(`singleValueExtendedProperties/any(ep: ep/id eq '${id}' and ep/value eq 'a1')`)
    expect((await rig.list(`/events?$filter=${filter}`)).map((event) => event['id'])).toEqual([made['id']])
  })

  it.runIf(hasExamples)('may be attachments, files and other events', async () => {
    // Graph's page "Add attachment" to an event, examples 1 and 2.
    const rig = new CalendarRig()
    const made = await rig.make(lunch)
    const below = `/events/${String(made['id'])}/attachments`
    const file = { ...readExample('event-post-attachments.01.request'), contentBytes: 'bWFjIGFuZCBjaGVlc2UgdG9kYXk=' }
    expect(await rig.make(file, below)).toMatchObject({ '@odata.type': '#microsoft.graph.fileAttachment', name: 'menu.txt' })
    const inner = await rig.make(readExample('event-post-attachments.03.request'), below)
    expect(inner).toMatchObject({ '@odata.type': '#microsoft.graph.itemAttachment', name: 'Holiday event', contentType: null })
    const whole = await rig.adeles('GET', `${below}/${String(inner['id'])}?$expand=microsoft.graph.itemAttachment/item`)
    expect(whole.json['item']).toMatchObject({ '@odata.type': '#microsoft.graph.event', subject: 'Discuss gifts for children', originalStartTimeZone: 'Pacific Standard Time' })
    expect((await rig.adeles('GET', `/events/${String(made['id'])}?$expand=attachments`)).json).toMatchObject({ hasAttachments: true, attachments: [{}, {}] })
    expect((await rig.adeles('DELETE', `${below}/${String(inner['id'])}`)).status).toBe(204)
    expect(await rig.list(below)).toHaveLength(1)
    expect(rig.store.outbox.count).toBe(0)
  })
})

describe('lists of events', () => {
  const many = async (count: number) => {
    const rig = new CalendarRig()
    for (let n = 0; n < count; n++) await rig.make({ ...lunch, subject: `Event ${n}`, showAs: n % 2 === 0 ? 'free' : 'busy' })
    return rig
  }

  it('come in pages of ten, or as many as asked for', async () => {
    const rig = await many(12)
    const first = await rig.adeles('GET', '/events?$select=subject&$count=true')
    expect([(first.json['value'] as readonly object[]).length, first.json['@odata.count']]).toEqual([10, 12])
    const next = new URL(String(first.json['@odata.nextLink']))
    const second = await rig.call('GET', `${next.pathname}${next.search}`, { roles: ['Calendars.Read'] })
    expect((second.body as { readonly value: readonly { readonly subject: string }[] }).value.map(({ subject }) => subject)).toEqual(['Event 1', 'Event 0'])
    expect(await rig.list('/events?$top=3&$skip=4')).toHaveLength(3)
  })

  it('are filtered and sorted', async () => {
    const rig = await many(4)
    expect((await rig.list("/events?$filter=showAs eq 'free'&$orderby=subject desc")).map((event) => event['subject'])).toEqual(['Event 2', 'Event 0'])
    expect(await rig.list("/events?$filter=start/dateTime ge '2026-12-01T11:30'")).toEqual([])
    expect(await rig.list("/events?$filter=startswith(subject,'Event')&$orderby=start/dateTime")).toHaveLength(4)
  })

  it.each([
    ['/events?$select=colour', 'RequestBroker--ParseUri'],
    ['/events?$expand=colour', 'RequestBroker--ParseUri'],
    ['/events?$search=x', 'RequestBroker--ParseUri'],
    ['/events?$top=2000', 'ErrorInvalidUrlQuery'],
    ['/events?$filter=subject eq', 'ErrorInvalidUrlQueryFilter'],
    ['/calendarView', 'ErrorInvalidParameter'],
    ['/calendarView?startDateTime=2026-12-01&endDateTime=tomorrow', 'ErrorInvalidParameter'],
    ['/calendarView?startDateTime=2026-12-02&endDateTime=2026-12-01', 'ErrorInvalidParameter'],
    ['/calendarView?startDateTime=2020-12-02&endDateTime=2026-12-01', 'ErrorCalendarViewRangeTooBig'],
    ['/events/AAMk', 'ErrorInvalidIdMalformed'],
  ])('refuse %s', async (path, code) => {
    const answer = await new CalendarRig().adeles('GET', path)
    expect([answer.status, refusalOf(answer).code]).toEqual([400, code])
  })
})
