import { beforeEach, describe, expect, it } from 'vitest'
import { answerDifferences, hasCsdl, structureDifferences } from '../csdl.ts'
import { calendarType } from '../../../../src/sandbox/faces/graph-calendar/calendars.ts'
import { calendarGroupType } from '../../../../src/sandbox/faces/graph-calendar/calendar-group-routes.ts'
import { calendarPermissionType } from '../../../../src/sandbox/faces/graph-calendar/sharing.ts'
import { eventType } from '../../../../src/sandbox/graph-mailbox/event-type.ts'
import { berlin, CalendarRig, hasExamples, type Json, readExample, refusalOf } from './calendar-rig.ts'

const event = { subject: 'x', start: berlin('2026-12-01T12:00:00'), end: berlin('2026-12-01T13:00:00') }

describe.runIf(hasCsdl)('what bodies may have', () => {
  it.each([calendarType, calendarGroupType, calendarPermissionType, eventType])('is as $name has it in the CSDL', (structure) => {
    expect(structureDifferences(structure)).toEqual([])
  })
})

describe('calendars', () => {
  let rig: CalendarRig

  beforeEach(() => {
    rig = new CalendarRig()
  })

  it.runIf(hasExamples && hasCsdl)('answer in the documented shape', async () => {
    const made = await rig.make(readExample('user-post-calendars.01.request'), '/calendars')
    const shown = (json: Json) => Object.keys(json).filter((name) => !name.startsWith('@'))
    expect(shown(readExample('user-post-calendars.02.response')).filter((name) => !(name in made))).toEqual([])
    expect(made).toMatchObject({ name: 'Volunteer', color: 'auto', hexColor: '', isDefaultCalendar: false, owner: { name: 'Adele Vance' } })
    expect(answerDifferences(made, 'microsoft.graph.calendar')).toEqual([])
    const one = await rig.adeles('GET', `/calendars/${String(made['id'])}`)
    expect(shown(readExample('calendar-get.01.response')).filter((name) => !(name in one.json))).toEqual([])
    const renamed = await rig.adeles('PATCH', `/calendars/${String(made['id'])}`, { body: readExample('calendar-update.01.request') })
    expect(renamed.json).toMatchObject({ id: made['id'], name: 'Social events' })
    expect(renamed.json['changeKey']).not.toBe(made['changeKey'])
  })

  it('are listed, the default one first, and hold their own events', async () => {
    const made = await rig.make({ name: 'Team', color: 'lightBlue', hexColor: '#0078d4' }, '/calendars')
    const [first, second] = await rig.list('/calendars')
    expect([first?.['isDefaultCalendar'], first?.['name'], second?.['color'], second?.['hexColor']]).toEqual([true, 'Calendar', 'lightBlue', '#0078d4'])
    const below = `/calendars/${String(made['id'])}`
    const inside = await rig.make(event, `${below}/events`)
    expect(await rig.list('/events')).toEqual([])
    expect((await rig.list(`${below}/events`)).map(({ id }) => id)).toEqual([inside['id']])
    expect((await rig.adeles('GET', `/events/${String(inside['id'])}`)).status).toBe(200)
    const elsewhere = `/calendars/${String(first?.['id'])}/events/${String(inside['id'])}`
    expect((await rig.adeles('GET', elsewhere)).status).toBe(404)
    expect(await rig.list(`${below}/calendarView?startDateTime=2026-12-01&endDateTime=2026-12-02`)).toHaveLength(1)
    expect(await rig.list('/calendar/calendarView?startDateTime=2026-12-01&endDateTime=2026-12-02')).toHaveLength(0)
  })

  it('have extended properties', async () => {
    // Graph's page on singleValueLegacyExtendedProperty: calendars have them, too.
    const id = 'String {66f5a359-4659-4830-9070-00047ec6ac6e} Name Source'
    const made = await rig.make({ name: 'Team', singleValueExtendedProperties: [{ id, value: 'a1' }] }, '/calendars')
    const expand = `?$select=name&$expand=singleValueExtendedProperties($filter=id eq '${id}')`
    const one = await rig.adeles('GET', `/calendars/${String(made['id'])}${expand}`)
    expect(one.json).toMatchObject({ name: 'Team', singleValueExtendedProperties: [{ id, value: 'a1' }] })
    expect((await rig.list(`/calendars${expand}`))[1]).toMatchObject({ singleValueExtendedProperties: [{ id, value: 'a1' }] })
  })

  it('have a name of their own, and are deleted but for the default one', async () => {
    const made = await rig.make({ name: 'Team' }, '/calendars')
    expect(refusalOf(await rig.adeles('POST', '/calendars', { body: { name: 'team' } })).code).toBe('ErrorFolderExists')
    expect((await rig.adeles('POST', '/calendars', { body: { color: 'auto' } })).status).toBe(400)
    expect((await rig.adeles('POST', '/calendars', { body: { name: 'x', color: 'ultraviolet' } })).status).toBe(400)
    expect((await rig.adeles('DELETE', `/calendars/${String(made['id'])}`)).status).toBe(204)
    const twin = await rig.make({ name: 'Team' }, '/calendars')
    expect((await rig.adeles('DELETE', `/calendars/${String(twin['id'])}`)).status).toBe(204)
    const [only, ...others] = await rig.list('/calendars')
    expect(others).toEqual([])
    const refused = await rig.adeles('DELETE', `/calendars/${String(only?.['id'])}`)
    expect([refused.status, refusalOf(refused).code]).toEqual([400, 'ErrorDeleteDistinguishedFolder'])
    const inbox = rig.mailbox.folders.wellKnown('inbox')!
    expect((await rig.adeles('GET', `/calendars/${inbox.wellKnown}`)).status).toBe(404)
  })

  it.runIf(hasExamples)('are in groups', async () => {
    const groups = await rig.list('/calendarGroups')
    expect(groups[0]).toMatchObject({ name: 'My Calendars', classId: '0006f0b7-0000-0000-c000-000000000046' })
    const group = await rig.make(readExample('user-post-calendargroups.01.request'), '/calendarGroups')
    expect(Object.keys(readExample('user-post-calendargroups.02.response')).filter((name) => !(name in group))).toEqual([])
    const below = `/calendarGroups/${String(group['id'])}/calendars`
    const made = await rig.make(readExample('calendargroup-post-calendars.01.request'), below)
    expect((await rig.list(below)).map(({ name }) => name)).toEqual(['Marketing calendar'])
    expect((await rig.list(`/calendarGroups/${String(groups[0]?.['id'])}/calendars`)).map(({ name }) => name)).toEqual(['Calendar'])
    const inside = await rig.make(event, `${below}/${String(made['id'])}/events`)
    expect((await rig.list(`${below}/${String(made['id'])}/events`)).map(({ id }) => id)).toEqual([inside['id']])
    expect((await rig.adeles('GET', `/calendarGroups/${String(groups[0]?.['id'])}/calendars/${String(made['id'])}`)).status).toBe(404)
    expect((await rig.adeles('DELETE', `/calendarGroups/${String(group['id'])}`)).status).toBe(400)
    await rig.adeles('DELETE', `${below}/${String(made['id'])}`)
    const renamed = await rig.adeles('PATCH', `/calendarGroups/${String(group['id'])}`, { body: { name: 'Private' } })
    expect(renamed.json['name']).toBe('Private')
    expect((await rig.adeles('DELETE', `/calendarGroups/${String(group['id'])}`)).status).toBe(204)
    expect((await rig.adeles('DELETE', `/calendarGroups/${String(groups[0]?.['id'])}`)).status).toBe(400)
  })
})

describe('sharing a calendar', () => {
  // exchange.md 3.6: "POST sends a sharing mail (recalled)".
  it('is written down as sent, and changed and ended without a word', async () => {
    const rig = new CalendarRig()
    const [organization] = await rig.list('/calendar/calendarPermissions')
    expect(organization).toEqual({
      id: 'RGVmYXVsdA==',
      isRemovable: false,
      isInsideOrganization: true,
      role: 'freeBusyRead',
      allowedRoles: ['none', 'freeBusyRead', 'limitedRead', 'read', 'write'],
      emailAddress: { name: 'My Organization' },
    })
    const body = { emailAddress: { name: 'Ann', address: 'ann@fabrikam.example' }, role: 'read', isInsideOrganization: false, isRemovable: true }
    const made = await rig.make(body, '/calendar/calendarPermissions')
    expect(made).toMatchObject({ role: 'read', isInsideOrganization: false, allowedRoles: ['freeBusyRead', 'limitedRead', 'read'] })
    expect(rig.store.outbox.latest(5)).toMatchObject([{ reason: 'sharing', recipients: ['ann@fabrikam.example'] }])
    const path = `/calendar/calendarPermissions/${String(made['id'])}`
    expect((await rig.adeles('PATCH', path, { body: { role: 'write' } })).status).toBe(400)
    expect((await rig.adeles('PATCH', path, { body: { role: 'limitedRead' } })).json['role']).toBe('limitedRead')
    expect((await rig.adeles('POST', '/calendar/calendarPermissions', { body })).status).toBe(409)
    expect((await rig.adeles('DELETE', path)).status).toBe(204)
    expect((await rig.adeles('DELETE', '/calendar/calendarPermissions/RGVmYXVsdA==')).status).toBe(400)
    expect(rig.store.outbox.count).toBe(1)
  })

  it.runIf(hasExamples && hasCsdl)('takes the documented change of the organization’s role', async () => {
    const rig = new CalendarRig()
    const body = readExample('calendarpermission-update.01.request')
    const answer = await rig.adeles('PATCH', '/calendar/calendarPermissions/RGVmYXVsdA==', { body })
    expect(answer.json).toMatchObject({ role: 'write' })
    expect(answerDifferences(answer.json, 'microsoft.graph.calendarPermission')).toEqual([])
    expect((await rig.list('/calendar/calendarPermissions'))[0]?.['role']).toBe('write')
    const inside = { emailAddress: { address: `bob@${rig.tenant.initialDomain}` }, role: 'delegateWithPrivateEventAccess' }
    expect((await rig.make(inside, '/calendar/calendarPermissions'))['isInsideOrganization']).toBe(true)
  })
})
