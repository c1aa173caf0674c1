import type { ApplicationRoleRecord, ManagementScopeRecord } from './directory-records.ts'
import type { DirectoryStore } from './directory-store.ts'
import { graphPermissions } from './graph-permissions.ts'
import { parseRecipientFilter } from './recipient-filter.ts'

/** Permissions that keep their `.All` in the role's name. */
const whole: ReadonlySet<string> = new Set(['MailTips.ReadBasic.All', 'Mail-Advanced.ReadWrite.All'])
const scopeable = /^(?:Mail|MailboxSettings|MailboxFolder|MailboxItem|MailboxConfigItem|Calendars|Contacts|MailTips|Mail-Advanced)\./

/** Roles of Exchange's for apps, and the permission of Graph that each gives (learn.microsoft.com/exchange/permissions-exo/application-rbac). */
export const applicationRoles: ReadonlyMap<string, string> = new Map(
  graphPermissions
    .filter(({ value, applicationId }) => applicationId !== undefined && scopeable.test(value))
    .map(({ value }) => [`Application ${whole.has(value) ? value : value.replace(/\.All$/, '')}`, value]),
)

/** A role that an app has, and where. */
export interface AssignedRole {
  readonly record: ApplicationRoleRecord
  readonly permission: string
  /** Undefined for the whole organization. */
  readonly scope: ManagementScopeRecord | undefined
}

/** The roles of an app, by the object id of its enterprise application. */
export function rolesOfApp({ applicationRoles: roles, managementScopes }: DirectoryStore, principalId: string): readonly AssignedRole[] {
  return roles.listBy('principalId', principalId).map((record) => ({
    record,
    permission: applicationRoles.get(record.role) ?? '',
    scope: record.scopeId === null ? undefined : managementScopes.find(record.scopeId),
  }))
}

/** Whether somebody's mailbox is where a role reaches. */
export function isInScope(directory: DirectoryStore, { record, scope }: AssignedRole, userId: string): boolean {
  if (record.scopeId === null) return true
  const user = directory.users.find(userId)
  return user !== undefined && scope !== undefined && parseRecipientFilter(scope.filter)?.(user) === true
}

/** What Exchange permits an app in somebody's mailbox, besides what the tenant has granted it. */
export function permissionsInMailbox(directory: DirectoryStore, principalId: string, userId: string): readonly string[] {
  return rolesOfApp(directory, principalId).flatMap((role) => (isInScope(directory, role, userId) ? [role.permission] : []))
}
