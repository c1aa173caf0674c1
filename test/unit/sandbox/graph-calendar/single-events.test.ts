import { describe, expect, it } from 'vitest'
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
