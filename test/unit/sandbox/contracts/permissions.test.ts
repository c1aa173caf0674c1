import { afterAll, describe, expect, it } from 'vitest'
import type { Permission } from '../../../../src/sandbox/http/authorize.ts'
import type { Route } from '../../../../src/sandbox/http/route.ts'
import { directoryRoles } from '../../../../src/sandbox/tenant/directory-roles.ts'
import { graphPermissions } from '../../../../src/sandbox/tenant/graph-permissions.ts'
import type { RigCaller } from '../graph-rig.ts'
import { hasPermissionTable } from '../permission-table.ts'
import { rewritingReasons, tableOf } from './as-the-table-writes.ts'
import { knownDifferences, tableDifferences } from './beyond-the-table.ts'
import { EveryRouteRig } from './every-route-rig.ts'

const rig = new EveryRouteRig()
const { routes, user } = rig
const named = routes.map((route) => [`${route.method} ${route.path}`, route] as const)
const other = rig.addOther()

const grantable = {
  application: graphPermissions.filter(({ applicationId }) => applicationId !== undefined).map(({ value }) => value),
  delegated: graphPermissions.filter(({ delegatedId }) => delegatedId !== undefined).map(({ value }) => value),
}
const globalAdministrator = [directoryRoles.globalAdministrator.id]

afterAll(() => {
  expect(rig.graph.defects).toEqual([])
})

describe.runIf(hasPermissionTable)('Microsoft’s permission table', () => {
  const differences = routes.flatMap(tableDifferences)

  it('lists what every route declares, but for what is known', () => {
    expect(routes.length).toBeGreaterThan(360)
    expect(differences.filter((one) => !knownDifferences.some(({ what }) => what.test(one)))).toEqual([])
  })

  it('needs each of these exceptions and other names', () => {
    expect(knownDifferences.filter(({ what }) => !differences.some((one) => what.test(one)))).toEqual([])
    const used = new Set(routes.flatMap((route) => tableOf(route)?.why ?? []))
    expect(rewritingReasons.filter((why) => !used.has(why))).toEqual([])
  })
})

describe('every permission that a route asks for', () => {
  it.each(['application', 'delegated'] as const)('can be granted: %s', (kind) => {
    const asked = routes.flatMap(({ permissions }) =>
      [...permissions[kind], ...((kind === 'delegated' && permissions.ownDelegated) || [])].flat(),
    )
    expect([...new Set(asked)].filter((value) => !grantable[kind].includes(value))).toEqual([])
  })
})

/** All permissions but those, so that none of the alternatives is whole: each lacks one of its parts. */
function withoutAny(kind: 'application' | 'delegated', alternatives: readonly Permission[]): readonly (readonly string[])[] {
  const parts = Math.max(1, ...alternatives.map((alternative) => [alternative].flat().length))
  return Array.from({ length: parts }, (_, part) => {
    const withheld = new Set(alternatives.map((alternative) => [alternative].flat()[part] ?? [alternative].flat()[0]))
    return grantable[kind].filter((value) => !withheld.has(value))
  })
}

const isLetIn = ({ status }: { readonly status: number }) => status !== 401 && status !== 403 && status < 500
const call = (route: Route, about: typeof user, caller: RigCaller) => rig.call(route, about, `Bearer ${rig.token(caller)}`)
const asks = (permissions: readonly Permission[]) => permissions.some((permission) => [permission].flat().length > 0)
const denied = ({ area }: Route) => ({
  status: 403,
  code: area === 'directory' ? 'Authorization_RequestDenied' : 'ErrorAccessDenied',
})

describe.each(named)('%s', (_, route) => {
  const { application, delegated, ownDelegated = [], directoryRoles: roles } = route.permissions
  const isOfUser = route.path.startsWith('/users/{id}')
  /** Whom a directory's route with its full permissions may be about: anybody. A mailbox's: its owner (exchange.md 2.2). */
  const subject = () => (route.area === 'directory' && isOfUser ? rig.addOther() : user)

  it('takes no caller without a token that is good', async () => {
    const permitted: RigCaller = { roles: grantable.application }
    const unauthenticated = { status: 401, code: 'InvalidAuthenticationToken' }
    const [header, claims] = rig.token(permitted).split('.')
    for (const authorization of [
      undefined,
      'Basic YTpi',
      'Bearer x',
      `Bearer ${header}.${claims}.${Buffer.alloc(256).toString('base64url')}`,
      `Bearer ${rig.token({ ...permitted, expiresAtMs: rig.graph.clock.nowMs() })}`,
      `Bearer ${rig.token({ ...permitted, audience: 'https://outlook.office365.com' })}`,
    ]) {
      expect([authorization, await rig.call(route, user, authorization)]).toEqual([authorization, unauthenticated])
    }
  })

  it('takes an application with each permission that is enough, and with no other', async () => {
    for (const permission of application)
      expect([permission, isLetIn(await call(route, user, { roles: [permission].flat() }))]).toEqual([permission, true])
    if (!asks(application)) return
    for (const others of withoutAny('application', application))
      expect(await call(route, user, { roles: others })).toEqual(denied(route))
  })

  it('takes a user with each permission that is enough, and with no other', async () => {
    for (const permission of delegated) {
      const caller = { user, scopes: [permission].flat(), directoryRoleIds: globalAdministrator }
      expect([permission, isLetIn(await call(route, subject(), caller))]).toEqual([permission, true])
    }
    for (const permission of ownDelegated) {
      const caller = { user, scopes: [permission].flat() }
      expect([permission, isLetIn(await call(route, user, caller))]).toEqual([permission, true])
      expect(await call(route, other, caller)).toEqual(denied(route))
    }
    if (!asks(delegated) && !asks(ownDelegated)) return
    for (const others of withoutAny('delegated', [...delegated, ...ownDelegated])) {
      expect(await call(route, user, { user, scopes: others, directoryRoleIds: globalAdministrator })).toEqual(denied(route))
    }
  })

  if (route.area === 'mailbox' && isOfUser)
    it('keeps a user out of other mailboxes', async () => {
      expect(
        await call(route, other, {
          user,
          scopes: grantable.delegated,
          directoryRoleIds: globalAdministrator,
        }),
      ).toEqual(denied(route))
    })

  if (roles !== undefined)
    it('takes a user with a role that is enough, and with no other', async () => {
      const scopes = grantable.delegated
      for (const id of roles)
        expect(isLetIn(await call(route, subject(), { user, scopes, directoryRoleIds: [id] }))).toBe(true)
      const enough = [...globalAdministrator, ...roles]
      const others = Object.values(directoryRoles)
        .map(({ id }) => id)
        .filter((id) => !enough.includes(id))
      expect(await call(route, rig.addOther(), { user, scopes, directoryRoleIds: others })).toEqual(denied(route))
    })
})
