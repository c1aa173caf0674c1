import type { AppRoleAssignmentRecord, PermissionGrantRecord } from './directory-records.ts'
import { appRolesOf } from './directory-store.ts'
import type { Tenant } from './tenant.ts'

/**
 * The application permissions that a new token carries, by value: a grant or a revocation counts only after the tenant's
 * role delay (exchange.md 5.2).
 */
export function effectiveAppRoles(tenant: Tenant, principalId: string, resourceAppId: string): readonly string[] {
  const { appRoleAssignments, servicePrincipals } = tenant.directory
  const resource = servicePrincipals.findBy('appId', resourceAppId)
  const values = new Map(appRolesOf(resourceAppId).map(({ id, value }) => [id, value]))
  const isSettled = (time: string) => Date.parse(time) + tenant.settings.roleDelayMs <= tenant.clock.nowMs()
  const granted = appRoleAssignments.listBy('principalId', principalId).filter((one) => isSettled(one.createdDateTime))
  const lingering = appRoleAssignments
    .deleted()
    .filter(
      (one) => one.principalId === principalId && isSettled(one.createdDateTime) && !isSettled(String(one.deletedDateTime)),
    )
  const roles = [...granted, ...lingering]
    .filter((one: AppRoleAssignmentRecord) => one.resourceId === resource?.id)
    .flatMap((one) => values.get(one.appRoleId) ?? [])
  return [...new Set(roles)]
}

/** The delegated permissions that a user, or everybody, has granted an app for a resource. */
export function grantedScopes(tenant: Tenant, clientId: string, resourceAppId: string, userId: string): readonly string[] {
  const resource = tenant.directory.servicePrincipals.findBy('appId', resourceAppId)
  const concerns = (grant: PermissionGrantRecord) =>
    grant.resourceId === resource?.id && (grant.consentType === 'AllPrincipals' || grant.principalId === userId)
  const scopes = tenant.directory.permissionGrants.listBy('clientId', clientId).filter(concerns)
  return [...new Set(scopes.flatMap(({ scope }) => scope.split(' ').filter((value) => value !== '')))]
}
