import { UsageError } from '../../usage-error.ts'
import type { MicrosoftEndpoint } from '../microsoft-endpoint.ts'
import { permissionsOf, type Permission } from '../work.ts'
import { applicationRoleOf } from './application-roles.ts'

/** To which mailboxes of its tenant an app is limited: direct members of a group, those that fit a filter, or an administrative unit. */
export type MailboxScope =
  | { readonly type: 'group'; readonly group: string }
  | { readonly type: 'filter'; readonly filter: string }
  | { readonly type: 'administrativeUnit'; readonly id: string }

/** What a person says of a scope; one of them. */
export interface ScopeInput {
  readonly group?: string | undefined
  readonly filter?: string | undefined
  readonly administrativeUnit?: string | undefined
}

/** A permission, and the role by which Exchange gives it in a scope. */
export interface ScopedPermission {
  readonly permission: Permission
  readonly role: string
}

/** Reads which mailboxes are meant; undefined when nothing is said. Throws `UsageError`. */
export function readScope({ group, filter, administrativeUnit }: ScopeInput): MailboxScope | undefined {
  const given: readonly MailboxScope[] = [
    ...(group === undefined ? [] : [{ type: 'group', group } as const]),
    ...(filter === undefined ? [] : [{ type: 'filter', filter } as const]),
    ...(administrativeUnit === undefined ? [] : [{ type: 'administrativeUnit', id: administrativeUnit } as const]),
  ]
  if (given.length > 1) {
    throw new UsageError('scope', 'A scope is given in several ways.', 'Give one of --group, --filter and --administrative-unit.')
  }
  const [scope] = given
  if (scope?.type === 'administrativeUnit' && !/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(scope.id)) {
    throw new UsageError('scope', '--administrative-unit is no object id.', 'Give the id that Microsoft Entra shows for the administrative unit.')
  }
  if (scope !== undefined && Object.values(scope).some((text) => text.trim() === '')) {
    throw new UsageError('scope', 'The scope is empty.', 'Give the address of a group, a recipient filter, or the id of an administrative unit.')
  }
  return scope
}

/** What an endpoint's work needs of mailboxes, as far as Exchange can limit it to some. */
export function scopedPermissionsOf({ side, work }: Pick<MicrosoftEndpoint, 'side' | 'work'>): readonly ScopedPermission[] {
  return permissionsOf(side, work).flatMap((permission) => {
    const role = applicationRoleOf(permission)
    return role === undefined ? [] : [{ permission, role }]
  })
}

/** What an endpoint's app is granted for its whole tenant: all that its work needs, without what Exchange gives it in a scope. */
export function tenantWidePermissionsOf({ side, work, scope }: Pick<MicrosoftEndpoint, 'side' | 'work' | 'scope'>): readonly Permission[] {
  return permissionsOf(side, work).filter((permission) => scope === undefined || applicationRoleOf(permission) === undefined)
}

/** Which mailboxes a scope has: completes "limited to ...". */
export function scopeText(scope: MailboxScope): string {
  if (scope.type === 'group') return `the direct members of the group ${scope.group}`
  return scope.type === 'filter' ? `the mailboxes for which ${scope.filter}` : `the members of the administrative unit ${scope.id}`
}
