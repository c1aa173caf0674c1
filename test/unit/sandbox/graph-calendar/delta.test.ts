import { describe, expect, it } from 'vitest'
import { berlin, CalendarRig, type Json, refusalOf } from './calendar-rig.ts'

const december = '?startDateTime=2026-12-01T00:00:00Z&endDateTime=2027-01-01T00:00:00Z'
const lunch = { subject: 'Lunch', start: berlin('2026-12-01T12:00:00'), end: berlin('2026-12-01T13:00:00') }
const series = {
  ...lunch,
  subject: 'Series',
  recurrence: {
    pattern: { type: 'weekly', interval: 1, daysOfWeek: ['Tuesday'] },
    range: { type: 'numbered', startDate: '2026-12-01', numberOfOccurrences: 3 },
  },
}

/** Follows the links of a round to its end. */
async function round(rig: CalendarRig, from: string, headers = {}): Promise<{ readonly events: readonly Json[]; readonly next: string; readonly pages: number }> {
  const events: Json[] = []
  let below = from
  for (let pages = 1; ; pages++) {
    const { json, status } = await rig.adeles('GET', below, { headers })
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(json)}`)
    events.push(...(json['value'] as readonly Json[]))
    const link = new URL(String(json['@odata.nextLink'] ?? json['@odata.deltaLink']))
    below = `${link.pathname.replace(/^\/v1\.0\/users\/[^/]+/, '')}${link.search}`
    if (json['@odata.deltaLink'] !== undefined) return { events, next: below, pages }
  }
}

const seen = (events: readonly Json[]) => events.map((event) => (event['@removed'] === undefined ? `${String(event['type'])} ${String(event['subject'])}` : 'removed'))

describe('the changes of a calendar view', () => {
  it('begin with everything in the window: a series with its occurrences, of which only what is their own', async () => {
    // Graph's guide "Get incremental changes to events in a calendar view"; exchange.md 3.6, calendarView/delta.
    const rig = new CalendarRig()
    await rig.make(lunch)
    await rig.make(series)
    await rig.make({ ...lunch, start: berlin('2027-02-01T12:00:00'), end: berlin('2027-02-01T13:00:00') })
    const { events, next } = await round(rig, `/calendarView/delta${december}`)
    expect(seen(events)).toEqual(['singleInstance Lunch', 'seriesMaster Series', ...Array.from({ length: 3 }, () => 'occurrence undefined')])
    expect(Object.keys(events[2] ?? {})).toEqual(['@odata.etag', 'id', 'seriesMasterId', 'type', 'start', 'end'])
    expect((await round(rig, next)).events).toEqual([])
  })

  it('go on with what came, changed and went', async () => {
    const rig = new CalendarRig()
    const [single, repeated] = [await rig.make(lunch), await rig.make(series)]
    const first = await round(rig, `/calendarView/delta${december}`)
    const instances = first.events.filter((event) => event['type'] === 'occurrence')
    await rig.adeles('DELETE', `/events/${String(single['id'])}`)
    await rig.adeles('PATCH', `/events/${String(instances[0]?.['id'])}`, { body: { subject: 'Changed' } })
    await rig.adeles('DELETE', `/events/${String(instances[1]?.['id'])}`)
    await rig.make({ ...lunch, subject: 'New' })
    const second = await round(rig, first.next)
    const byId = new Map(second.events.map((event) => [event['id'], event]))
    expect(byId.get(single['id'])).toEqual({ id: single['id'], '@removed': { reason: 'deleted' } })
    expect(byId.get(repeated['id'])).toMatchObject({ type: 'seriesMaster' })
    expect(byId.get(instances[0]?.['id'])).toMatchObject({ type: 'exception', subject: 'Changed' })
    expect(byId.get(instances[1]?.['id'])).toEqual({ id: instances[1]?.['id'], '@removed': { reason: 'deleted' } })
    expect(byId.get(instances[2]?.['id'])).toMatchObject({ type: 'occurrence' })
    expect(seen(second.events)).toContain('singleInstance New')
    // Out of the window is gone, too.
    await rig.adeles('PATCH', `/events/${String(second.events.at(-1)?.['id'])}`, { body: { start: berlin('2027-03-01T12:00:00'), end: berlin('2027-03-01T13:00:00') } })
    expect(seen((await round(rig, second.next)).events)).toEqual(['removed'])
  })

  it('come in pages', async () => {
    const rig = new CalendarRig()
    for (let n = 0; n < 5; n++) await rig.make({ ...lunch, subject: `E${n}` })
    const { events, pages } = await round(rig, `/calendarView/delta${december}`, { Prefer: 'odata.maxpagesize=2' })
    expect([seen(events), pages]).toEqual([['E0', 'E1', 'E2', 'E3', 'E4'].map((name) => `singleInstance ${name}`), 3])
    expect((await round(rig, '/events/delta')).events).toHaveLength(5)
  })

  it.each([
    ['/calendarView/delta', 400, 'ErrorInvalidParameter'],
    [`/calendarView/delta${december}&$select=subject`, 400, 'RequestBroker--ParseUri'],
    ['/calendarView/delta?$deltatoken=abc', 400, 'SyncStateInvalid'],
  ])('refuse %s', async (path, status, code) => {
    const answer = await new CalendarRig().adeles('GET', path)
    expect([answer.status, refusalOf(answer).code]).toEqual([status, code])
  })

  it('are lost with a token of another calendar', async () => {
    const rig = new CalendarRig()
    const made = await rig.make({ name: 'Team' }, '/calendars')
    const { next } = await round(rig, `/calendarView/delta${december}`)
    const answer = await rig.adeles('GET', `/calendars/${String(made['id'])}${next}`)
    expect([answer.status, refusalOf(answer).code]).toEqual([410, 'SyncStateNotFound'])
  })
})
