import { describe, expect, it } from 'vitest'
import { graphCalendarRoutes } from '../../../../src/sandbox/faces/graph-calendar/graph-calendar-routes.ts'
import type { Route } from '../../../../src/sandbox/http/route.ts'
import { hasPermissionTable, operationPermissions, permissionDifferences } from '../permission-table.ts'
import { berlin, CalendarRig, refusalOf } from './calendar-rig.ts'

const routes = graphCalendarRoutes(() => {
  throw new Error('no mailbox is opened')
})
const nameOf = ({ method, path }: Route) => `${method} ${path}`
const inTable = routes.filter((route) => operationPermissionsOf(route) !== undefined)

function operationPermissionsOf({ method, path }: Route) {
  return hasPermissionTable ? operationPermissions(method, path) : undefined
}

describe.runIf(hasPermissionTable)('the permissions of the calendar’s routes', () => {
  it('are in Microsoft’s table for most of them', () => {
    expect(inTable.length).toBeGreaterThan(80)
  })

  it.each(inTable.map((route) => [nameOf(route), route] as const))('%s is let in as the table says', (_name, route) => {
    // The table leaves the larger permission out of some reading routes; Graph's pages on these name it.
    // An app role of the name Calendars.ReadBasic, which the table has, cannot be granted: it is Calendars.ReadBasic.All.
    const implied =
      /(?:Calendars\.ReadWrite|Tasks\.ReadWrite(?:\.All)?|application Calendars\.ReadBasic\.All) is not in the table$|application Calendars\.ReadBasic is enough/
    expect(permissionDifferences(route).filter((difference) => !implied.test(difference))).toEqual([])
  })
})

describe('a caller', () => {
  const event = { subject: 'Secret', body: { contentType: 'text', content: 'Plans' }, start: berlin('2026-12-01T12:00:00'), end: berlin('2026-12-01T13:00:00') }

  it('without the permission is refused by every route', async () => {
    const rig = new CalendarRig()
    for (const { method, path } of routes) {
      const concrete = path.replace('{id}', rig.adele.id).replaceAll(/\{\w+\}/g, 'x')
      const answer = await rig.call(method, `/v1.0${concrete}`, { roles: ['Mail.ReadWrite'] }, method === 'GET' ? {} : { body: {} })
      expect([nameOf({ method, path } as Route), answer.status, refusalOf(answer).code]).toEqual([`${method} ${path}`, 403, 'ErrorAccessDenied'])
    }
  })

  it('with Calendars.ReadBasic.All sees when, not what', async () => {
    const rig = new CalendarRig()
    const made = await rig.make(event)
    const caller = { roles: ['Calendars.ReadBasic.All'] }
    const one = await rig.adeles('GET', `/events/${String(made['id'])}`, { caller })
    expect([one.status, one.json['subject'], 'body' in one.json, 'bodyPreview' in one.json]).toEqual([200, 'Secret', false, false])
    expect((await rig.adeles('GET', `/events/${String(made['id'])}?$select=body`, { caller })).json).not.toHaveProperty('body')
    expect((await rig.adeles('GET', `/events/${String(made['id'])}?$expand=attachments`, { caller })).status).toBe(403)
    expect((await rig.adeles('GET', `/events/${String(made['id'])}/attachments`, { caller })).status).toBe(403)
    expect((await rig.adeles('POST', '/events', { caller, body: event })).status).toBe(403)
  })

  it('who is a user reaches the own calendar only', async () => {
    const rig = new CalendarRig()
    const bob = rig.addUser('bob')
    const scopes = ['Calendars.ReadWrite']
    expect((await rig.call('GET', '/v1.0/me/events', { user: rig.adele, scopes })).status).toBe(200)
    expect((await rig.call('GET', `/v1.0/users/${rig.adele.id}/events`, { user: bob, scopes })).status).toBe(403)
  })
})
