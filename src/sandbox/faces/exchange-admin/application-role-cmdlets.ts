import { randomUUID } from 'node:crypto'
import { applicationRoles, type AssignedRole, isInScope, rolesOfApp } from '../../tenant/application-roles.ts'
import type { ManagementScopeRecord } from '../../tenant/directory-records.ts'
import { parseRecipientFilter } from '../../tenant/recipient-filter.ts'
import { cmdlet, type CmdletScope, mandatory, type ResultRow } from './cmdlet.ts'
import { CmdletError, objectNotFound, taskArgument } from './cmdlet-error.ts'
import { findMailbox, findPrincipal } from './find-recipient.ts'
import { text } from './parameter-kinds.ts'

/** Get-ManagementScope: sets of mailboxes that roles can be limited to. */
export const getManagementScope = cmdlet('Get-ManagementScope', { Identity: text }, ({ Identity }, { tenant }) => {
  const all = [...tenant.directory.managementScopes.all()]
  return (Identity === undefined ? all : [findScope(tenant, Identity)]).map(scopeRow)
})

/** New-ManagementScope -RecipientRestrictionFilter (exchange.md 1.2). */
export const newManagementScope = cmdlet(
  'New-ManagementScope',
  { Name: mandatory(text), RecipientRestrictionFilter: mandatory(text) },
  ({ Name, RecipientRestrictionFilter: filter }, { tenant }) => {
    const { managementScopes } = tenant.directory
    if (managementScopes.findBy('name', Name) !== undefined) throw alreadyThere(Name)
    if (parseRecipientFilter(filter) === undefined) throw taskArgument(`The recipient filter "${filter}" is not one that the sandbox can read.`)
    return [scopeRow(managementScopes.insert({ id: randomUUID(), name: Name, filter, deletedDateTime: null }))]
  },
)

/** Remove-ManagementScope, unless a role is limited to it. */
export const removeManagementScope = cmdlet('Remove-ManagementScope', { Identity: mandatory(text) }, ({ Identity }, { tenant }) => {
  const { id, name } = findScope(tenant, Identity)
  const { applicationRoles: roles, managementScopes } = tenant.directory
  if ([...roles.all()].some(({ scopeId }) => scopeId === id)) throw taskArgument(`The management scope "${name}" is in use by role assignments.`)
  managementScopes.erase(id)
  return []
})

/** Get-ManagementRoleAssignment, as far as apps have roles. */
export const getManagementRoleAssignment = cmdlet('Get-ManagementRoleAssignment', { Identity: text, Role: text }, ({ Identity, Role }, { tenant }) => {
  const { directory } = tenant
  const all = [...directory.applicationRoles.all()].flatMap(({ id, principalId }) => rolesOfApp(directory, principalId).filter(({ record }) => record.id === id))
  return all.filter(({ record }) => (Identity === undefined || nameOf(record) === Identity) && (Role === undefined || record.role === Role)).map(assignmentRow)
})

/** New-ManagementRoleAssignment -App: gives an app a role, everywhere or in a scope (exchange.md 1.2). */
export const newManagementRoleAssignment = cmdlet(
  'New-ManagementRoleAssignment',
  { App: mandatory(text), Role: mandatory(text), CustomResourceScope: text },
  ({ App, Role, CustomResourceScope }, { tenant }) => {
    const { directory } = tenant
    const principal = findPrincipal(tenant, App)
    if (principal === undefined || !applicationRoles.has(Role)) throw objectNotFound(principal === undefined ? App : Role)
    const scopeId = CustomResourceScope === undefined ? null : findScope(tenant, CustomResourceScope).id
    const has = rolesOfApp(directory, principal.id).find(({ record }) => record.role === Role && record.scopeId === scopeId)
    if (has !== undefined) throw alreadyThere(nameOf(has.record))
    const record = directory.applicationRoles.insert({ id: randomUUID(), principalId: principal.id, role: Role, scopeId, deletedDateTime: null })
    return rolesOfApp(directory, principal.id).filter((role) => role.record.id === record.id).map(assignmentRow)
  },
)

/** Remove-ManagementRoleAssignment. */
export const removeManagementRoleAssignment = cmdlet('Remove-ManagementRoleAssignment', { Identity: mandatory(text) }, ({ Identity }, { tenant }) => {
  const { applicationRoles: roles } = tenant.directory
  const found = [...roles.all()].find((record) => nameOf(record) === Identity)
  if (found === undefined) throw objectNotFound(Identity)
  roles.erase(found.id)
  return []
})

/** Test-ServicePrincipalAuthorization: the roles of an app, and with -Resource whether they reach a mailbox. What the tenant has granted is no matter. */
export const testServicePrincipalAuthorization = cmdlet(
  'Test-ServicePrincipalAuthorization',
  { Identity: mandatory(text), Resource: text },
  ({ Identity, Resource }, scope) => {
    const principal = findPrincipal(scope.tenant, Identity)
    if (principal === undefined) throw objectNotFound(Identity)
    const userId = Resource === undefined ? undefined : findMailbox(scope, Resource).user.id
    return rolesOfApp(scope.tenant.directory, principal.id).map((role) => authorizationRow(role, userId, scope))
  },
)

function findScope({ directory }: CmdletScope['tenant'], identity: string): ManagementScopeRecord {
  const found = directory.managementScopes.findBy('name', identity) ?? directory.managementScopes.find(identity)
  if (found === undefined) throw objectNotFound(identity)
  return found
}

function alreadyThere(name: string): CmdletError {
  return new CmdletError(400, 'Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException', `The object "${name}" already exists.`)
}

function nameOf({ role, principalId, id }: AssignedRole['record']): string {
  return `${role}-${principalId}-${id.slice(0, 8)}`
}

function scopeRow({ name, filter }: ManagementScopeRecord): ResultRow {
  return { Name: name, ScopeRestrictionType: 'RecipientScope', Exclusive: false, RecipientFilter: filter, Identity: name, IsValid: true }
}

function assignmentRow({ record, scope }: AssignedRole): ResultRow {
  const name = nameOf(record)
  return {
    Name: name,
    Role: record.role,
    RoleAssigneeName: record.principalId,
    RoleAssigneeType: 'ServicePrincipal',
    AssignmentMethod: 'Direct',
    CustomResourceScope: scope?.name ?? null,
    Identity: name,
    IsValid: true,
  }
}

/** The columns as Microsoft's page shows them. */
function authorizationRow(role: AssignedRole, userId: string | undefined, { tenant }: CmdletScope): ResultRow {
  return {
    RoleName: role.record.role,
    GrantedPermissions: role.permission,
    AllowedResourceScope: role.scope?.name ?? 'Organization',
    ScopeType: role.scope === undefined ? 'Organization' : 'CustomRecipientScope',
    InScope: userId === undefined ? 'Not Run' : isInScope(tenant.directory, role, userId) ? 'True' : 'False',
  }
}
