import type { DatabaseSync } from 'node:sqlite'
import type {
  ApplicationRecord,
  ApplicationRoleRecord,
  AppRole,
  AppRoleAssignmentRecord,
  DomainRecord,
  ExchangePrincipalRecord,
  ManagementScopeRecord,
  PermissionGrantRecord,
  RoleAssignmentRecord,
  ServicePrincipalRecord,
  SubscribedSkuRecord,
  UserRecord,
} from './directory-records.ts'
import { exchangePermissions, type GraphPermission, graphPermissions } from './graph-permissions.ts'
import { ObjectTable } from './object-table.ts'
import { exchangeAppId, graphAppId } from './well-known-apps.ts'

/** A tenant's directory objects; ids are lower-case GUIDs but a domain's, which is its name. */
export interface DirectoryStore {
  /** Keys: `userPrincipalName`, `mail`, `proxyAddress` (with its prefix), `mailNickname`. */
  readonly users: ObjectTable<UserRecord>
  /** Keys: `appId`. */
  readonly applications: ObjectTable<ApplicationRecord>
  /** Keys: `appId`. */
  readonly servicePrincipals: ObjectTable<ServicePrincipalRecord>
  /** Keys: `principalId`, `resourceId`. */
  readonly appRoleAssignments: ObjectTable<AppRoleAssignmentRecord>
  /** Keys: `clientId`. */
  readonly permissionGrants: ObjectTable<PermissionGrantRecord>
  readonly domains: ObjectTable<DomainRecord>
  /** Keys: `skuId`. */
  readonly subscribedSkus: ObjectTable<SubscribedSkuRecord>
  /** Keys: `principalId`. */
  readonly roleAssignments: ObjectTable<RoleAssignmentRecord>
  /** Keys: `appId`, `displayName`. */
  readonly exchangePrincipals: ObjectTable<ExchangePrincipalRecord>
  /** Keys: `name`. */
  readonly managementScopes: ObjectTable<ManagementScopeRecord>
  /** Keys: `principalId`. */
  readonly applicationRoles: ObjectTable<ApplicationRoleRecord>
}

/** Opens the directory in a tenant's database and makes its tables where there are none. */
export function openDirectoryStore(database: DatabaseSync): DirectoryStore {
  return {
    users: new ObjectTable<UserRecord>(database, 'user', (user) => ({
      userPrincipalName: [user.userPrincipalName],
      mailNickname: [user.mailNickname],
      mail: user.mail === null ? [] : [user.mail],
      proxyAddress: user.proxyAddresses,
    })),
    applications: new ObjectTable<ApplicationRecord>(database, 'application', ({ appId, uniqueName }) => ({
      appId: [appId],
      uniqueName: uniqueName === undefined ? [] : [uniqueName],
    })),
    servicePrincipals: new ObjectTable<ServicePrincipalRecord>(database, 'servicePrincipal', ({ appId }) => ({
      appId: [appId],
    })),
    appRoleAssignments: new ObjectTable<AppRoleAssignmentRecord>(database, 'appRoleAssignment', (assignment) => ({
      principalId: [assignment.principalId],
      resourceId: [assignment.resourceId],
    })),
    permissionGrants: new ObjectTable<PermissionGrantRecord>(database, 'permissionGrant', ({ clientId }) => ({
      clientId: [clientId],
    })),
    domains: new ObjectTable<DomainRecord>(database, 'domain', () => ({})),
    subscribedSkus: new ObjectTable<SubscribedSkuRecord>(database, 'subscribedSku', ({ skuId }) => ({ skuId: [skuId] })),
    roleAssignments: new ObjectTable<RoleAssignmentRecord>(database, 'roleAssignment', ({ principalId }) => ({
      principalId: [principalId],
    })),
    exchangePrincipals: new ObjectTable<ExchangePrincipalRecord>(database, 'exchangePrincipal', ({ appId, displayName }) => ({
      appId: [appId],
      displayName: [displayName],
    })),
    managementScopes: new ObjectTable<ManagementScopeRecord>(database, 'managementScope', ({ name }) => ({ name: [name] })),
    applicationRoles: new ObjectTable<ApplicationRoleRecord>(database, 'applicationRole', ({ principalId }) => ({ principalId: [principalId] })),
  }
}

/** By object id or by user principal name, as a path names a user. */
export function findUser(directory: DirectoryStore, idOrName: string): UserRecord | undefined {
  const { users } = directory
  const byId = idOrName.includes('@') ? undefined : users.find(idOrName)
  return byId ?? users.findBy('userPrincipalName', idOrName)
}

/** By any of a user's SMTP addresses, the user principal name included; case does not matter. */
export function findUserByAddress(directory: DirectoryStore, address: string): UserRecord | undefined {
  const { users } = directory
  return (
    users.findBy('userPrincipalName', address) ??
    users.findBy('proxyAddress', `smtp:${address}`) ??
    users.findBy('mail', address)
  )
}

/** What a resource lets be granted: the two resources of Microsoft that a migration needs; others have nothing. */
export function resourcePermissions(appId: string): readonly GraphPermission[] {
  if (appId === graphAppId) return graphPermissions
  return appId === exchangeAppId ? exchangePermissions : []
}

/** The application permissions of a resource. */
export function appRolesOf(appId: string): readonly AppRole[] {
  return resourcePermissions(appId).flatMap(({ applicationId, value }) =>
    applicationId === undefined ? [] : [{ id: applicationId, value }],
  )
}

/** Whether someone has a directory role, by the template's id. */
export function hasDirectoryRole(
  directory: DirectoryStore,
  principalId: string,
  roleDefinitionIds: readonly string[],
): boolean {
  return directory.roleAssignments
    .listBy('principalId', principalId)
    .some((role) => roleDefinitionIds.includes(role.roleDefinitionId))
}
