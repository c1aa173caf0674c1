import { beforeEach, describe, expect, it } from 'vitest'
import { icalendarToMapi } from '../../../../src/formats/calendar/icalendar-to-mapi.ts'
import { berlin, CalendarRig, hasExamples, type Json, readExample, refusalOf } from './calendar-rig.ts'

const ann = { emailAddress: { name: 'Ann', address: 'ann@fabrikam.example' }, type: 'required' }
const bob = { emailAddress: { name: 'Bob', address: 'bob@fabrikam.example' }, type: 'optional' }
const meeting = { subject: 'Offer', start: berlin('2026-12-01T12:00:00'), end: berlin('2026-12-01T13:00:00'), attendees: [ann, bob] }
const pathOf = (event: Json | undefined, below = '') => `/events/${String(event?.['id'])}${below}`

/** exchange.md 3.6: "Creating or PATCHing an event with attendees sends invitations/updates; documented as not configurable." */
describe('meetings of the mailbox’s owner', () => {
  let rig: CalendarRig
  let made: Json

  beforeEach(async () => {
    rig = new CalendarRig()
    made = await rig.make(meeting)
  })

  const sent = () =>
    rig.store.outbox
      .latest(20)
      .toReversed()
      .map(({ reason, recipients }) => [reason, ...recipients])
  const invited = ['invitation', 'ann@fabrikam.example', 'bob@fabrikam.example']

  it('are invited to, once', async () => {
    expect(sent()).toEqual([invited])
    expect(made['responseStatus']).toEqual({ response: 'organizer', time: '0001-01-01T00:00:00Z' })
    expect(made['attendees']).toMatchObject([
      { type: 'required', emailAddress: { address: 'ann@fabrikam.example' } },
      { type: 'optional', emailAddress: { address: 'bob@fabrikam.example' } },
    ])
  })

  it('belong to the mailbox, whoever the request says organizes them', async () => {
    const other = await rig.make({ ...meeting, organizer: { emailAddress: { name: 'Eve', address: 'eve@fabrikam.example' } }, iCalUId: '0400', isOrganizer: false })
    expect(other).toMatchObject({ isOrganizer: true, organizer: { emailAddress: { address: rig.adele.userPrincipalName } } })
    expect(other['iCalUId']).toMatch(/^040000008200E00074C5B7101A82E008[0-9A-F]{80}$/)
  })

  it('tell everybody of a change, of a change of the attendees only whom it concerns', async () => {
    await rig.adeles('PATCH', pathOf(made), { body: { subject: 'Offer, new' } })
    const cleo = { emailAddress: { address: 'cleo@fabrikam.example' } }
    await rig.adeles('PATCH', pathOf(made), { body: { attendees: [ann, cleo] } })
    await rig.adeles('PATCH', pathOf(made), { body: { categories: ['Blue'], attendees: [ann] } })
    expect(sent().slice(1)).toEqual([
      ['update', 'ann@fabrikam.example', 'bob@fabrikam.example'],
      ['invitation', 'cleo@fabrikam.example'],
      ['cancellation', 'bob@fabrikam.example'],
      ['update', 'ann@fabrikam.example'],
      ['cancellation', 'cleo@fabrikam.example'],
    ])
  })

  it('are called off by deleting them', async () => {
    expect((await rig.adeles('DELETE', pathOf(made))).status).toBe(204)
    expect(sent()).toEqual([invited, ['cancellation', ...invited.slice(1)]])
    expect((await rig.adeles('GET', pathOf(made))).status).toBe(404)
    expect(rig.mailbox.folders.counts(rig.mailbox.folders.wellKnown('deleteditems')!.id).items).toBe(1)
  })

  it('are called off one occurrence at a time, too', async () => {
    const recurrence = { pattern: { type: 'daily', interval: 1 }, range: { type: 'numbered', startDate: '2026-12-01', numberOfOccurrences: 3 } }
    const series = await rig.make({ ...meeting, recurrence })
    const all = await rig.list(pathOf(series, '/instances?startDateTime=2026-12-01&endDateTime=2026-12-09'))
    await rig.adeles('PATCH', pathOf(all[0]), { body: { attendees: [ann] } })
    await rig.adeles('DELETE', pathOf(all[1]))
    expect(sent().slice(2)).toEqual([
      ['cancellation', 'bob@fabrikam.example'],
      ['cancellation', 'ann@fabrikam.example', 'bob@fabrikam.example'],
    ])
    const again = await rig.list(pathOf(series, '/instances?startDateTime=2026-12-01&endDateTime=2026-12-09'))
    expect(again.map((one) => (one['attendees'] as readonly object[]).length)).toEqual([1, 2])
  })

  it.runIf(hasExamples)('are cancelled with the documented request, 202', async () => {
    const answer = await rig.adeles('POST', pathOf(made, '/cancel'), { body: readExample('event-cancel.01.request') })
    expect(answer.status).toBe(202)
    expect(sent().at(-1)?.[0]).toBe('cancellation')
  })

  it('cannot be answered by their organizer', async () => {
    for (const [action, code] of [['accept', 'Accept'], ['tentativelyAccept', 'Tentative'], ['decline', 'Decline']] as const) {
      const answer = await rig.adeles('POST', pathOf(made, `/${action}`), { body: {} })
      expect([answer.status, refusalOf(answer).code]).toEqual([400, `ErrorCalendarIsOrganizerFor${code}`])
    }
  })

  it.runIf(hasExamples)('are forwarded with the documented request', async () => {
    expect((await rig.adeles('POST', pathOf(made, '/forward'), { body: readExample('event-forward.01.request') })).status).toBe(202)
    expect(sent().at(-1)).toEqual(['forward', 'danas@contoso.onmicrosoft.com'])
  })

  it('are made once for a transactionId', async () => {
    // exchange.md 3.6: "transactionId (client chosen, immutable) gives idempotent create".
    const body = { ...meeting, transactionId: '7E163156-7762-4BEB-A1C6-729EA81755A7' }
    const [first, second] = [await rig.make(body), await rig.make(body)]
    expect(second['id']).toBe(first['id'])
    expect(first['transactionId']).toBe(body.transactionId)
    expect(sent()).toHaveLength(2)
    expect(await rig.list('/events')).toHaveLength(2)
  })

  it('are not sent without attendees, whatever happens to them', async () => {
    const silent = new CalendarRig()
    const { attendees: _attendees, ...alone } = meeting
    const own = await silent.make(alone)
    await silent.adeles('PATCH', pathOf(own), { body: { subject: 'x' } })
    await silent.adeles('DELETE', pathOf(own))
    expect(silent.store.outbox.count).toBe(0)
  })
})

describe('meetings that others organize', () => {
  let rig: CalendarRig
  let received: Json

  beforeEach(async () => {
    rig = new CalendarRig()
    const me = rig.adele.userPrincipalName
    const lines = [
      'BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:x', 'BEGIN:VEVENT', 'UID:abc@fabrikam.example', 'DTSTAMP:20261101T000000Z',
      'DTSTART:20261201T110000Z', 'DTEND:20261201T120000Z', 'SUMMARY:Their meeting', 'ORGANIZER;CN=Ann:mailto:ann@fabrikam.example',
      `ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:${me}`, 'END:VEVENT', 'END:VCALENDAR', '',
    ]
    const calendar = rig.mailbox.folders.wellKnown('calendar')!
    for (const message of icalendarToMapi(lines.join('\r\n'), { owner: me })) rig.mailbox.items.create(calendar.id, { message })
    received = (await rig.list('/events'))[0]!
  })

  const sent = () => rig.store.outbox.latest(5).map(({ reason, recipients }) => [reason, ...recipients])

  it('show their organizer and the id that they came with', () => {
    expect(received).toMatchObject({
      isOrganizer: false,
      iCalUId: 'abc@fabrikam.example',
      organizer: { emailAddress: { address: 'ann@fabrikam.example' } },
      responseStatus: { response: 'notResponded' },
    })
  })

  it.runIf(hasExamples)('are accepted with the documented request, and the organizer told', async () => {
    expect((await rig.adeles('POST', pathOf(received, '/accept'), { body: readExample('event-accept.01.request') })).status).toBe(202)
    expect(sent()).toEqual([['response', 'ann@fabrikam.example']])
    expect((await rig.adeles('GET', pathOf(received))).json).toMatchObject({
      responseStatus: { response: 'accepted', time: '2026-11-21T09:00:00Z' },
      showAs: 'busy',
    })
  })

  it('are answered in silence when the request says so', async () => {
    await rig.adeles('POST', pathOf(received, '/tentativelyAccept'), { body: { sendResponse: false } })
    expect(sent()).toEqual([])
    expect((await rig.adeles('GET', pathOf(received))).json).toMatchObject({ responseStatus: { response: 'tentativelyAccepted' }, showAs: 'tentative' })
  })

  it.runIf(hasExamples)('leave the calendar when they are declined', async () => {
    expect((await rig.adeles('POST', pathOf(received, '/decline'), { body: readExample('event-decline.01.request') })).status).toBe(202)
    expect(sent()).toEqual([['response', 'ann@fabrikam.example']])
    expect(await rig.list('/events')).toEqual([])
  })

  it('lose a declined occurrence, and keep the others', async () => {
    const me = rig.adele.userPrincipalName
    const lines = [
      'BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:x', 'BEGIN:VEVENT', 'UID:series@fabrikam.example', 'DTSTAMP:20261101T000000Z',
      'DTSTART:20270301T110000Z', 'DTEND:20270301T120000Z', 'RRULE:FREQ=DAILY;COUNT=3', 'SUMMARY:Their series',
      'ORGANIZER;CN=Ann:mailto:ann@fabrikam.example', `ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:${me}`, 'END:VEVENT', 'END:VCALENDAR', '',
    ]
    const calendar = rig.mailbox.folders.wellKnown('calendar')!
    for (const message of icalendarToMapi(lines.join('\r\n'), { owner: me })) rig.mailbox.items.create(calendar.id, { message })
    const march = '/calendarView?startDateTime=2027-03-01&endDateTime=2027-03-31'
    const all = await rig.list(march)
    await rig.adeles('POST', pathOf(all[0], '/accept'), { body: {} })
    await rig.adeles('POST', pathOf(all[1], '/decline'), { body: {} })
    const after = await rig.list(march)
    expect(after.map((one) => (one['responseStatus'] as Json)['response'])).toEqual(['accepted', 'notResponded'])
    expect(sent()).toEqual([['response', 'ann@fabrikam.example'], ['response', 'ann@fabrikam.example']])
  })

  it('take no proposal that is not sent', async () => {
    // Graph's page on decline: 400 when proposedNewTime comes with sendResponse false.
    const proposedNewTime = { start: berlin('2026-12-02T12:00:00'), end: berlin('2026-12-02T13:00:00') }
    const answer = await rig.adeles('POST', pathOf(received, '/decline'), { body: { proposedNewTime, sendResponse: false } })
    expect(answer.status).toBe(400)
    expect(await rig.list('/events')).toHaveLength(1)
  })

  it('cannot be cancelled by who did not organize them, and are deleted without a word', async () => {
    const answer = await rig.adeles('POST', pathOf(received, '/cancel'), { body: {} })
    expect([answer.status, refusalOf(answer).message]).toEqual([400, "Your request can't be completed. You need to be an organizer to cancel a meeting."])
    await rig.adeles('PATCH', pathOf(received), { body: { categories: ['Blue'] } })
    await rig.adeles('DELETE', pathOf(received))
    expect(sent()).toEqual([])
  })
})
