import type { Resource } from '../../../connectors/kit/microsoft/clouds.ts'
import type { MicrosoftEndpoint } from '../microsoft-endpoint.ts'
import { applicationRoleOf } from '../scope/application-roles.ts'
import { scopedPermissionsOf, scopeText } from '../scope/mailbox-scope.ts'
import { type Permission, permissionsOf, workNeeding } from '../work.ts'
import { absent, bad, type Finding, good, unknown } from './finding.ts'
import { givesPermission } from '../scope/read-app-scope.ts'
import type { ScopeReading } from './read-scope.ts'

type Granted = ReadonlyMap<Resource, readonly string[]>

/**
 * One finding for each permission that an endpoint's work needs, one for each that is too much, and how far the app reaches.
 * `granted` is what its tokens say, `reading` what Exchange permits it in a scope: what either gives is there (exchange.md 1.2).
 */
export function* checkPermissions(endpoint: MicrosoftEndpoint, granted: Granted, reading: ScopeReading | undefined): Iterable<Finding> {
  const needed = permissionsOf(endpoint.side, endpoint.work)
  for (const permission of needed) yield checkPermission(endpoint, permission, granted.get(permission.resource), reading)
  for (const { value } of surplusOf(needed, granted)) {
    yield { about: 'permission', name: value, state: 'absent', says: 'granted, though nothing that was chosen needs it', fix: 'Take it away if nothing else needs it.' }
  }
  if (granted.has('graph') && scopedPermissionsOf(endpoint).length > 0) yield reachOf(endpoint, granted.get('graph') ?? [], reading)
}

function checkPermission(endpoint: MicrosoftEndpoint, permission: Permission, roles: readonly string[] | undefined, reading: ScopeReading | undefined): Finding {
  const { name: endpointName, side, work, app, scope } = endpoint
  const name = { about: 'permission', name: permission.value } as const
  const works = workNeeding(side, work, permission)
  const purpose = `needed to ${works.map((one) => one.purpose).join('; ')}`
  if (roles === undefined) return unknown(name, `${purpose}; the app does not sign in`)
  if (roles.includes(permission.value)) {
    if (scope === undefined || applicationRoleOf(permission) === undefined) return good(name, `granted, ${purpose}`)
    return bad(name, 'granted for the whole tenant, so that the scope limits nothing', `Run the script of "mailvan endpoint scope ${endpointName}", which takes it away; a token of before holds for an hour.`)
  }
  if (applicationRoleOf(permission) !== undefined && reading !== undefined) {
    const found = inScope(endpoint, permission, reading, purpose)
    if (found !== undefined) return found
  }
  const workNames = works.map((one) => one.name)
  if (scope === undefined || applicationRoleOf(permission) === undefined) return bad(name, `not granted, ${purpose}`, fixOf(endpointName, app?.isOurs === true, workNames))
  return bad(name, `neither granted nor given by Exchange in the scope, ${purpose}`, `${scriptFixOf(endpointName)}; or leave the work out: --without ${workNames.join(',')}.`)
}

/** What Exchange has to say of a permission that the token lacks; undefined where it has nothing. */
function inScope({ scope }: MicrosoftEndpoint, permission: Permission, { roles, reason, mailbox }: ScopeReading, purpose: string): Finding | undefined {
  const name = { about: 'permission', name: permission.value } as const
  if (roles === undefined) return scope === undefined ? undefined : unknown(name, `${purpose}; whether Exchange gives it in the scope is not known, as ${reason}`)
  const giving = roles.filter((role) => givesPermission(role, permission))
  const reaching = giving.find(({ isInScope }) => isInScope === true)
  if (reaching !== undefined) return good(name, `given by Exchange in the scope "${reaching.scope}", which has the mailbox ${mailbox}; ${purpose}`)
  const [first] = giving
  if (first === undefined) return undefined
  if (first.isInScope === undefined) return unknown(name, `given by Exchange in the scope "${first.scope}"; no mailbox was looked at; ${purpose}`)
  return bad(name, `given by Exchange in the scope "${first.scope}", which does not have the mailbox ${mailbox}`, 'Look at one that is in it (--mailbox ADDRESS), or take this one into the scope.')
}

/** How far the app reaches in mailboxes, as far as it can be told. */
function reachOf({ name: endpoint, scope, side, work }: MicrosoftEndpoint, roles: readonly string[], reading: ScopeReading | undefined): Finding {
  const name = { about: 'permission', name: 'scope' } as const
  const scoped = scopedPermissionsOf({ side, work })
  const wide = scoped.filter(({ permission }) => roles.includes(permission.value))
  const told = reading?.roles
  if (scope === undefined && (wide.length > 0 || told === undefined || told.length === 0)) {
    return { ...absent(name, 'none: what is granted reaches every mailbox of the tenant'), fix: `Limit it with "mailvan endpoint scope ${endpoint}" where that is too much.` }
  }
  const meant = scope === undefined ? '' : `meant to be ${scopeText(scope)}; `
  const names = [...new Set((told ?? []).map((one) => one.scope))]
  const holds = names.length === 0 ? 'Exchange has no role for the app' : `Exchange limits the app to ${names.map((one) => `"${one}"`).join(', ')}`
  if (wide.length > 0) {
    const besides = told === undefined ? '' : `; ${holds}`
    return bad(name, `${meant}it does not hold yet, as ${wide.length} of ${scoped.length} permissions are granted for the whole tenant${besides}`, `${scriptFixOf(endpoint)}.`)
  }
  if (told === undefined) return unknown(name, `${meant}what holds is not known, as ${reading?.reason ?? 'the app does not sign in'}`)
  return names.length === 0 ? bad(name, `${meant}${holds}`, `${scriptFixOf(endpoint)}.`) : good(name, `${meant}${holds}`)
}

function scriptFixOf(endpoint: string): string {
  return `Run the script that "mailvan endpoint scope ${endpoint}" prints`
}

function surplusOf(needed: readonly Permission[], granted: Granted): readonly Permission[] {
  return [...granted].flatMap(([resource, roles]) =>
    roles
      .filter((value) => !needed.some((one) => one.resource === resource && one.value === value))
      .map((value) => ({ resource, value })),
  )
}

function fixOf(endpoint: string, isOurs: boolean, works: readonly string[]): string {
  const grant = isOurs
    ? `Run "mailvan endpoint bootstrap ${endpoint}" again (what was granted lately may take an hour to be seen)`
    : `Add it to the app and have an administrator consent (mailvan endpoint consent ${endpoint}), or run "mailvan endpoint bootstrap ${endpoint}"`
  return `${grant}; or leave the work out: --without ${works.join(',')}.`
}
