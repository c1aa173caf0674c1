import { type Authority, type Caller, readCaller } from '../../http/authorize.ts'
import { directoryRoles } from '../../tenant/directory-roles.ts'
import { findTenant } from '../../tenant/tenant.ts'
import type { Cmdlet } from './cmdlet.ts'

/** The two doors to the cmdlets: the one that Exchange's PowerShell module uses, and the documented Admin API. */
export type AdministrationVersion = 'beta' | 'v2.0'

const permissions = {
  beta: { application: 'Exchange.ManageAsApp', delegated: 'Exchange.Manage' },
  'v2.0': { application: 'Exchange.ManageAsAppV2', delegated: 'Exchange.ManageV2' },
} as const

const administrators: readonly string[] = [directoryRoles.globalAdministrator.id, directoryRoles.exchangeAdministrator.id]
const readers: readonly string[] = [...administrators, directoryRoles.globalReader.id]

/**
 * Reads the bearer token of a call: made out to Exchange, by the tenant that the path names, with the permission of this
 * door. 401 and 403 have no readable body, as was seen.
 */
export function readAdministrator(
  authorization: string | null,
  version: AdministrationVersion,
  tenantName: string,
  authority: Authority,
): { readonly caller: Caller } | { readonly status: 401 | 403 } {
  const token = /^Bearer +(\S+)\s*$/i.exec(authorization ?? '')?.[1]
  const answer = token === undefined ? undefined : readCaller(token, 'exchange', authority)
  if (answer === undefined || 'refusal' in answer) return { status: 401 }
  const { caller } = answer
  if (findTenant(authority.tenants, tenantName) !== caller.tenant) return { status: 403 }
  const isApplication = caller.kind === 'application'
  const held = isApplication ? caller.roles : caller.scopes
  const needed = permissions[version][caller.kind]
  const mayCall = held.includes(needed) && caller.directoryRoleIds.some((id) => readers.includes(id))
  return mayCall ? { caller } : { status: 403 }
}

/** Whether the caller's directory roles suffice for a cmdlet: who may only read may not change anything. */
export function mayRun({ directoryRoleIds }: Caller, { isReading }: Cmdlet): boolean {
  return directoryRoleIds.some((id) => (isReading ? readers : administrators).includes(id))
}
