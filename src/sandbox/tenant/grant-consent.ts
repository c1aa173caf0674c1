import { randomUUID } from 'node:crypto'
import type { ApplicationRecord, ServicePrincipalRecord } from './directory-records.ts'
import { resourcePermissions } from './directory-store.ts'
import type { Tenant } from './tenant.ts'
import { toSeconds } from './create-tenant.ts'

/** Makes the app's presence in a tenant. The caller sees to it that there is none yet. */
export function addServicePrincipal(
  tenant: Tenant,
  app: Pick<ApplicationRecord, 'appId' | 'displayName'>,
  ownerTenantId: string,
  createdDateTime = toSeconds(tenant.clock.nowMs()),
): ServicePrincipalRecord {
  return tenant.directory.servicePrincipals.insert({
    id: randomUUID(),
    appId: app.appId,
    displayName: app.displayName,
    appOwnerOrganizationId: ownerTenantId,
    accountEnabled: true,
    tags: [],
    notes: null,
    servicePrincipalNames: [app.appId],
    appRoleAssignmentRequired: false,
    createdDateTime,
    deletedDateTime: null,
  })
}

/** Grants an application permission, unless it is granted already. */
export function grantAppRole(
  tenant: Tenant,
  principalId: string,
  resourceId: string,
  appRoleId: string,
  createdDateTime = toSeconds(tenant.clock.nowMs()),
): void {
  const { appRoleAssignments } = tenant.directory
  const has = appRoleAssignments
    .listBy('principalId', principalId)
    .some((one) => one.resourceId === resourceId && one.appRoleId === appRoleId)
  if (has) return
  appRoleAssignments.insert({ id: randomUUID(), principalId, resourceId, appRoleId, createdDateTime, deletedDateTime: null })
}

/** Grants delegated permissions on top of those there are; without `principalId` for everybody. */
export function grantScopes(
  tenant: Tenant,
  clientId: string,
  resourceId: string,
  scopes: readonly string[],
  principalId: string | null,
): void {
  const { permissionGrants } = tenant.directory
  const existing = permissionGrants
    .listBy('clientId', clientId)
    .find((grant) => grant.resourceId === resourceId && grant.principalId === principalId)
  const scope = [...new Set([...(existing?.scope.split(' ') ?? []), ...scopes])].filter((value) => value !== '').join(' ')
  if (existing !== undefined) permissionGrants.update({ ...existing, scope })
  else {
    const consentType = principalId === null ? 'AllPrincipals' : 'Principal'
    permissionGrants.insert({
      id: randomUUID(),
      clientId,
      consentType,
      principalId,
      resourceId,
      scope,
      deletedDateTime: null,
    })
  }
}

/**
 * Grants what an app registration requires, for the whole tenant: an administrator's consent. `resourceAppIds` limits it
 * to some resources. Permissions that a resource does not have are left out.
 */
export function grantRequiredAccess(
  tenant: Tenant,
  principalId: string,
  app: Pick<ApplicationRecord, 'requiredResourceAccess'>,
  resourceAppIds?: readonly string[],
  createdDateTime = toSeconds(tenant.clock.nowMs()),
): void {
  for (const { resourceAppId, resourceAccess } of app.requiredResourceAccess) {
    const resource = tenant.directory.servicePrincipals.findBy('appId', resourceAppId)
    if (resource === undefined || (resourceAppIds !== undefined && !resourceAppIds.includes(resourceAppId))) continue
    const known = resourcePermissions(resourceAppId)
    const wanted = (type: 'Role' | 'Scope') => resourceAccess.filter((access) => access.type === type).map(({ id }) => id)
    for (const id of wanted('Role').filter((id) => known.some(({ applicationId }) => applicationId === id))) {
      grantAppRole(tenant, principalId, resource.id, id, createdDateTime)
    }
    const scopes = wanted('Scope').flatMap((id) => known.find(({ delegatedId }) => delegatedId === id)?.value ?? [])
    if (scopes.length > 0) grantScopes(tenant, principalId, resource.id, scopes, null)
  }
}
